import { assertEquals } from "@std/assert";
import { Random } from "../support/random.ts";
import { runModel } from "./run.ts";

Deno.test("The node answers random commands of both protocols as the model of a broker does", async () => {
  const { seed } = Random.announced("Model");
  assertEquals(await runModel({ seed: seed | 0, runs: 200 }), undefined);
});
