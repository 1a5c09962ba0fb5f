/**
 * Scenes for tests of whole handshakes: pairs that are connected, sessions from before, an end that
 * meets an answer no honest peer gives.
 *
 * @module
 */
import type { TlsError } from "../../tls/alert.ts";
import type { ClientConfig, ServerConfig, TicketConfig } from "../../tls/config.ts";
import type { Provider } from "../../tls/provider/provider.ts";
import { reference } from "../../tls/provider/reference.ts";
import { MemoryReplayStore } from "../../tls/replay_store.ts";
import type { ClientSession } from "../../tls/resumption.ts";
import { RotatingTicketer } from "../../tls/ticketer.ts";
import { type Change, Meddler, Secrets } from "./tls_meddler.ts";
import { type End, exchange, joinedPair, NOW_MS, pairConfigs, seededRandom } from "./tls_pair.ts";

/** Both ends of a connection. */
export interface Pair {
  readonly client: End;
  readonly server: End;
}

/** Tickets of one key. */
export function tickets(options: Partial<TicketConfig> = {}, provider = reference): TicketConfig {
  const ticketer = new RotatingTicketer({
    suite: provider.cipherSuites[0],
    random: seededRandom(9),
    now: () => NOW_MS,
  });
  return { ticketer, ...options };
}

/** Tickets that allow early data. */
export function earlyTickets(earlyDataBytesMax = 100, provider = reference): TicketConfig {
  const replays = new MemoryReplayStore(() => NOW_MS, 10_000);
  return tickets({ earlyDataBytesMax, replays }, provider);
}

/** A pair whose handshake is through; throws what either end failed with. */
export async function connectedPair(
  client: Partial<ClientConfig> = {},
  server: Partial<ServerConfig> = {},
): Promise<Pair> {
  const pair = joinedPair(await pairConfigs(client, server));
  exchange(pair);
  for (const end of [pair.server, pair.client]) if (end.failure !== undefined) throw end.failure;
  return pair;
}

/** The sessions a client was given. */
export function sessionsOf(end: End): ClientSession[] {
  return end.events.flatMap((event) => event.type === "session" ? [event.session] : []);
}

/** A session from a connection before. */
export async function earlierSession(
  server: Partial<ServerConfig>,
  client: Partial<ClientConfig> = {},
): Promise<ClientSession> {
  return sessionsOf((await connectedPair(client, server)).client)[0];
}

/** A handshake in which the messages of `side` are changed on their way. */
export async function meddledPair(
  side: "client" | "server",
  change: Change,
  client: Partial<ClientConfig> = {},
  server: Partial<ServerConfig> = {},
  provider: Provider = reference,
): Promise<Pair> {
  const secrets = new Secrets();
  const configs = await pairConfigs(client, { ...server, keyLog: secrets.keyLog });
  const meddler = new Meddler(side, provider, secrets, change);
  const pair = joinedPair(configs);
  exchange(pair, (bytes, from) => from === side ? meddler.pass(bytes) : bytes);
  return pair;
}

/** The alert with which an end failed, or that it was sent. */
export function alertOf(end: End): string | undefined {
  return (end.failure as TlsError | undefined)?.alert;
}
