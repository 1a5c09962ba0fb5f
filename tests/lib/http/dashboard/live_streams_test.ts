import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LiveStreams } from "../../../../lib/http/dashboard/live_streams.ts";
import { SimClock } from "../../../support/sim_clock.ts";

Deno.test("LiveStreams.open() sends a page's lines as one event, and no page twice", async () => {
  const clock = new SimClock();
  let page = "<p>a\nb</p>";
  const response = streams(clock).open({ bearer: "x", render: () => Promise.resolve(page) });
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  const events = chunks(response);
  assertEquals(await events(), "retry: 1000\n\n");
  assertEquals(await events(), "event: page\ndata: <p>a\ndata: b</p>\n\n");
  clock.advance(1000);
  await settled();
  page = "<p>c</p>";
  clock.advance(1000);
  assertEquals(await events(), "event: page\ndata: <p>c</p>\n\n");
});

Deno.test("LiveStreams ends a stream whose page fails, for the browser to ask again", async () => {
  const render = () => Promise.reject(new Error("no"));
  const events = chunks(streams(new SimClock()).open({ bearer: "x", render }));
  await events();
  assertEquals(await events(), undefined);
});

Deno.test("LiveStreams.endSession() tells all pages of that session", async () => {
  const all = streams(new SimClock());
  const open = (bearer: string) =>
    chunks(all.open({ bearer, render: () => Promise.resolve("page") }));
  const [ended, other] = [open("a"), open("b")];
  for (const events of [ended, other]) {
    await events();
    await events();
  }
  all.endSession("a");
  assertStringIncludes((await ended())!, "event: gone");
  assertEquals(await ended(), undefined);
  all.endSession("b");
  assertStringIncludes((await other())!, "event: gone");
});

Deno.test("LiveStreams refuses one too many, and takes another when one has gone", () => {
  const all = streams(new SimClock());
  const open = () => all.open({ bearer: "x", render: () => Promise.resolve("") });
  const responses = Array.from({ length: STREAMS_MAX }, open);
  assertEquals(open().status, 503);
  void responses[0].body!.cancel();
  assertEquals(open().status, 200);
});

Deno.test("LiveStreams ends when the node stops", async () => {
  const draining = new AbortController();
  const all = new LiveStreams(new SimClock(), draining.signal, 1);
  const events = chunks(all.open({ bearer: "x", render: () => Promise.resolve("page") }));
  await events();
  await events();
  draining.abort();
  assertEquals(await events(), undefined);
});

Deno.test("LiveStreams keeps few pages for a reader that does not read", async () => {
  const clock = new SimClock();
  let renders = 0;
  streams(clock).open({ bearer: "x", render: () => Promise.resolve(`page ${++renders}`) });
  for (let turns = 0; turns < 10; turns++) {
    await settled();
    clock.advance(1000);
  }
  assert(renders <= 2, `${renders} pages were made`);
});

function streams(clock: SimClock): LiveStreams {
  return new LiveStreams(clock, new AbortController().signal, STREAMS_MAX);
}

function chunks(response: Response): () => Promise<string | undefined> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  return async () => (await reader.read()).value;
}

/** Lets what is under way come to its end. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

const STREAMS_MAX = 3;
