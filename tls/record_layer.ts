/**
 * Both halves of the record layer of one connection, with the traffic secrets they use: what a
 * KeyUpdate goes on from (RFC 8446 §7.2).
 *
 * @module
 */
import type { CommonConfig } from "./config.ts";
import { nextTrafficSecret } from "./key_schedule.ts";
import type { Outgoing } from "./outgoing.ts";
import type { CipherSuite } from "./provider/provider.ts";
import { CONTENT_BYTES_MAX, RecordReader, RecordWriter } from "./record.ts";
import { AlertDescription, type AlertName, ContentType } from "./registry.ts";

/** A reader and a writer of records. */
export class RecordLayer {
  readonly reader = new RecordReader();
  readonly writer: RecordWriter;
  #readSecret: Secret | undefined;
  #writeSecret: Secret | undefined;

  constructor(config: CommonConfig) {
    this.writer = new RecordWriter(config.paddingMultiple ?? 0);
    const limit = config.recordSizeLimit ?? CONTENT_BYTES_MAX;
    this.writer.contentBytesMax = Math.min(limit, config.sendContentBytesMax ?? CONTENT_BYTES_MAX);
  }

  readWith(suite: CipherSuite, secret: Uint8Array): void {
    this.#readSecret = { suite, secret };
    this.reader.useSecret(suite, secret);
  }

  writeWith(suite: CipherSuite, secret: Uint8Array): void {
    this.#writeSecret = { suite, secret };
    this.writer.useSecret(suite, secret);
  }

  /** After the peer's KeyUpdate. */
  nextReadSecret(): void {
    const { suite, secret } = this.#readSecret!;
    this.readWith(suite, nextTrafficSecret(suite.hash, secret));
  }

  /** After this side's KeyUpdate. */
  nextWriteSecret(): void {
    const { suite, secret } = this.#writeSecret!;
    this.writeWith(suite, nextTrafficSecret(suite.hash, secret));
  }

  /** §6: the level says nothing in TLS 1.3, but has a value for each alert. */
  writeAlert(alert: AlertName, out: Outgoing): void {
    const level = alert === "close_notify" || alert === "user_canceled" ? WARNING : FATAL;
    this.writer.write(
      ContentType.alert,
      Uint8Array.of(level, AlertDescription[alert]),
      out,
    );
  }
}

interface Secret {
  readonly suite: CipherSuite;
  readonly secret: Uint8Array;
}

const WARNING = 1;
const FATAL = 2;
