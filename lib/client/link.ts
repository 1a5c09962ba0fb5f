/**
 * The line to the node: one connection at a time, made again when it is lost, and the requests that
 * wait for it.
 *
 *     connecting --> up --lost--> reconnecting --> up
 *                                       '-- out of tries, or login refused --> down --a call--> reconnecting
 *     any --close()--> closed
 *
 * A lost connection leaves each of its unanswered requests in one of two ways: one that only reads is
 * sent again over the next connection; the others fail, and the error says that nobody knows what
 * became of them (VSR.md section 5.1). Requests that were not sent yet wait. All within their time.
 *
 * @module
 */
import { TRANSIENT_NOT_ACCEPTED, TRANSIENT_NOT_COMMITTED } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Dialect } from "../../protocol/command.ts";
import type { Duplex } from "../ports.ts";
import { Connection } from "./connection.ts";
import { ConnectionError, TimeoutError } from "./errors.ts";
import { Exchange, ExchangeQueue, type Request } from "./exchange.ts";
import { DIALECTS, framingOf } from "./framing.ts";
import { loginFacts, loginRequest, logoutRequest } from "./logins.ts";
import type { ClientPorts, Credentials, Settings } from "./options.ts";

type Phase = "connecting" | "up" | "reconnecting" | "down" | "closed";

/** See the module comment. */
export class Link {
  readonly dialect: Dialect;
  readonly #settings: Settings;
  readonly #ports: ClientPorts;
  /** Requests that make a fresh session what the lost one was; refusals of them are let pass. */
  readonly #restore: () => Iterable<Request<void>>;
  readonly #queue = new ExchangeQueue();
  #phase: Phase = "connecting";
  #connection: Connection | undefined;
  #credentials: Credentials | undefined;
  #isLoggedIn = false;
  /** Why nothing works any more, once it is closed. */
  #closure = new ConnectionError("Client is closed");
  #stopWatch: (() => void) | undefined;
  /** When the watch ends; `Infinity` while there is none. */
  #watchMs = Infinity;
  #stopPause: (() => void) | undefined;

  constructor(settings: Settings, ports: ClientPorts, restore: () => Iterable<Request<void>>) {
    this.dialect = DIALECTS[settings.framing];
    this.#settings = settings;
    this.#ports = ports;
    this.#restore = restore;
    this.#credentials = settings.credentials;
  }

  /** Connects for the first time, and logs in where there are credentials. One try. */
  async connect(): Promise<void> {
    try {
      this.#goUp(await this.#establish());
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Sends a request, now or as soon as there is a connection. */
  run<Response>(request: Request<Response>): Promise<Response> {
    const exchange = this.#exchange(request);
    if (this.#isClosed()) {
      exchange.reject(this.#closure);
      return exchange.answer;
    }
    this.#queue.push(exchange as Exchange);
    this.#watch(exchange.deadlineMs);
    if (this.#phase === "up") this.#connection!.pump();
    else if (this.#phase === "down") void this.#reconnect();
    return exchange.answer;
  }

  /** Logs in, out of a previous login if there is one, and remembers it for the next connection. */
  async login(credentials: Credentials): Promise<number> {
    await this.logout();
    const userId = await this.run(loginRequest(this.dialect, await loginFacts(credentials)));
    this.#credentials = credentials;
    this.#isLoggedIn = true;
    return userId;
  }

  /** Logs out and forgets the credentials. */
  async logout(): Promise<void> {
    this.#credentials = undefined;
    if (!this.#isLoggedIn || this.#phase !== "up") return;
    this.#isLoggedIn = false;
    try {
      await this.run(logoutRequest());
    } catch (error) {
      // A session ends with its connection too.
      if (!(error instanceof ConnectionError)) throw error;
    }
  }

  /** Closes the connection; what waits for an answer fails. */
  async close(): Promise<void> {
    this.#shut(this.#closure);
    await this.#connection?.finish();
  }

  #isClosed(): boolean {
    return this.#phase === "closed";
  }

  #shut(reason: ConnectionError): void {
    this.#phase = "closed";
    this.#closure = reason;
    this.#stopWatch?.();
    this.#stopPause?.();
    this.#connection?.end(reason);
    this.#failWaiting(reason);
  }

  #goUp(connection: Connection): void {
    if (connection.isEnded) throw new ConnectionError("Connection was lost as soon as it was made");
    this.#phase = "up";
    connection.serve(this.#queue);
  }

  #goDown(reason: Error): void {
    this.#phase = "down";
    this.#failWaiting(reason);
  }

  #failWaiting(reason: Error): void {
    for (const exchange of this.#queue.drain()) exchange.reject(reason);
  }

  /** A connection that is logged in and has back what the lost one had. */
  async #establish(): Promise<Connection> {
    const asked = this.#credentials === undefined ? undefined : loginFacts(this.#credentials);
    // Ahead of dialling: a connection that waits for a token may end meanwhile.
    const facts = asked instanceof Promise ? await asked : asked;
    const duplex = await this.#dial();
    const framing = framingOf(this.#settings.framing, this.#ports);
    const connection = new Connection(duplex, framing, {
      refused: (...refused) => this.#refused(...refused),
      ended: (...ended) => this.#ended(...ended),
    }, this.#settings.requestsInFlightMax);
    this.#connection = connection;
    this.#isLoggedIn = false;
    try {
      if (facts !== undefined) {
        await this.#sendOver(connection, loginRequest(this.dialect, facts));
        this.#isLoggedIn = true;
      }
      for (const request of this.#restore()) await this.#attempt(connection, request);
      return connection;
    } catch (error) {
      connection.end(new ConnectionError("Login failed", { cause: error }));
      throw error;
    }
  }

  async #dial(): Promise<Duplex> {
    const { address, timeoutMs } = this.#settings;
    const where = `${address.hostname}:${address.port}`;
    const late = Promise.withResolvers<never>();
    const stop = this.#ports.clock.after(timeoutMs, () => {
      late.reject(new TimeoutError(`Cannot connect to ${where} within ${timeoutMs} ms`));
    });
    const dialling = this.#ports.dial(address);
    try {
      const duplex = await Promise.race([dialling, late.promise]);
      if (this.#isClosed()) throw this.#closure;
      return duplex;
    } catch (cause) {
      dialling.then((duplex) => duplex.close(), () => {});
      if (cause instanceof ConnectionError) throw cause;
      const why = cause instanceof Error ? cause.message : cause;
      throw new ConnectionError(`Cannot connect to ${where}: ${why}`, { cause });
    } finally {
      stop();
    }
  }

  async #attempt(connection: Connection, request: Request<void>): Promise<void> {
    try {
      await this.#sendOver(connection, request);
    } catch (error) {
      if (!(error instanceof IggyError)) throw error;
    }
  }

  #sendOver<Response>(connection: Connection, request: Request<Response>): Promise<Response> {
    const exchange = this.#exchange(request);
    connection.send(exchange as Exchange);
    this.#watch(exchange.deadlineMs);
    return exchange.answer;
  }

  /** Tries until it is up again, or until there is no use in trying. */
  async #reconnect(): Promise<void> {
    this.#phase = "reconnecting";
    const { attemptsMax } = this.#settings.reconnect!;
    for (let attempt = 1;; attempt++) {
      try {
        return this.#goUp(await this.#establish());
      } catch (error) {
        if (this.#isClosed()) return;
        if (attempt >= attemptsMax || error instanceof IggyError) {
          return this.#goDown(error as Error);
        }
      }
      await this.#pause(attempt);
      if (this.#isClosed()) return;
    }
  }

  /** Twice as long after each attempt, and up to half of it less, so that clients spread. */
  #pause(attempt: number): Promise<void> {
    const { delayMs, delayMsMax } = this.#settings.reconnect!;
    const random = new Uint32Array(1);
    this.#ports.entropy.fill(new Uint8Array(random.buffer));
    const spread = 1 - random[0] / 2 ** 33;
    const pauseMs = Math.min(delayMs * 2 ** (attempt - 1), delayMsMax) * spread;
    return new Promise((resolve) => {
      const cancel = this.#ports.clock.after(pauseMs, resolve);
      this.#stopPause = () => {
        cancel();
        resolve();
      };
    });
  }

  /** VSR.md section 6: 57 and 58 are tried again, 57 under the same number. */
  #refused(connection: Connection, exchange: Exchange, error: IggyError): void {
    const { clock } = this.#ports;
    const isTransient = error.code === TRANSIENT_NOT_COMMITTED ||
      error.code === TRANSIENT_NOT_ACCEPTED;
    if (!isTransient || clock.monotonicMs() + TRANSIENT_DELAY_MS >= exchange.deadlineMs) {
      return exchange.reject(error);
    }
    if (error.code === TRANSIENT_NOT_ACCEPTED) exchange.number = undefined;
    clock.after(TRANSIENT_DELAY_MS, () => {
      if (connection.isEnded) this.#leave(exchange, new ConnectionError("Connection was lost"));
      else connection.send(exchange);
    });
  }

  #ended(connection: Connection, reason: ConnectionError, unanswered: Exchange[]): void {
    // From the last to the first, for each goes to the head of the queue.
    for (const exchange of unanswered.reverse()) this.#leave(exchange, reason);
    if (this.#phase !== "up" || connection !== this.#connection) return;
    this.#isLoggedIn = false;
    if (this.#settings.reconnect === undefined) this.#shut(reason);
    else void this.#reconnect();
  }

  /** Decides about a request that was sent and not answered. */
  #leave(exchange: Exchange, reason: ConnectionError): void {
    const { command } = exchange.request;
    const isOutcomeUnknown = exchange.isChange;
    const outcome = isOutcomeUnknown ? `; ${command.name} may have been carried out` : "";
    const options = { isOutcomeUnknown, cause: reason };
    if (exchange.deadlineMs <= this.#ports.clock.monotonicMs()) {
      const message = `No answer to ${command.name} within ${this.#timeMs(exchange.request)} ms`;
      return exchange.reject(new TimeoutError(`${message}${outcome}`, options));
    }
    const isRepeated = exchange.isRepeatable && !this.#isClosed() &&
      this.#settings.reconnect !== undefined;
    if (!isRepeated) {
      return exchange.reject(new ConnectionError(`${reason.message}${outcome}`, options));
    }
    exchange.number = undefined;
    this.#queue.unshift(exchange);
  }

  #exchange<Response>(request: Request<Response>): Exchange<Response> {
    const nowMs = this.#ports.clock.monotonicMs();
    return new Exchange(request, nowMs + this.#timeMs(request));
  }

  /** From the call to the answer at most. */
  #timeMs({ waitMs = 0 }: Pick<Request<unknown>, "waitMs">): number {
    return this.#settings.timeoutMs + waitMs;
  }

  /** One timer for all requests, sent or waiting: set for the one that is late first, or earlier. */
  #watch(deadlineMs: number): void {
    if (deadlineMs >= this.#watchMs) return;
    const { clock } = this.#ports;
    this.#stopWatch?.();
    this.#watchMs = deadlineMs;
    this.#stopWatch = clock.after(Math.max(0, deadlineMs - clock.monotonicMs()), () => {
      this.#watchMs = Infinity;
      this.#expire(clock.monotonicMs());
      if (this.#isClosed()) return;
      this.#watch(Math.min(this.#connection?.deadlineMs ?? Infinity, this.#queue.deadlineMs));
    });
  }

  #expire(nowMs: number): void {
    if (this.#connection !== undefined && this.#connection.deadlineMs <= nowMs) {
      // CLASSIC.md section 1: answers have no number, so that one that is late blocks all others.
      this.#connection.end(new ConnectionError("Connection was given up, for an answer is late"));
    }
    for (const exchange of this.#queue.takeLate(nowMs)) {
      const { command } = exchange.request;
      const timeMs = this.#timeMs(exchange.request);
      exchange.reject(new TimeoutError(`${command.name} could not be sent within ${timeMs} ms`));
    }
  }
}

const TRANSIENT_DELAY_MS = 50;
