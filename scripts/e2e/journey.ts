/// <reference lib="dom" />
/**
 * What a person does in the dashboard, step by step.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { Workload } from "./workload.ts";

/** What the journey needs. */
export interface Traveller {
  readonly page: Page;
  readonly origin: string;
  readonly workload: Workload;
  /** Only what pictures need: signing in. */
  readonly isShort: boolean;
}

/** Walks all steps; gives those that failed, with why. */
export async function journey(traveller: Traveller): Promise<string[]> {
  const failed: string[] = [];
  const steps = traveller.isShort ? STEPS.slice(0, 1) : STEPS;
  for (const [name, step] of steps) {
    const began = performance.now();
    try {
      await step(traveller);
      console.log(`ok   ${name} (${Math.round(performance.now() - began)} ms)`);
    } catch (fault) {
      const why = fault instanceof Error ? fault.message : String(fault);
      failed.push(`${name}: ${why}`);
      console.log(`FAIL ${name}`);
    }
  }
  return failed;
}

type Step = (traveller: Traveller) => Promise<void>;

const STEPS: readonly (readonly [name: string, step: Step])[] = [
  ["sign in", signIn],
  ["see the overview move without a reload", seeItMove],
  ["go by keyboard", goByKeyboard],
  ["create a stream and a topic", createTopic],
  ["produce, and see it arrive in the live tail", produceIntoTail],
  ["browse to an offset, and verify its checksum", browseToOffset],
  ["filter by a path of the JSON", filterByPath],
  ["set a group's offset, with what it changes said before", setOffset],
  ["see a group's lag fall", seeLagFall],
  ["be told by a bar that the node does not answer, until it does", goOffline],
  ["revoke a token and be signed out", revokeToken],
  ["sign in again", signIn],
];

async function signIn({ page, origin }: Traveller): Promise<void> {
  await page.goto(`${origin}/`);
  await page.fill("input[name=username]", "iggy");
  await page.fill("input[name=password]", "iggy");
  await page.click("button[type=submit]:visible");
  await page.waitForSelector(".charts");
}

async function seeItMove({ page, origin }: Traveller): Promise<void> {
  await page.goto(`${origin}/ui`);
  const messages = () => page.textContent(".facts dd");
  const before = await messages();
  await page.waitForFunction(
    (text) => document.querySelector(".facts dd")!.textContent !== text,
    before,
  );
  const { firstPaint } = await page.evaluate(() => ({
    firstPaint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  }));
  console.log(`     first paint after ${Math.round(firstPaint)} ms`);
}

async function goByKeyboard({ page, origin }: Traveller): Promise<void> {
  await page.goto(`${origin}/ui`);
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.waitForURL("**/ui/streams");
  await page.waitForSelector("tr[data-href]");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/ui/streams/0");
  await page.waitForSelector(".trail");
  await page.keyboard.press("Escape");
  await page.waitForURL("**/ui/streams");
  await page.keyboard.press("?");
  await page.waitForSelector("dialog#keys[open]");
  await page.keyboard.press("Escape");
  await page.goBack();
  await page.waitForURL("**/ui/streams/0");
}

async function createTopic({ page, origin }: Traveller): Promise<void> {
  await page.goto(`${origin}/ui/streams`);
  await page.click("[data-open=create-stream]");
  await page.fill("#create-stream [name=name]", "journeys");
  await page.click("#create-stream [type=submit]");
  await page.waitForURL(/\/ui\/streams\/\d+$/);
  await page.click("[data-open=create-topic]");
  await page.fill("#create-topic [name=name]", "steps");
  await page.click("#create-topic [type=submit]");
  await page.waitForURL(/\/topics\/0$/);
  await page.waitForSelector("h1:has-text('steps')");
}

async function produceIntoTail({ page }: Traveller): Promise<void> {
  await page.click("a.button.primary:has-text('Messages')");
  await page.click("#tail");
  await page.waitForSelector("#tail[aria-pressed=true]");
  await page.click("[data-open=produce]");
  await page.fill("#produce [name=payload]", '{"hello":"<script>alert(1)</script>"}');
  await page.fill("#produce [name=headers]", "colour=blue");
  await page.click("#produce [type=submit]");
  await page.waitForSelector("#messages tbody tr:has-text('hello')", { state: "attached" });
  await page.click("#produce [data-close]");
  await page.click("#messages tbody tr");
  await page.waitForSelector("#side .headers:has-text('colour')");
  await page.waitForSelector("#side:has-text('✓ verified')");
  await page.keyboard.press("Escape");
  await page.waitForSelector("#side", { state: "hidden" });
}

async function browseToOffset({ page, origin }: Traveller): Promise<void> {
  await page.goto(`${origin}/ui/streams/0/topics/0/messages?partition=3`);
  await page.selectOption("#browse-form [name=from]", "offset");
  await page.fill("#browse-form [name=offset]", "17");
  await page.click("#browse-form [type=submit]");
  await page.waitForSelector("#messages tbody tr:first-child td:first-child:has-text('17')");
  if (!page.url().includes("from=offset&offset=17&partition=3")) throw new Error(page.url());
  await page.click("#messages tbody tr:first-child");
  await page.waitForSelector("#side:has-text('✓ verified')");
  await page.click("#side button:has-text('Hex')");
  await page.waitForSelector("#side pre.hex:has-text('00000000')");
}

async function filterByPath({ page, origin }: Traveller): Promise<void> {
  await page.goto(`${origin}/ui/streams/0/topics/0/messages?from=first`);
  await page.waitForSelector("#messages tbody tr");
  await page.fill("#browse-form [name=filter]", "$.customer.country=PL");
  await page.waitForSelector("#browse-status:has-text('pass the filter')");
  const shown = await page.$$eval(
    "#messages .preview",
    (cells) => cells.map((cell) => cell.textContent ?? ""),
  );
  if (shown.length === 0 || shown.some((text) => !text.includes('"PL"'))) {
    throw new Error(`Shows ${shown[0]}`);
  }
}

async function setOffset({ page, origin }: Traveller): Promise<void> {
  await page.goto(`${origin}/ui/groups`);
  await page.click("table:has(caption:text-is('Consumer groups')) .row-link:has-text('invoices')");
  await page.waitForSelector("[data-open=set-offset]");
  await page.click("[data-open=set-offset]");
  await page.fill("#offset-form [name=next]", "5");
  await page.waitForSelector("#offset-form .preview:has-text('message')");
  await page.click("#offset-form [type=submit]");
  await page.waitForSelector("#set-offset", { state: "hidden" });
  await page.waitForSelector("td[data-label='Processed up to']:text-is('4')");
}

async function seeLagFall({ page, origin, workload }: Traveller): Promise<void> {
  await page.goto(`${origin}/ui/groups`);
  const lag = () =>
    page.evaluate(() => {
      const row = [...document.querySelectorAll("main tbody tr")]
        .find((each) =>
          each.querySelector("[data-label=Behind]") && each.textContent!.includes("invoices")
        )!;
      return Number(row.querySelector("[data-label=Behind]")!.textContent!.replaceAll(",", ""));
    });
  const before = await lag();
  if (before < 100) throw new Error(`Is behind by ${before} only`);
  await workload.catchUp();
  for (let tries = 0; (await lag()) > before / 4; tries++) {
    if (tries > 40) throw new Error(`Fell from ${before} to ${await lag()} only`);
    await page.waitForTimeout(250);
  }
}

async function goOffline({ page, origin }: Traveller): Promise<void> {
  await page.goto(`${origin}/ui`);
  await page.waitForTimeout(1200);
  await page.route("**/ui/live*", (route) => route.abort());
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.reload();
  await page.waitForSelector("#offline:not([hidden])");
  await page.unroute("**/ui/live*");
  await page.waitForSelector("#offline", { state: "hidden", timeout: 20_000 });
}

async function revokeToken({ page, origin }: Traveller): Promise<void> {
  await page.goto(`${origin}/ui/users/0`);
  await page.click("[data-open=create-token]");
  await page.fill("#create-token [name=name]", "phone");
  await page.click("#create-token [type=submit]");
  await page.waitForSelector("#create-token .revealed code:not(:empty)");
  const token = await page.textContent("#create-token .revealed code");
  await page.click("#create-token [data-close]");
  await page.click("form[action='/ui/logout'] button");
  await page.waitForSelector(".login");
  await page.click("summary");
  await page.fill("input[name=token]", token!);
  await page.click("details button[type=submit]");
  await page.waitForSelector("#live");
  await page.goto(`${origin}/ui/users/0`);
  await page.click("[data-open=revoke-phone]");
  await page.fill("#revoke-phone [data-confirm]", "phone");
  await page.click("#revoke-phone [type=submit]");
  await page.waitForSelector(".login", { timeout: 10_000 });
}
