/**
 * Argon2id as passwords are kept here. It takes tens of milliseconds and 19 MiB, so it is not for a
 * thread that serves.
 *
 * @module
 */
import { argon2id } from "hash-wasm";

/** A PHC string of a password with a salt of 16 bytes: `$argon2id$v=19$m=19456,t=2,p=1$...`. */
export function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  return argon2id({ ...PARAMETERS, password, salt, outputType: "encoded" });
}

/** OWASP's first choice for Argon2id: `m=19456,t=2,p=1`. */
const PARAMETERS = { memorySize: 19456, iterations: 2, parallelism: 1, hashLength: 32 };
