import { assertEquals } from "@std/assert";
import { DIALECTS, framingOf } from "../../../lib/client/framing.ts";
import { portsTo } from "../../support/scripted_client.ts";
import { FRAMINGS, ScriptedNode } from "../../support/scripted_node.ts";
import { SimClock } from "../../support/sim_clock.ts";

Deno.test("framingOf() gives a framing of the dialect that goes with its name", () => {
  for (const name of FRAMINGS) {
    const framing = framingOf(name, portsTo(new ScriptedNode(name), new SimClock()));
    assertEquals(framing.dialect, DIALECTS[name]);
  }
});
