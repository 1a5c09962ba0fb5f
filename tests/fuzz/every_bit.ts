/**
 * Every bit of every flight of every kind of handshake changed, one at a time: what
 * `handshake_laws_test.ts` does with one bit a byte.
 *
 * @module
 */
import { assertFlipIsFound } from "../support/handshake_laws.ts";
import { handshakeScenes, recordScene } from "../support/tls_recording.ts";

/** What came of one kind of handshake. */
export interface BitTally {
  readonly scene: string;
  readonly bits: number;
  readonly findings: readonly string[];
}

/** Tries all, and yields after each kind. */
export async function* everyBit(): AsyncGenerator<BitTally> {
  for (const scene of await handshakeScenes()) {
    const deliveries = recordScene(scene);
    const findings: string[] = [];
    let bits = 0;
    for (const [at, { bytes, to }] of deliveries.entries()) {
      for (let bit = 0; bit < 8 * bytes.length; bit++, bits++) {
        try {
          assertFlipIsFound(scene, deliveries, at, bit);
        } catch (error) {
          findings.push(`${scene.name}, bit ${bit} of flight ${at} to the ${to}: ${error}`);
        }
      }
    }
    yield { scene: scene.name, bits, findings };
  }
}
