/**
 * Pages that load `/sdk.js` from a node and talk to it over wss: one of the node's own origin, one of an
 * origin that the node admits, one of an origin that it does not.
 *
 * @module
 */
import type { BrowserContext } from "playwright-core";

/** The three, each an origin. */
export interface SdkOrigins {
  /** The node's, `https://host:port`. */
  readonly node: string;
  /** In `websocket.allowed_origins`. */
  readonly admitted: string;
  /** Not there. */
  readonly foreign: string;
}

/** What a page is asked to do, as the argument of {@link sendAndPoll}. */
interface Errand {
  readonly node: string;
  readonly stream: string;
  readonly accessToken: string;
}

/** Goes through the three; gives what went otherwise than it has to. */
export async function sdkJourney(context: BrowserContext, origins: SdkOrigins): Promise<string[]> {
  const { node } = origins;
  const accessToken = await login(context, node);
  const visits = [
    // The dashboard's: its content security policy is as strict as they come.
    { url: `${node}/`, stream: "own", expected: "hello, world" },
    { url: origins.admitted, stream: "admitted", expected: "hello, world" },
    { url: origins.foreign, stream: "foreign", expected: "ConnectionError" },
  ];
  const faults: string[] = [];
  for (const { url, stream, expected } of visits) {
    const page = await context.newPage();
    await page.goto(url);
    const got = await page.evaluate(sendAndPoll, { node, stream, accessToken });
    if (got !== expected) faults.push(`sdk.js in ${url}: ${got} in place of ${expected}`);
    await page.close();
  }
  return faults;
}

async function login({ request }: BrowserContext, node: string): Promise<string> {
  const data = { username: "iggy", password: "iggy" };
  const answer = await request.post(`${node}/users/login`, { data, ignoreHTTPSErrors: true });
  return (await answer.json()).access_token.token;
}

/** Runs in the page: gives the texts it polled, or the name of what went wrong. */
async function sendAndPoll({ node, stream, accessToken }: Errand): Promise<string> {
  try {
    const { IggyClient } = await import(`${node}/sdk.js`);
    const token = async () => {
      const answer = await fetch(`${node}/users/web-socket-token`, {
        method: "POST",
        headers: { authorization: `Bearer ${accessToken}` },
      });
      return (await answer.json()).token;
    };
    const url = node === location.origin ? undefined : node.replace("https:", "wss:");
    const client = await IggyClient.connect({ url, token, reconnect: false });
    await client.streams.create(stream);
    await client.topics.create(stream, "events", { partitionsCount: 1 });
    await client.messages.send(stream, "events", [{ payload: "hello" }, { payload: "world" }]);
    const polled = await client.messages.poll(stream, "events", { offset: 0 });
    await client.close();
    return Array.from(polled, (each: { text(): string }) => each.text()).join(", ");
  } catch (error) {
    const { name, message } = error as Error;
    return name === "ConnectionError" ? name : `${name}: ${message}`;
  }
}
