import { assert, assertEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../../tls/alert.ts";
import { secp256r1, secp521r1, x25519 } from "../../../tls/provider/curves.ts";
import {
  curveGroup,
  drawnScalar,
  hybrid,
  kemGroup,
  x25519Group,
} from "../../../tls/provider/groups.ts";
import { mlKem1024, mlKem768 } from "../../../tls/provider/lattices.ts";
import { NamedGroup, nameOf } from "../../../tls/registry.ts";
import { scriptedRandom, systemRandom, toHex } from "../../support/bytes.ts";

const X25519 = x25519Group(x25519);
const P256 = curveGroup(secp256r1);
const MLKEM768 = kemGroup("MLKEM768", mlKem768);
const HYBRID = hybrid("X25519MLKEM768", MLKEM768, X25519);
const GROUPS = [
  X25519,
  P256,
  MLKEM768,
  HYBRID,
  curveGroup(secp521r1),
  kemGroup("MLKEM1024", mlKem1024),
  hybrid("SecP256r1MLKEM768", P256, MLKEM768),
];

function assertRefused(work: () => unknown, why: string): void {
  const error = assertThrows(work, TlsError, why);
  assertEquals(error.reason, "badKeyShare");
  assertEquals(error.alert, "illegal_parameter");
}

for (const group of GROUPS) {
  const name = nameOf(NamedGroup, group.name);

  Deno.test(`${name} gives both sides the same secret`, () => {
    const client = group.start(systemRandom);
    const server = group.respond(client.share, systemRandom);
    assertEquals(client.share.length, group.startShareBytes);
    assertEquals(server.share.length, group.responseShareBytes);
    assertEquals(toHex(client.complete(server.share)), toHex(server.secret));
  });

  Deno.test(`${name} refuses shares of a wrong length`, () => {
    const { share } = group.start(systemRandom);
    assertRefused(() => group.respond(share.subarray(1), systemRandom), "bytes, not");
    assertRefused(() => group.respond(new Uint8Array([...share, 0]), systemRandom), "bytes, not");
    assertRefused(() => group.respond(new Uint8Array(0), systemRandom), "is 0 bytes");
    const response = group.respond(share, systemRandom).share;
    assertRefused(() => group.start(systemRandom).complete(response.subarray(1)), "bytes, not");
  });
}

Deno.test("X25519MLKEM768 has shares of 1216 and 1120 bytes and a secret of 64, ML-KEM first", () => {
  const seed = new Uint8Array(64).fill(1);
  const secret = new Uint8Array(32).fill(2);
  const message = new Uint8Array(32).fill(3);
  const client = HYBRID.start(scriptedRandom(seed, secret));
  const server = HYBRID.respond(client.share, scriptedRandom(message, secret));
  assertEquals(client.share.length, 1216);
  assertEquals(server.share.length, 1120);
  const kem = mlKem768.encapsulate(mlKem768.keygen(seed).encapsulationKey, message)!;
  const publicKey = x25519.publicKey(secret);
  assertEquals([...client.share.subarray(1184)], [...publicKey]);
  assertEquals([...server.share], [...kem.ciphertext, ...publicKey]);
  assertEquals([...server.secret], [...kem.secret, ...x25519.shared(secret, publicKey)]);
});

Deno.test("x25519Group() refuses a share that gives an all-zero secret", () => {
  assertRefused(() => X25519.respond(new Uint8Array(32), systemRandom), "all-zero");
  assertRefused(() => X25519.start(systemRandom).complete(new Uint8Array(32)), "all-zero");
  const share = HYBRID.start(systemRandom).share.slice();
  share.fill(0, 1184);
  assertRefused(() => HYBRID.respond(share, systemRandom), "x25519 gives an all-zero");
});

Deno.test("curveGroup() refuses a compressed point and one beside the curve", () => {
  const { share } = P256.start(systemRandom);
  assertRefused(() => P256.respond(Uint8Array.of(2, ...share.subarray(1, 33)), systemRandom), "33");
  const off = share.slice();
  off[64] ^= 1;
  assertRefused(() => P256.respond(off, systemRandom), "not a point");
});

Deno.test("kemGroup() refuses an encapsulation key with a coefficient beyond the modulus", () => {
  const share = MLKEM768.start(systemRandom).share.slice();
  share.fill(0xff, 0, 2);
  assertRefused(() => MLKEM768.respond(share, systemRandom), "not an encapsulation key");
});

Deno.test("drawnScalar() asks anew for a scalar out of range, and gives up on a dead source", () => {
  const good = new Uint8Array(32).fill(1);
  const random = scriptedRandom(new Uint8Array(32), new Uint8Array(32).fill(0xff), good);
  assertEquals(drawnScalar(secp256r1, random), good);
  assert(secp521r1.isScalar(drawnScalar(secp521r1, systemRandom)));
  assertThrows(() => drawnScalar(secp256r1, () => {}), Error, "no scalar for secp256r1");
});
