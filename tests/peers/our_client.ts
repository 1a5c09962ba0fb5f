/**
 * Our client, going through a case with a peer's server.
 *
 * @module
 */
import type { ClientConfig } from "../../tls/config.ts";
import { TlsSocket } from "../support/tls_sockets.ts";
import { BULK_BYTES, type Case, type Sight } from "./cases.ts";
import { ask, type Volume } from "./http.ts";
import { clientFor, labIn } from "./lab.ts";

/**
 * How a server answers: `http`, or `nothing`, as one does that only takes in what comes; and where it
 * keeps 100 MB.
 */
export interface Answers {
  readonly kind: "http" | "nothing";
  readonly bulkPath: string;
}

/** Goes through a case with the server on `port`; what was seen of each connection. */
export async function visit(
  which: Case,
  folder: string,
  port: number,
  answers: Answers,
): Promise<Sight[]> {
  const config = clientFor(which, labIn(folder));
  const converse = (tls: TlsSocket) => conversation(which, tls, answers);
  const [first, sessions] = await connect(config, port, converse);
  if (which !== "resumption" && which !== "0-RTT") return [first];
  const session = sessions.at(-1);
  if (session === undefined) return [{ ...first, error: "no session came" }];
  const early = which === "0-RTT" ? new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n") : undefined;
  const again = { ...config, session };
  const [second] = await connect(again, port, early === undefined ? converse : finish, early);
  return [first, second];
}

async function connect(
  config: ClientConfig,
  port: number,
  converse: (tls: TlsSocket) => Promise<Volume>,
  early?: Uint8Array,
): Promise<[Sight, TlsSocket["sessions"]]> {
  const nothing = { received: 0, sent: 0, earlyBytes: early?.length ?? 0 };
  let tls: TlsSocket | undefined;
  try {
    tls = await TlsSocket.connect({ hostname: "127.0.0.1", port }, config, early);
    const volume = await converse(tls);
    return [{ ...nothing, ...volume, negotiated: tls.negotiated }, tls.sessions];
  } catch (error) {
    return [{ ...nothing, error: String(error), negotiated: tls?.negotiated }, []];
  }
}

async function conversation(which: Case, tls: TlsSocket, answers: Answers): Promise<Volume> {
  if (which === "KeyUpdate") await tls.updateKeys();
  if (which === "100 MB from server") return await ask(tls, answers.bulkPath);
  const upload = which === "100 MB to server" ? BULK_BYTES : 0;
  const listens = answers.kind === "http";
  if (which === "0-RTT" && !listens) await tls.session();
  return await ask(tls, "/", upload, { listens });
}

/** The request has gone as early data: the answer is all there is. */
async function finish(tls: TlsSocket): Promise<Volume> {
  await tls.close();
  return { received: 0, sent: 0 };
}
