/**
 * `deno task bench:tls [TEXT...]`: the kernels of tls/provider beside noble and node:crypto; only
 * the races whose names hold one of the texts.
 *
 * @module
 */
import { interleave, type Race, tableOf } from "./interleave.ts";
import { aeadRaces } from "./provider/aeads.ts";
import { curveRaces } from "./provider/curves.ts";
import { handshakeRaces } from "./provider/handshakes.ts";
import { hashRaces } from "./provider/hashes.ts";
import { kemRaces } from "./provider/kems.ts";
import { nistRaces } from "./provider/nist.ts";
import { rsaRaces } from "./provider/rsa.ts";

async function main(texts: readonly string[]): Promise<void> {
  const races: Race[] = [
    ...aeadRaces(),
    ...hashRaces(),
    ...curveRaces(),
    ...kemRaces(),
    ...nistRaces(),
    ...rsaRaces(),
    ...await handshakeRaces(),
  ];
  console.log(`Deno ${Deno.version.deno}, load ${Deno.loadavg()[0]}\n`);
  for (const race of races) {
    if (texts.length > 0 && !texts.some((text) => race.name.includes(text))) continue;
    console.log(tableOf(race, interleave(race)).join("\n"));
  }
}

if (import.meta.main) await main(Deno.args);
