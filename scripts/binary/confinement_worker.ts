/**
 * Takes the place of lib/service/node_worker.ts in `confinement_probe.ts`.
 *
 * @module
 */
import type { Order, Report } from "../../lib/service/node_worker.ts";
import { attempts } from "./confinement_attempts.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Order>) => Promise<void>;
  postMessage(report: Report): void;
};

scope.onmessage = async ({ data }) => {
  if (data.kind === "stop") return scope.postMessage("stopped");
  console.log(JSON.stringify({ thread: "node", ...await attempts(data.config) }));
  scope.postMessage("ready");
};
