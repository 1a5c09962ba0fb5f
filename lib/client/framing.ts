/**
 * What a protocol generation does for a connection: requests into bytes, answers into bodies.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import type { FrameLayout } from "../../protocol/framing.ts";
import type { WireReader, WireWriter } from "../../protocol/wire.ts";
import { ClassicFraming } from "./classic.ts";
import type { Exchange } from "./exchange.ts";
import type { ClientPorts, FramingName } from "./options.ts";
import { VsrFraming } from "./vsr.ts";

/** One generation's side of one connection. */
export interface Framing<Frame> {
  readonly dialect: Dialect;
  /** How answers are cut out of the byte stream. */
  readonly layout: FrameLayout<Frame>;

  /** Appends the frame of a request, all but the batch it may end with. */
  encode(writer: WireWriter, exchange: Exchange): void;

  /**
   * The body of an answer. `exchange` is the oldest unanswered one, if there is any.
   *
   * @throws {IggyError} when it is a refusal.
   * @throws {ConnectionError} when it ends the connection.
   */
  open(frame: Frame, exchange: Exchange | undefined): WireReader;
}

/** What a request of a framing is encoded in. */
export const DIALECTS: Record<FramingName, Dialect> = { classic: "classic", vsr: "vsr_0_11" };

/** The framing of a fresh connection. */
export function framingOf(name: FramingName, ports: ClientPorts): Framing<unknown> {
  switch (name) {
    case "classic":
      return new ClassicFraming();
    case "vsr":
      return new VsrFraming(ports.entropy, ports.xxh3);
  }
}
