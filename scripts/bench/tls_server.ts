/**
 * A server of `deno task bench tls`: `whippet` speaks TLS as a node does, by the engine and its driver;
 * `tcp` is the same without TLS.
 *
 *     tls_server.ts whippet CERTIFICATE KEY SUITE
 *     tls_server.ts tcp
 *
 * @module
 */
import { systemClock } from "../../lib/os/clock.ts";
import { systemEntropy } from "../../lib/os/entropy.ts";
import { listenTcp } from "../../lib/os/net.ts";
import type { Duplex } from "../../lib/ports.ts";
import { LargeBuffers } from "../../lib/transport/ciphertext_buffer.ts";
import { TlsStream } from "../../lib/transport/tls.ts";
import { RotatingTicketer, ServerConnection } from "../../tls/mod.ts";
import type { ServerConfig } from "../../tls/mod.ts";
import { simd } from "../../tls/provider/simd.ts";
import { CipherSuiteId } from "../../tls/registry.ts";
import { parsePem } from "../../tls/x509/pem.ts";
import { announce, serve } from "./tls_orders.ts";

async function main([kind, ...rest]: readonly string[]): Promise<void> {
  const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
  const told = announce(listener.address.port);
  const secure = kind === "tcp" ? undefined : securing(serverConfig(rest));
  for (;;) {
    const below = await listener.accept();
    if (below === null) break;
    serveOne(below, secure).catch((error) => console.error(error));
  }
  await told;
}

async function serveOne(
  below: Duplex,
  secure: ((below: Duplex) => Promise<Duplex>) | undefined,
): Promise<void> {
  let stream = below;
  try {
    if (secure !== undefined) stream = await secure(below);
    await serve(stream);
  } finally {
    stream.close();
  }
}

function securing(config: ServerConfig): (below: Duplex) => Promise<Duplex> {
  const options = {
    buffers: new LargeBuffers(config.provider.buffers, BUFFERS_MAX),
    clock: systemClock,
  };
  return async (below) => {
    const stream = new TlsStream(below, new ServerConnection(config), options);
    await stream.handshake();
    return stream;
  };
}

function serverConfig([certificateFile, keyFile, suiteName]: readonly string[]): ServerConfig {
  const [certificate, key] = [certificateFile, keyFile]
    .map((path) => parsePem(Deno.readTextFileSync(path)).map(({ bytes }) => bytes));
  const random = (into: Uint8Array) => systemEntropy.fill(into);
  const now = () => Math.floor(systemClock.nowMicros() / 1000);
  const id = CipherSuiteId[suiteName as keyof typeof CipherSuiteId];
  const suite = simd.cipherSuites.find((each) => each.id === id)!;
  return {
    ...{ provider: simd, random, now },
    cipherSuites: [id],
    credentials: [{ chain: certificate, key: simd.loadKey(key[0], random) }],
    tickets: { ticketer: new RotatingTicketer({ suite, random, now }) },
  };
}

/** More than there are connections that move much at a time. */
const BUFFERS_MAX = 16;

if (import.meta.main) await main(Deno.args);
