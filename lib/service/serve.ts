/**
 * A node as a process of the operating system: one per data directory, started, told to stop by a
 * signal, and confined. The node runs in a worker that has only the permissions it needs
 * (`permissions.ts`); once it serves, the main thread has none at all.
 *
 * @module
 */
import type { Config, ServeFlags } from "../config.ts";
import { lockDataDirectory } from "../os/data_lock.ts";
import { systemEntropy } from "../os/entropy.ts";
import { emptyDataDirectory } from "../os/fresh.ts";
import { bridgeFolder } from "../os/http_bridge.ts";
import { fileStorage } from "../os/storage.ts";
import { isUnclaimed } from "../log/format.ts";
import { type NewRoot, prepareRoot } from "../node/root_user.ts";
import type { Order, Report } from "./node_worker.ts";
import { giveUpPermissions, nodePermissions } from "./permissions.ts";
import { tellReady } from "./readiness.ts";

/**
 * Serves until a SIGTERM or SIGINT and the work then under way; resolves with the exit code, 1 when the
 * node failed, which it has logged. Rejects when the data directory cannot be had.
 */
export async function serve(
  config: Config,
  { fresh }: Pick<ServeFlags, "fresh">,
  node: URL = NODE,
): Promise<0 | 1> {
  const { path } = config.system;
  const unlock = await lockDataDirectory(path);
  if (fresh) emptyDataDirectory(path);
  const folders = { data: Deno.realPathSync(path), bridge: bridgeFolder(path) };
  const worker = new Worker(node, {
    type: "module",
    deno: { permissions: nodePermissions(config, folders) },
  });
  const order = (order: Order) => worker.postMessage(order);
  const started = rootOfNew(config)
    .then((root) => order({ kind: "start", config, folders, root }));
  onStopSignal(async (signal) => {
    await started;
    order({ kind: "stop", signal });
  });
  const ended = new Promise<0 | 1>((resolve) => {
    worker.onmessage = async ({ data }: MessageEvent<Report>) => {
      if (data !== "ready") return resolve(data === "stopped" ? 0 : 1);
      await tellReady(Deno.env.get("NOTIFY_SOCKET"), folders.bridge);
      giveUpPermissions();
    };
  });
  await started;
  const code = await ended;
  worker.terminate();
  unlock();
  return code;
}

/** Hashed while the node is being loaded, as this thread has nothing else to do. */
async function rootOfNew({ root, system }: Config): Promise<NewRoot | undefined> {
  if (!isUnclaimed(fileStorage(system.path))) return undefined;
  const { hashPassword } = await import("../auth/argon2id.ts");
  return await prepareRoot(root, systemEntropy, (password) => {
    const salt = new Uint8Array(16);
    systemEntropy.fill(salt);
    return hashPassword(password, salt);
  });
}

/** At the first SIGTERM or SIGINT; the second ends the process at once. */
function onStopSignal(stop: (signal: string) => void): void {
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  let asked = false;
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => {
      if (asked) Deno.exit(1);
      asked = true;
      stop(signal);
    });
  }
}

const NODE = new URL("./node_worker.ts", import.meta.url);
