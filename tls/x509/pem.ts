/**
 * PEM as RFC 7468 §3 has it strictly: a label, base64 lines, the same label. Text between blocks is
 * passed over, as certificate bundles have comments there.
 *
 * @module
 */

/** A block: `label` is what stands between BEGIN and the dashes. */
export interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** Text that is not PEM. */
export class PemError extends Error {
  override readonly name = "PemError";
}

/** All blocks in order; with `label`, only those. Throws a {@link PemError} for a malformed one. */
export function parsePem(text: string, label?: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { label: string; line: number; body: string[] } | undefined;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trimEnd();
    const [, edge, name] = EDGE.exec(line) ?? [];
    if (edge === "BEGIN") {
      if (open !== undefined) throw unfinished(open);
      open = { label: name, line: index + 1, body: [] };
    } else if (edge === "END") {
      if (open?.label !== name) {
        throw new PemError(`Line ${index + 1} ends ${name}, which does not begin`);
      }
      const block = { label: name, bytes: decode(open.body.join(""), open.line) };
      if (label === undefined || label === name) blocks.push(block);
      open = undefined;
    } else open?.body.push(line.trim());
  }
  if (open !== undefined) throw unfinished(open);
  return blocks;
}

/** Text of one block, with a line feed at the end. */
export function toPem(label: string, bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const lines = btoa(binary).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function decode(body: string, line: number): Uint8Array {
  if (!BASE64.test(body) || body.length % 4 !== 0) {
    throw new PemError(`Block at line ${line} is not base64`);
  }
  return Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
}

function unfinished(open: { label: string; line: number }): PemError {
  return new PemError(`Block ${open.label} at line ${open.line} has no end`);
}

const EDGE = /^-----(BEGIN|END) ([!-,.-~]+(?:[ -][!-,.-~]+)*)-----$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
