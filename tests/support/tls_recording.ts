/**
 * Handshakes that can be had again: everything random comes from seeds, so that what one side said once
 * is answered by a fresh other side as it was then. Damage to one flight costs one end, not two.
 *
 * @module
 */
import { ClientConnection } from "../../tls/client.ts";
import type { ClientConfig, Credential, ServerConfig } from "../../tls/config.ts";
import { simd } from "../../tls/provider/simd.ts";
import { NamedGroup } from "../../tls/registry.ts";
import { RotatingTicketer } from "../../tls/ticketer.ts";
import { ServerConnection } from "../../tls/server.ts";
import {
  credential,
  credulous,
  End,
  exchange,
  NOW_MS,
  pairConfigs,
  seededRandom,
} from "./tls_pair.ts";
import { sessionsOf } from "./tls_scenes.ts";

export type Role = "client" | "server";

/** A handshake by its configurations, which are made anew for each connection. */
export interface Scene {
  readonly name: string;
  readonly client: () => ClientConfig;
  readonly server: () => ServerConfig;
  /** Sent as 0-RTT data. */
  readonly early?: string;
}

/** Bytes that one side sent in one go. */
export interface Delivery {
  readonly to: Role;
  readonly bytes: Uint8Array;
}

/** A full handshake, one with a HelloRetryRequest, one resumed with 0-RTT data, one with client authentication. */
export async function handshakeScenes(): Promise<Scene[]> {
  const { chain: [leaf], key } = await credential("ed25519", simd);
  const own: Credential = { chain: [leaf], key };
  const { x25519, secp256r1 } = NamedGroup;
  const scene = await sceneOf(own);
  const resumed = scene("resumption with 0-RTT data", {}, { tickets: replayableTickets() });
  const before = openEnds(resumed);
  exchange(before);
  const [session] = sessionsOf(before.client);
  return [
    scene("full handshake", {}, {}),
    scene("HelloRetryRequest", { groups: [x25519, secp256r1] }, { groups: [secp256r1] }),
    {
      ...resumed,
      client: () => ({ ...resumed.client(), session, earlyData: true }),
      early: "early",
    },
    scene("client authentication", { credentials: [own] }, {
      clientAuth: { mode: "required", verifier: credulous },
    }),
  ];
}

async function sceneOf(own: Credential) {
  const configs = await pairConfigs({ provider: simd, groups: [NamedGroup.x25519] }, {
    provider: simd,
    credentials: [own],
  });
  return (name: string, client: Partial<ClientConfig>, server: Partial<ServerConfig>): Scene => ({
    name,
    client: () => ({ ...configs.client, random: seededRandom(21), ...client }),
    server: () => ({ ...configs.server, random: seededRandom(22), ...server }),
  });
}

/** Tickets whose 0-RTT data may come again and again. */
function replayableTickets() {
  const ticketer = new RotatingTicketer({
    suite: simd.cipherSuites[0],
    random: seededRandom(23),
    now: () => NOW_MS,
  });
  return { ticketer, count: 1, earlyDataBytesMax: 100, replays: { admit: () => true } };
}

/** A fresh end of a scene, which has started. */
function openEnd(scene: Scene, role: Role): End {
  const config = scene[role]();
  const connection = role === "client"
    ? new ClientConnection(config as ClientConfig)
    : new ServerConnection(config as ServerConfig);
  const end = new End(connection, config);
  connection.start(end.out, end.events);
  if (role === "client" && scene.early !== undefined) {
    connection.sendEarlyData(new TextEncoder().encode(scene.early), end.out);
  }
  return end;
}

export function openEnds(scene: Scene): { client: End; server: End } {
  return { client: openEnd(scene, "client"), server: openEnd(scene, "server") };
}

/** What both sides of a scene say until both are connected. */
export function recordScene(scene: Scene): Delivery[] {
  const ends = openEnds(scene);
  const deliveries: Delivery[] = [];
  exchange(ends, (bytes, from) => {
    const isOver = ends.client.has("connected") && ends.server.has("connected");
    if (!isOver) deliveries.push({ to: from === "client" ? "server" : "client", bytes });
    return bytes.slice();
  });
  for (const { failure } of [ends.client, ends.server]) if (failure !== undefined) throw failure;
  return deliveries;
}

/** A fresh end that has received everything in front of `deliveries[at]`. */
export function endBefore(scene: Scene, deliveries: readonly Delivery[], at: number): End {
  const { to } = deliveries[at];
  const end = openEnd(scene, to);
  end.take();
  for (const delivery of deliveries.slice(0, at)) {
    if (delivery.to !== to) continue;
    end.receive(delivery.bytes.slice());
    end.take();
  }
  return end;
}
