/**
 * Whom it talks to when nobody talks to it: an hour as the node sees it, of which this machine sees a
 * minute.
 *
 * libfaketime makes the node's clocks, and what it waits for, {@link PACE} times as fast. The intervals
 * are the default ones, so that all which a node does now and then happens as often as in an hour. That it
 * does is seen by the node's own log, and by the files of its certificate, which it looks at every five
 * seconds. Where there is no libfaketime, the intervals are shortened instead.
 *
 * @module
 */
import { type Candidate, HTTP_ON } from "./candidate.ts";
import { CommandLine } from "./command_line.ts";
import { load } from "./serving.ts";
import { loggedMs, reachingOut, timesOpened, traced } from "./surroundings.ts";
import { has, hold, need, type Trial } from "./trials.ts";

/** The trial, over so many seconds of this machine's. */
export function idleTrial(seconds: number): Trial {
  return {
    name: "In an idle hour it talks to nobody",
    run: (candidate) => idle(candidate, seconds),
  };
}

async function idle(candidate: Candidate, seconds: number): Promise<string> {
  need("strace", "Debian's strace");
  const isHurried = has("faketime");
  const pace = isHurried ? PACE : 1;
  const dataDirectory = candidate.directory();
  const certificate = await makeCertificate(candidate);
  const env = {
    ...HTTP_ON,
    IGGY_TCP_TLS_ENABLED: "true",
    IGGY_TCP_TLS_CERT_FILE: `${certificate}.pem`,
    IGGY_TCP_TLS_KEY_FILE: `${certificate}.key`,
    ...isHurried ? {} : HASTE,
  };
  // There are messages to look after. They are sent before: a client's time-outs would be short.
  await candidate.withNode({ dataDirectory }, async (node) => {
    await load({ address: node.address }, "idle", 5);
    await node.stop();
  });
  Deno.removeSync(`${dataDirectory}.log`);
  const tracePath = `${candidate.folder}/network.trace`;
  const program = traced(candidate.binary, tracePath, pace);
  await candidate.withNode({ program, dataDirectory, env }, async (node) => {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    hold(await node.stop() === 0, "The node does not end as asked");
  });
  const trace = Deno.readTextFileSync(tracePath);
  hold(trace.includes("listen("), "The trace shows not even that it listens");
  const livedS = loggedMs(Deno.readTextFileSync(`${dataDirectory}.log`)) / 1000;
  hold(livedS >= seconds * pace, `${livedS} s passed for the node, in ${seconds} s`);
  const looks = timesOpened(trace, `${certificate}.pem`);
  hold(
    looks >= livedS / LOOK_S_MAX,
    `It looked at its certificate ${looks} times in ${livedS} s`,
  );
  const lines = reachingOut(trace);
  hold(lines.length === 0, lines.slice(0, 5).join("\n"));
  const how = isHurried ? "by its own clock" : "with its intervals shortened, for want of faketime";
  return `${livedS.toFixed(0)} s ${how}, ${looks} looks at its certificate, 0 connections`;
}

/** For localhost, under an authority of its own; gives the path without the `.pem` and `.key` behind it. */
async function makeCertificate(candidate: Candidate): Promise<string> {
  const folder = candidate.directory();
  const commands = new CommandLine(candidate.binary, folder);
  for (const words of [["new-ca"], ["new", "localhost", "127.0.0.1", "--file", "node"]]) {
    const { code, err } = await commands.run(["cert", ...words]);
    hold(code === 0, err);
  }
  return `${folder}/node`;
}

/** A minute is an hour. */
const PACE = 60;

/** Seconds between two looks at a certificate: five, and what a busy machine adds to that. */
const LOOK_S_MAX = 10;

/** What a node does now and then, it does often. */
const HASTE = {
  IGGY_MESSAGE_SAVER_INTERVAL: "1 s",
  IGGY_DATA_MAINTENANCE_MESSAGES_INTERVAL: "1 s",
  IGGY_PERSONAL_ACCESS_TOKEN_CLEANER_INTERVAL: "1 s",
  IGGY_HEARTBEAT_INTERVAL: "1 s",
};
