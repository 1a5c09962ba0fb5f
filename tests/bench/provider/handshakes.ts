/**
 * Whole handshakes of the engine in memory, by both providers: what its primitives come to.
 *
 * @module
 */
import { Outgoing } from "../../../tls/outgoing.ts";
import type { Provider } from "../../../tls/provider/provider.ts";
import { reference } from "../../../tls/provider/reference.ts";
import { simd } from "../../../tls/provider/simd.ts";
import { NamedGroup } from "../../../tls/registry.ts";
import { ServerConnection } from "../../../tls/server.ts";
import { credential, exchange, joinedPair, pairConfigs } from "../../support/tls_pair.ts";
import type { Race } from "../interleave.ts";

export async function handshakeRaces(): Promise<Race[]> {
  const races: Race[] = [];
  for (const group of ["x25519", "X25519MLKEM768"] as const) {
    for (const type of ["secp256r1", "ed25519"] as const) {
      const [fast, slow] = await Promise.all([simd, reference].map(async (provider) => {
        const configs = await pairConfigs(
          { provider, groups: [NamedGroup[group]], random: systemRandom },
          { provider, credentials: [await credential(type, provider)], random: systemRandom },
        );
        return { whole: () => exchange(joinedPair(configs)), answer: answering(provider, configs) };
      }));
      races.push(
        {
          name: `handshake, ${group}, ${type}: both ends`,
          rivals: { "simd": fast.whole, "reference": slow.whole },
        },
        {
          name: `handshake, ${group}, ${type}: the server's flight`,
          rivals: { "simd": fast.answer, "reference": slow.answer },
        },
      );
    }
  }
  return races;
}

/** A server that answers a ClientHello; what comes after is little. */
function answering(
  provider: Provider,
  configs: Awaited<ReturnType<typeof pairConfigs>>,
): () => unknown {
  const hello = joinedPair(configs).client.take();
  const out = new Outgoing(provider.buffers);
  return () => {
    const server = new ServerConnection(configs.server);
    server.start(out, []);
    server.receive(hello.slice(), out, []);
    const { length } = out.bytes;
    out.clear();
    if (length < 500) throw new Error(`The server answered with ${length} bytes`);
    return length;
  };
}

function systemRandom(into: Uint8Array): void {
  // A view of WebAssembly memory would be refused, so the bytes come by way of a copy.
  into.set(crypto.getRandomValues(new Uint8Array(into.length)));
}
