/**
 * The client's side of the classic framing: `[u32 length][u32 code][body]` out,
 * `[u32 status][u32 length][body]` in (CLASSIC.md section 1).
 *
 * @module
 */
import { DISCONNECTED, errorName, STALE_CLIENT } from "../../protocol/error_codes.ts";
import {
  classicReplies,
  type ClassicReply,
  encodeClassicRequestHead,
  patchClassicRequestBodyBytes,
} from "../../protocol/framing.ts";
import { WireReader, type WireWriter } from "../../protocol/wire.ts";
import { ConnectionError, refusal } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import type { Framing } from "./framing.ts";

/** See {@link Framing}. It keeps nothing: the connection is the session. */
export class ClassicFraming implements Framing<ClassicReply> {
  readonly dialect = "classic";
  readonly layout = classicReplies(REPLY_BYTES_MAX);

  encode(writer: WireWriter, { request }: Exchange): void {
    const headAt = writer.length;
    encodeClassicRequestHead(writer, request.command.code, 0);
    const bodyAt = writer.length;
    request.writeBody(writer);
    const bodyBytes = writer.length - bodyAt + (request.batch?.byteLength ?? 0);
    patchClassicRequestBodyBytes(writer, headAt, bodyBytes);
  }

  open({ status, body }: ClassicReply, exchange: Exchange | undefined): WireReader {
    // CLASSIC.md section 1: a node that shuts down says so unasked, and after either it hangs up.
    if (status === DISCONNECTED || status === STALE_CLIENT) {
      throw new ConnectionError(`Node ends the session: ${errorName(status)} (${status})`);
    }
    if (exchange === undefined) throw new ConnectionError("Node answers what nobody asked");
    if (status !== 0) throw refusal(exchange.request.command.name, status);
    return new WireReader(body);
  }
}

/** CLASSIC.md section 9 bounds a poll by messages only; a longer answer is taken for garbage. */
const REPLY_BYTES_MAX = 256 * 1024 * 1024;
