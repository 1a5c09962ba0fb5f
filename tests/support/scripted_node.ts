/**
 * A node for tests of the client that does what a script says: it keeps every request as it came,
 * and answers with what it was given, when it is let. Connections are pipes, so nothing but the
 * client's own steps takes place between two lines of a test.
 *
 * @module
 */
import type { Duplex } from "../../lib/ports.ts";
import type { Codec, Command, Dialect } from "../../protocol/command.ts";
import {
  commandByCode,
  commandByOperation,
  type CommandName,
  COMMANDS,
  NON_REPLICATED,
} from "../../protocol/commands.ts";
import { IggyError } from "../../protocol/errors.ts";
import {
  type ClassicRequest,
  classicRequests,
  encodeClassicReplyHead,
  FrameDecoder,
  type FrameLayout,
} from "../../protocol/framing.ts";
import { PROTOCOL_VERSION } from "../../protocol/register.ts";
import {
  encodeEviction,
  encodeReplyHeader,
  encodeResult,
  type EvictionReason,
  VsrRequest,
  vsrRequests,
} from "../../protocol/vsr.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import { pipe, type PipeEnd, type PipeOptions } from "./pipe.ts";

/** Both framings by the names that clients call them by. */
export const FRAMINGS = ["classic", "vsr"] as const;

/** A request as it arrived. */
export interface Asked {
  readonly name: CommandName;
  readonly request: unknown;
  /** What follows the request in its body: the messages of a send. */
  readonly rest: Uint8Array;
  /** 0 for the first connection, 1 for the next. */
  readonly connection: number;
  /** VSR only. */
  readonly header: VsrRequest | undefined;
}

/** Request body of a command. */
export type RequestOf<Name extends CommandName> = (typeof COMMANDS)[Name] extends
  Omit<Command<infer Request, infer _Response>, "name"> ? Request : never;

/** Response body of a command. */
export type ResponseOf<Name extends CommandName> = (typeof COMMANDS)[Name] extends
  Omit<Command<infer _Request, infer Response>, "name"> ? Response : never;

/** Makes an answer: a value for the codec, the bytes of a body, or thrown, an error or an {@link Eviction}. */
type Script<Name extends CommandName> = (
  request: RequestOf<Name>,
  asked: Asked,
) => ResponseOf<Name> | Uint8Array;

/** Thrown by a script in place of an answer. VSR only. */
export class Eviction extends Error {
  constructor(readonly reason: EvictionReason, readonly versions?: { min: number; max: number }) {
    super(reason);
  }
}

/** See the module comment. Logins, logouts and pings succeed unless a script says otherwise. */
export class ScriptedNode {
  readonly dialect: Dialect;
  /** All requests so far. */
  readonly asked: Asked[] = [];
  /** Its ends of all connections so far. */
  readonly connections: PipeEnd[] = [];
  /** Dials that are refused before the next one succeeds. */
  refusals = 0;
  /** Dials so far. */
  dials = 0;
  readonly #scripts = new Map<CommandName, Script<never>>();
  readonly #pipeOptions: PipeOptions;
  #isHolding = false;
  #held: (() => Promise<void>)[] = [];
  #waiting: { name: CommandName; resolve: (asked: Asked) => void }[] = [];
  #seen = 0;
  #session = 0;

  constructor(framing: (typeof FRAMINGS)[number], pipeOptions: PipeOptions = {}) {
    this.dialect = framing === "classic" ? "classic" : "vsr_0_11";
    this.#pipeOptions = pipeOptions;
    const empty = () => undefined;
    this.on("ping", empty).on("logoutUser", empty)
      .on("loginUser", () => ({ userId: 0 }))
      .on("loginWithPersonalAccessToken", () => ({ userId: 0 }))
      .on("register", () => ({
        userId: 0,
        session: ++this.#session,
        serverProtocolVersion: PROTOCOL_VERSION,
        serverVersion: "0.1.0",
      }));
  }

  /** Says how a command is answered from now on. Others never are. */
  on<Name extends CommandName>(name: Name, script: Script<Name>): this {
    this.#scripts.set(name, script as Script<never>);
    return this;
  }

  /** The dial of a client. */
  readonly dial = (): Promise<Duplex> => {
    this.dials++;
    if (this.refusals > 0) {
      this.refusals--;
      return Promise.reject(new Error("Connection refused"));
    }
    const { client, server } = pipe(this.#pipeOptions);
    this.connections.push(server);
    void this.#serve(server, this.connections.length - 1);
    return Promise.resolve(client);
  };

  /** Answers nothing until {@link release}. */
  hold(): void {
    this.#isHolding = true;
  }

  /** Sends the answers held back, the first `count` or all; with all, holds no more. */
  async release(count = Infinity): Promise<void> {
    if (count === Infinity) this.#isHolding = false;
    for (const send of this.#held.splice(0, count)) await send();
  }

  /** The next request of that name that no call of this gave yet. */
  next(name: CommandName): Promise<Asked> {
    for (; this.#seen < this.asked.length;) {
      const asked = this.asked[this.#seen++];
      if (asked.name === name) return Promise.resolve(asked);
    }
    return new Promise((resolve) => this.#waiting.push({ name, resolve }));
  }

  /** Names of all requests so far, without the heads of sessions. */
  get names(): CommandName[] {
    return this.asked.map(({ name }) => name).filter((name) => !LOGINS.has(name));
  }

  async #serve(end: PipeEnd, connection: number): Promise<void> {
    const decoder = new FrameDecoder<ClassicRequest | VsrRequest>(LAYOUTS[this.dialect]);
    for (;;) {
      for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
        if ("fault" in frame) throw new Error(`Client sends no request: ${frame.fault}`);
        await this.#take(frame, end, connection);
      }
      const count = await end.read(decoder.space());
      if (count === null) return;
      decoder.received(count);
    }
  }

  async #take(frame: ClassicRequest | VsrRequest, end: PipeEnd, connection: number): Promise<void> {
    const asked = this.#read(frame, connection);
    this.asked.push(asked);
    const at = this.#waiting.findIndex(({ name }) => name === asked.name);
    if (at >= 0) {
      this.#seen = this.asked.length;
      this.#waiting.splice(at, 1)[0].resolve(asked);
    }
    const answer = this.#answer(asked);
    if (answer === undefined) return;
    const send = () => end.write(answer).catch(() => {});
    if (this.#isHolding) this.#held.push(send);
    else await send();
  }

  #read(frame: ClassicRequest | VsrRequest, connection: number): Asked {
    const isVsr = frame instanceof VsrRequest;
    const command = isVsr && frame.operation !== NON_REPLICATED
      ? commandByOperation(frame.operation)!
      : commandByCode(frame.code)!;
    const name = NAMES.get(command.name)!;
    const reader = new WireReader(frame.body.slice());
    const codec = COMMANDS[name].request[this.dialect] as Codec<unknown>;
    const request = codec.decode(reader);
    const header = isVsr ? new VsrRequest(frame.header.slice(), frame.body.slice()) : undefined;
    return { name, request, rest: reader.rest(), connection, header };
  }

  #answer(asked: Asked): Uint8Array | undefined {
    const script = this.#scripts.get(asked.name);
    if (script === undefined) return undefined;
    try {
      return this.#frame(asked, 0, script(asked.request as never, asked));
    } catch (error) {
      if (error instanceof IggyError) return this.#frame(asked, error.code, new Uint8Array(0));
      if (!(error instanceof Eviction)) throw error;
      const writer = new WireWriter();
      encodeEviction(writer, asked.header!.client, error.reason, error.versions);
      return writer.written;
    }
  }

  #frame({ name, header }: Asked, status: number, response: unknown): Uint8Array {
    const body = new WireWriter();
    const { resultFramed } = COMMANDS[name];
    if (header !== undefined && resultFramed && status === 0) encodeResult(body, 0);
    if (response instanceof Uint8Array) body.bytes(response);
    else (COMMANDS[name].response[this.dialect] as Codec<unknown>).encode(body, response);
    const writer = new WireWriter();
    if (header === undefined) encodeClassicReplyHead(writer, status, body.length);
    else encodeReplyHeader(writer, header, { op: 0, commit: 0, status }, body.length);
    writer.bytes(body.written);
    return writer.written;
  }
}

const NAMES = new Map(
  (Object.keys(COMMANDS) as CommandName[]).map((name) => [COMMANDS[name].name, name]),
);

const LOGINS: ReadonlySet<CommandName> = new Set<CommandName>(["register", "loginUser"]);

const LAYOUTS: Record<Dialect, FrameLayout<ClassicRequest | VsrRequest>> = {
  classic: classicRequests({ frameBytesMax: 2 ** 26, controlBodyBytesMax: 2 ** 24 }),
  vsr_0_11: vsrRequests(),
};
