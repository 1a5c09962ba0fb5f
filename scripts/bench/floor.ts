/**
 * The floor: what the machine does with a load of the same shape when nobody looks at the bytes.
 *
 * @module
 */
import type { Contender, Turn } from "./contender.ts";
import { append, read, readFull, writeFull } from "./floor_io.ts";
import { encodeOrder, type FloorOrder } from "./floor_orders.ts";
import { drive, type Lane } from "./load.ts";
import type { BenchOptions } from "./options.ts";

/** The process at the other end. */
export class FloorServer implements AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  /** Where its files are. */
  readonly folder: string;
  readonly #child: Deno.ChildProcess;

  static async start(folder: string): Promise<FloorServer> {
    Deno.mkdirSync(folder, { recursive: true });
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-read", "--allow-write", "--allow-net", PROGRAM, folder],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    for await (const line of child.stdout) {
      return new FloorServer(child, Number(new TextDecoder().decode(line)), folder);
    }
    throw new Error("The floor's server ended before it said where it listens");
  }

  private constructor(child: Deno.ChildProcess, port: number, folder: string) {
    this.pid = child.pid;
    this.port = port;
    this.folder = folder;
    this.#child = child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#child.status;
  }
}

/** The same frames between two processes; with `stores`, written to a file and read from it on the way. */
export class SocketFloor implements Contender {
  readonly isFloor = true;
  readonly name: string;
  readonly #server: FloorServer;
  readonly #options: BenchOptions;
  readonly #stores: boolean;

  constructor(server: FloorServer, options: BenchOptions, stores: boolean) {
    this.name = stores ? "socket + file" : "bare socket";
    this.#server = server;
    this.#options = options;
    this.#stores = stores;
  }

  get pid(): number {
    return this.#server.pid;
  }

  begin(requests: number, window: number): Promise<Turn> {
    const batchBytes = bytesOfBatch(this.#options);
    const send = { requests, requestBytes: batchBytes + SEND_HEAD_BYTES, replyBytes: HEADER_BYTES };
    const poll = {
      requests,
      requestBytes: POLL_BYTES,
      replyBytes: batchBytes + POLL_REPLY_HEAD_BYTES,
    };
    return Promise.resolve({
      send: () => this.#run({ ...send, file: this.#stores ? "append" : "none" }, window),
      // A file of requests has a few bytes more than are read of it.
      poll: () => this.#run({ ...poll, file: this.#stores ? "read" : "none" }, window),
      end: () => removeFiles(this.#server.folder),
    });
  }

  async #run(order: Omit<FloorOrder, "fileNumber" | "sync">, window: number) {
    const sync = this.#options.durability === "persisted";
    const lanes = await Promise.all(
      Array.from(
        { length: this.#options.connections },
        (_, fileNumber) => FloorLane.connect(this.#server.port, { ...order, fileNumber, sync }),
      ),
    );
    const timing = await drive(lanes.map((lane) => lane.exchange), order.requests, window);
    for (const lane of lanes) lane.close();
    return timing;
  }
}

/** One connection: requests go out in a row, each answer is awaited by whoever made the request. */
class FloorLane {
  readonly #conn: Deno.Conn;
  readonly #request: Uint8Array;
  readonly #reply: Uint8Array;
  #written: Promise<unknown> = Promise.resolve();
  #answered: Promise<unknown> = Promise.resolve();

  static async connect(port: number, order: FloorOrder): Promise<FloorLane> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay(true);
    await writeFull(conn, encodeOrder(order));
    return new FloorLane(conn, order);
  }

  private constructor(conn: Deno.Conn, { requestBytes, replyBytes }: FloorOrder) {
    this.#conn = conn;
    this.#request = new Uint8Array(requestBytes);
    this.#reply = new Uint8Array(replyBytes);
  }

  readonly exchange: Lane = async () => {
    this.#written = this.#written.then(() => writeFull(this.#conn, this.#request));
    this.#answered = this.#answered.then(() => readFull(this.#conn, this.#reply));
    await Promise.all([this.#written, this.#answered]);
  };

  close(): void {
    this.#conn.close();
  }
}

/** The same bytes into a file and out of it, in this process; how many are under way makes no difference. */
export class FileFloor implements Contender {
  readonly isFloor = true;
  readonly name = "bare file";
  readonly pid = Deno.pid;
  readonly #folder: string;
  readonly #options: BenchOptions;

  constructor(folder: string, options: BenchOptions) {
    Deno.mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#options = options;
  }

  begin(requests: number): Promise<Turn> {
    const { connections, durability } = this.#options;
    const all = requests * connections;
    const batch = new Uint8Array(bytesOfBatch(this.#options));
    const file = Deno.openSync(`${this.#folder}/bare`, { read: true, write: true, create: true });
    const write = async () => {
      append(file, batch);
      if (durability === "persisted") await file.syncData();
    };
    const readBack = () => Promise.resolve(read(file, batch));
    const end = () => {
      file.close();
      return removeFiles(this.#folder);
    };
    return Promise.resolve({
      send: () => drive([write], all, 1),
      poll() {
        file.seekSync(0, Deno.SeekMode.Start);
        return drive([readBack], all, 1);
      },
      end,
    });
  }
}

/** Bytes of a stored batch (VSR.md section 8), which is what the floors are made of. */
function bytesOfBatch({ batch, size }: BenchOptions): number {
  return HEADER_BYTES + batch * (FRAME_HEADER_BYTES + size);
}

function removeFiles(folder: string): Promise<void> {
  for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(`${folder}/${name}`);
  return Promise.resolve();
}

const PROGRAM = new URL("floor_server.ts", import.meta.url).pathname;

/** Of frames and of batches (VSR.md sections 3 and 8). */
const HEADER_BYTES = 256;
const FRAME_HEADER_BYTES = 48;
/** What comes with a batch in a send and in a poll's answer, and what a poll takes, about. */
const SEND_HEAD_BYTES = HEADER_BYTES + 32;
const POLL_BYTES = HEADER_BYTES + 48;
const POLL_REPLY_HEAD_BYTES = HEADER_BYTES + 16;
