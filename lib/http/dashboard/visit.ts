/**
 * One look at a page: who looks, at what, and what the node has to tell.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { IggyError } from "../../../protocol/errors.ts";
import { UNAUTHORIZED } from "../../../protocol/error_codes.ts";
import { type CommandName, COMMANDS } from "../../../protocol/commands.ts";
import type { UserView } from "../../catalog/views.ts";
import { authorize } from "../../handlers/rights.ts";
import type { HttpClient } from "../client.ts";
import { Call } from "../route.ts";
import type { HttpServices } from "../services.ts";
import type { Census } from "./census.ts";

/** What pages know besides the services of all of HTTP. */
export interface DashboardServices extends HttpServices {
  readonly census: Census;
}

/** A page as a value; `dashboard.ts` finds it by its path. */
export interface Page {
  /** Below `/ui`, with `:name` for a part that varies. */
  readonly path: string;
  readonly section: Section;
  readonly title: (visit: Visit) => string;
  readonly render: (visit: Visit) => Child | Promise<Child>;
}

export type Section =
  | "overview"
  | "streams"
  | "groups"
  | "clients"
  | "users"
  | "security"
  | "logs"
  | "settings";

/** See the module comment. */
export class Visit extends Call<Readonly<Record<string, string>>, URLSearchParams, undefined> {
  readonly url: URL;
  /** Micros since the Unix epoch, the same for all of the page. */
  readonly nowMicros: number;

  constructor(
    override readonly services: DashboardServices,
    override readonly client: HttpClient,
    request: Request,
    /** The page's address, which in a live stream is not the request's. */
    url: URL,
    params: Readonly<Record<string, string>>,
    readonly user: UserView,
    readonly isTls: boolean,
  ) {
    super(services, client, request, params, url.searchParams, undefined);
    this.url = url;
    this.nowMicros = services.broker.clock.nowMicros();
  }

  /** Whether the user may perform a command. */
  may(name: CommandName, request?: unknown): boolean {
    try {
      authorize(this.broker, this.client, COMMANDS[name].right, request);
      return true;
    } catch (fault) {
      if (fault instanceof IggyError && fault.code === UNAUTHORIZED) return false;
      throw fault;
    }
  }

  /** How clients reach the node: `https://host:port`. */
  get origin(): string {
    return `${this.isTls ? "https" : "http"}://${new URL(this.request.url).host}`;
  }

  /** This address with some of its query changed; `undefined` takes a part out. */
  link(changes: Readonly<Record<string, string | undefined>>): string {
    const query = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined || value === "") query.delete(name);
      else query.set(name, value);
    }
    return query.size === 0 ? this.url.pathname : `${this.url.pathname}?${query}`;
  }
}
