/**
 * A peer that has the keys and says something else: between two joined ends, it opens the records of
 * one side's handshake, changes the messages, and seals them again.
 *
 * @module
 */
import type { CipherSuite, Provider } from "../../tls/provider/provider.ts";
import { RecordReader, RecordWriter } from "../../tls/record.ts";
import { ContentType, HandshakeType } from "../../tls/registry.ts";
import { put, splitRecords } from "./tls_records.ts";
import { HandshakeJoiner } from "../../tls/handshake_joiner.ts";

/** What becomes of a handshake message: other messages, none, or itself. */
export type Change = (type: number, message: Uint8Array) => readonly Uint8Array[];

/** Puts other messages in the place of those of one type. */
export function instead(type: number, ...messages: Uint8Array[]): Change {
  return (each, message) => each === type ? messages : [message];
}

/** The secrets of one connection, as a `keyLog` tells them. */
export class Secrets {
  readonly #byLabel = new Map<string, Uint8Array>();

  /** For the configuration of either end. */
  readonly keyLog = (line: string): void => {
    const [label, _random, secret] = line.split(" ");
    this.#byLabel.set(label, Uint8Array.fromHex(secret));
  };

  of(label: string): Uint8Array {
    const secret = this.#byLabel.get(label);
    if (secret === undefined) throw new Error(`No secret ${label} yet`);
    return secret;
  }
}

/** Passes on one side's bytes up to its Finished, changed; what comes later stays as it is. */
export class Meddler {
  readonly #side: "CLIENT" | "SERVER";
  readonly #secrets: Secrets;
  readonly #suites: readonly CipherSuite[];
  readonly #change: Change;
  readonly #reader = new RecordReader();
  readonly #writer = new RecordWriter(0);
  #isOver = false;
  #suite: CipherSuite | undefined;

  constructor(
    side: "client" | "server",
    provider: Provider,
    secrets: Secrets,
    change: Change,
  ) {
    this.#side = side === "client" ? "CLIENT" : "SERVER";
    this.#suites = provider.cipherSuites;
    this.#secrets = secrets;
    this.#change = change;
  }

  /** What is passed on instead of `bytes`, which are whole records. */
  pass(bytes: Uint8Array): Uint8Array {
    return put((out) => {
      for (const record of splitRecords(bytes)) {
        if (this.#isOver || record[0] === ContentType.change_cipher_spec) {
          out.reserve(record.length).set(record);
          continue;
        }
        if (record[0] === ContentType.application_data && !this.#reader.hasKey) this.#takeKeys();
        this.#reader.read(record, 0);
        const { type, content } = this.#reader;
        const changed = type === ContentType.handshake ? this.#changed(content) : [content];
        for (const each of changed) this.#writer.write(type, each, out);
      }
    });
  }

  /** One record a message, so that a message may be left empty or broken. */
  #changed(content: Uint8Array): readonly Uint8Array[] {
    const joiner = new HandshakeJoiner(2 ** 24);
    joiner.push(content);
    const changed: Uint8Array[] = [];
    for (let each = joiner.next(); each !== undefined; each = joiner.next()) {
      if (each.type === HandshakeType.server_hello) this.#noteSuite(each.body);
      if (each.type === HandshakeType.finished) this.#isOver = true;
      changed.push(...this.#change(each.type, each.bytes.slice()));
    }
    return changed;
  }

  #noteSuite(body: Uint8Array): void {
    const at = 2 + 32 + 1 + body[2 + 32];
    this.useSuite(body[at] << 8 | body[at + 1]);
  }

  /** For the client's side, which does not say which suite was chosen. */
  useSuite(id: number): void {
    this.#suite = this.#suites.find((suite) => suite.id === id);
  }

  #takeKeys(): void {
    const secret = this.#secrets.of(`${this.#side}_HANDSHAKE_TRAFFIC_SECRET`);
    const suite = this.#suite ?? this.#suites[0];
    this.#reader.useSecret(suite, secret);
    this.#writer.useSecret(suite, secret);
  }
}
