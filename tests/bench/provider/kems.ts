/**
 * ML-KEM-768 beside noble.
 *
 * @module
 */
import { mlKem768 as noble } from "../../../tls/provider/lattices.ts";
import { mlKem768 } from "../../../tls/provider/mlkem768_kernel.ts";
import type { Race } from "../interleave.ts";

export function kemRaces(): Race[] {
  const seed = crypto.getRandomValues(new Uint8Array(64));
  const message = crypto.getRandomValues(new Uint8Array(32));
  const { encapsulationKey, decapsulationKey } = mlKem768.keygen(seed);
  const ciphertext = mlKem768.encapsulate(encapsulationKey, message)!.ciphertext;
  return [
    {
      name: "mlkem768, a key pair",
      rivals: {
        "kernel": () => mlKem768.keygen(seed),
        "noble": () => noble.keygen(seed),
      },
    },
    {
      name: "mlkem768, an encapsulation",
      rivals: {
        "kernel": () => mlKem768.encapsulate(encapsulationKey, message),
        "noble": () => noble.encapsulate(encapsulationKey, message),
      },
    },
    {
      name: "mlkem768, a decapsulation",
      rivals: {
        "kernel": () => mlKem768.decapsulate(decapsulationKey, ciphertext),
        "noble": () => noble.decapsulate(decapsulationKey, ciphertext),
      },
    },
  ];
}
