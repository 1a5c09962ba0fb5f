import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../../lib/os/clock.ts";

Deno.test("systemClock.nowMicros() is the wall clock's time, a safe integer that never steps back", () => {
  let last = Date.now() * 1000 - 10_000;
  for (let asked = 0; asked < 1000; asked++) {
    const now = systemClock.nowMicros();
    assert(Number.isSafeInteger(now));
    assert(now >= last, `${now} after ${last}`);
    last = now;
  }
  assert(Math.abs(last - Date.now() * 1000) < 100_000);
});

Deno.test("systemClock.nowMicros() follows the wall clock when it is set, forwards and backwards", () => {
  const real = Date.now;
  const before = systemClock.nowMicros();
  try {
    Date.now = () => real() + 3_600_000;
    assert(systemClock.nowMicros() - before >= 3_599_000_000);
  } finally {
    Date.now = real;
  }
  assert(systemClock.nowMicros() - before < 60_000_000);
});

Deno.test("systemClock.monotonicMs() only grows", () => {
  const first = systemClock.monotonicMs();
  assert(systemClock.monotonicMs() >= first);
});

Deno.test("Clock.after() runs its task once, unless it is called off", async () => {
  const runs: string[] = [];
  const cancel = systemClock.after(1, () => runs.push("cancelled"));
  cancel();
  await new Promise<void>((resolve) => {
    systemClock.after(0, () => runs.push("run"));
    systemClock.after(2, resolve);
    // Something has to keep the process alive: the clock does not.
    const alive = setTimeout(() => {}, 60_000);
    systemClock.after(3, () => clearTimeout(alive));
  });
  await new Promise<void>((resolve) => setTimeout(resolve, 10));
  assertEquals(runs, ["run"]);
});

Deno.test("What systemClock has to run later keeps no process alive, what wakefulClock has does", async () => {
  const clock = new URL("../../../lib/os/clock.ts", import.meta.url).href;
  const program = `import { systemClock, wakefulClock } from ${JSON.stringify(clock)};
    systemClock.after(600_000, () => console.log("late"));
    wakefulClock.after(1, () => console.log("awake"));`;
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", program], stderr: "inherit" });
  const { stdout } = await child.output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "awake");
});
