/**
 * What a framing gives a connection: a decoder for its requests and an answer to each.
 *
 * @module
 */
import type { FrameDecoder, FrameFault } from "../../protocol/framing.ts";
import type { Outbox } from "./outbox.ts";
import type { Session } from "./session.ts";

/** The server's side of one framing with one client. */
// deno-lint-ignore no-explicit-any -- a connection hands frames on without looking into them
export interface Conversation<Frame = any> {
  readonly session: Session;
  readonly decoder: FrameDecoder<Frame>;
  /**
   * Puts the answer to one request into `outbox`; a promise when that takes time. Whatever a client
   * sent is answered there, so it neither throws nor rejects for it.
   */
  answer(frame: Frame, outbox: Outbox): void | Promise<void>;
  /** Whether the answer to a request may wait for messages, so that those before it have to go first. */
  mayWait(frame: Frame): boolean;
  /** Puts the answer to something that is no frame into `outbox`. */
  answerFault(fault: FrameFault, outbox: Outbox): void;
  /** What tells the client why the node ends the connection; `undefined` where the framing has no such thing. */
  farewell(reason: FarewellReason): Uint8Array | undefined;
  /** The connection is gone. */
  closed(): void;
}

/** Why the node ends a connection of its own accord. */
export type FarewellReason = "stale" | "shutdown";
