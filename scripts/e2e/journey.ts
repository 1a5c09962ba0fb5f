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

const STEPS: readonly (readonly [name: string, step: (traveller: Traveller) => Promise<void>])[] = [
  ["sign in", signIn],
];

async function signIn({ page, origin }: Traveller): Promise<void> {
  await page.goto(`${origin}/`);
  await page.fill("input[name=username]", "iggy");
  await page.fill("input[name=password]", "iggy");
  await page.click("button[type=submit]");
  await page.waitForSelector(".charts");
}
