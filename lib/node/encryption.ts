/**
 * Encryption at rest of a node: its keys, which may change while it runs, and what the data directory
 * says of keys that were used before.
 *
 * @module
 */
import type { EncryptionConfig } from "../config.ts";
import { KeyRecord } from "../encryption/key_record.ts";
import { EncryptionError, readKey, readKeyFile, type SealingKey } from "../encryption/keys.ts";
import { SealedBatches } from "../encryption/sealed_batches.ts";
import type { BatchCipher } from "../log/batch_cipher.ts";
import type { Clock, NodePorts } from "../ports.ts";
import { logs } from "../telemetry.ts";
import { every } from "./every.ts";

type Ports = Pick<NodePorts, "storage" | "entropy" | "readFile" | "isOpenToOthers">;

/** See the module comment. */
export class NodeEncryption {
  readonly #config: EncryptionConfig;
  readonly #ports: Ports;
  readonly #record: KeyRecord;
  readonly #batches: SealedBatches;
  /** Of the key file when it was last looked at. */
  #seen: string | undefined;
  /** What was said of it last. */
  #complaint: string | undefined;

  /**
   * Reads the keys; `undefined` when there are none and nothing is encrypted. Throws an
   * {@link EncryptionError} for keys that are missing or cannot be read, before anything is served.
   */
  static async open(config: EncryptionConfig, ports: Ports): Promise<NodeEncryption | undefined> {
    const encryption = new NodeEncryption(config, ports);
    const keys = encryption.#keys();
    encryption.#refuseMissing(keys);
    if (keys.length === 0) return undefined;
    await encryption.#use(keys);
    return encryption;
  }

  private constructor(config: EncryptionConfig, ports: Ports) {
    this.#config = config;
    this.#ports = ports;
    this.#record = new KeyRecord(ports.storage);
    this.#batches = new SealedBatches(ports.entropy, config.algorithm);
  }

  get cipher(): BatchCipher {
    return this.#batches;
  }

  /** Looks after the key file from now on; gives what stops it. */
  watch(clock: Clock): () => void {
    if (this.#config.keyFile === undefined) return () => {};
    return every(clock, LOOK_MS, () => this.#look());
  }

  #keys(): SealingKey[] {
    const { key, keyFile } = this.#config;
    if (key !== undefined) return [readKey(key, '"system.encryption.key"')];
    return keyFile === undefined ? [] : readKeyFile(this.#text(keyFile), keyFile);
  }

  #text(path: string): string {
    const bytes = this.#ports.readFile(path);
    if (bytes === undefined) {
      throw new EncryptionError(
        `There is no key file ${path}: put it there, or name another in system.encryption.key_file`,
      );
    }
    const text = new TextDecoder().decode(bytes);
    if (text !== this.#seen && this.#ports.isOpenToOthers(path)) {
      logs.node.warn("Key file {path} can be read by other users: chmod 600 it", { path });
    }
    return this.#seen = text;
  }

  #refuseMissing(keys: readonly SealingKey[]): void {
    const missing = this.#record.missing(keys);
    if (missing.length === 0) return;
    throw new EncryptionError(
      `Data directory holds messages encrypted with ${missing.length} keys that are not given, by ` +
        `their ids ${
          missing.join(", ")
        }: put them into the file of system.encryption.key_file, one ` +
        "a line, behind the current one",
    );
  }

  /** A key seals once the directory says that it did. */
  async #use(keys: readonly SealingKey[]): Promise<void> {
    this.#batches.know(keys);
    if (!this.#config.enabled) return;
    const [current] = keys;
    await this.#record.add(current);
    this.#batches.sealWith(current);
    logs.node.info("New messages are encrypted with the key {id}", { id: current.id });
  }

  /** Takes over what has changed. Never rejects; what is wrong is said once. */
  async #look(): Promise<void> {
    const before = this.#seen;
    try {
      const keys = this.#keys();
      if (this.#seen === before && this.#complaint === undefined) return;
      await this.#use(keys);
      this.#complaint = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message === this.#complaint) return;
      this.#complaint = message;
      logs.node.error("The encryption keys in use stay: {message}", { message });
    }
  }
}

/** The file is looked at so often. */
const LOOK_MS = 5000;
