/**
 * What the floor's client tells the floor's server at the start of a connection.
 *
 * @module
 */

/** Answer `requests` requests of `requestBytes` with `replyBytes` each, in order. */
export interface FloorOrder {
  readonly requests: number;
  readonly requestBytes: number;
  readonly replyBytes: number;
  /** What happens to the file on the way: nothing, each request is appended, each reply is read from it. */
  readonly file: "none" | "append" | "read";
  /** Of the file, and so of the connection that wrote what another reads. */
  readonly fileNumber: number;
  /** Whether an append is on stable storage before its answer. */
  readonly sync: boolean;
}

export function encodeOrder(order: FloorOrder): Uint8Array<ArrayBuffer> {
  const { requests, requestBytes, replyBytes, file, fileNumber, sync } = order;
  const fields = [requests, requestBytes, replyBytes, FILES.indexOf(file), fileNumber, +sync];
  return new Uint8Array(Uint32Array.from(fields).buffer);
}

export function decodeOrder(bytes: Uint8Array): FloorOrder {
  const fields = new Uint32Array(bytes.slice().buffer);
  const [requests, requestBytes, replyBytes, file, fileNumber, sync] = fields;
  return { requests, requestBytes, replyBytes, file: FILES[file], fileNumber, sync: sync === 1 };
}

export const ORDER_BYTES = 24;

const FILES: readonly FloorOrder["file"][] = ["none", "append", "read"];
