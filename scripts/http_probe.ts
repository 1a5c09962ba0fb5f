/**
 * `deno task probe`: starts a node, asks it what http-probe.py asks, and compares the answers with those
 * of Iggy 0.9. The probe and the answers are not part of the repository: they lie beside it in
 * `../shared/protocol`, or where PROBE_DIR says. Differences that are meant are below, each with its
 * reason (docs/http.md says the same in a table); any other makes it exit with 1.
 *
 * @module
 */
import { differences, type Expected, judge, parseProbe } from "./http_probe_report.ts";
import { startNode } from "./node_process.ts";

async function main(): Promise<number> {
  const folder = Deno.makeTempDirSync({ prefix: "whippet-probe-" });
  const node = await startNode({
    dataDirectory: `${folder}/data`,
    logFile: `${folder}/node.log`,
    env: { IGGY_HTTP_ENABLED: "true", IGGY_HTTP_ADDRESS: "127.0.0.1:0" },
  });
  try {
    const { stdout } = await new Deno.Command("python3", {
      args: [`${PROBE_DIR}/http-probe.py`, `http://${node.httpAddress}`],
      stderr: "inherit",
    }).output();
    const answers = Deno.readTextFileSync(`${PROBE_DIR}/http-answers-0.9.txt`);
    const asked = parseProbe(answers);
    const found = differences(asked, parseProbe(new TextDecoder().decode(stdout)));
    const { unexpected, unmet } = judge(found, EXPECTED);
    for (const line of unexpected) console.log(`not expected: ${line}`);
    for (const { reason } of unmet) console.log(`no longer there: ${reason}`);
    const meant = found.length - unexpected.length;
    console.log(
      `${asked.length} questions, ${meant} differences that are meant, ${unexpected.length} others`,
    );
    return unexpected.length === 0 ? 0 : 1;
  } finally {
    await node.stop();
    Deno.removeSync(folder, { recursive: true });
  }
}

const PROBE_DIR = Deno.env.get("PROBE_DIR") ??
  new URL("../../shared/protocol", import.meta.url).pathname;

const TOPIC = String.raw`/streams/(?:0|orders)/topics/\w+`;

const EXPECTED: readonly Expected[] = [
  { pattern: /^GET \/: /, reason: "`/` is served, as 0.8 serves it; 0.9 has nothing there" },
  {
    pattern: /^GET \/ui(\/dashboard\/overview)?: /,
    reason: "The dashboard is served unless it is switched off; 0.9's is another, and off",
  },
  {
    pattern: /^GET \/ui\/x\.js: (header content-type|body) /,
    reason: "A text says what is missing",
  },
  {
    pattern: /^GET \/(health|ui\S*): header access-control-allow-origin/,
    reason: "Other origins are told nothing of paths that do not exist",
  },
  {
    pattern: /: body(\.0)?\.(replication_factor|options\.\w+) absent is /,
    reason: "Topics show 0.8's replication factor and the options that 0.11's SDKs know as well",
  },
  {
    pattern: /^DELETE \/streams\/0\/topics\/us\/partitions\?partitions_count=0: /,
    reason: "A topic that does not exist comes before a count that cannot be",
  },
  {
    pattern: new RegExp(
      `^(GET|POST|PUT) ${TOPIC}/(messages|consumer-offsets): body\\.(id|code|field) `,
    ),
    reason: "A 404 says precisely what is missing, as 0.8 does",
  },
  {
    pattern: /\.header\.id \d/,
    reason: "Ids that the node makes up are random",
  },
  {
    pattern: new RegExp(`^PUT ${TOPIC}/consumer-offsets: (status 404 is 204|header|body \\{)`),
    reason: "An offset without a partition is stored in partition 0, as 0.8 does",
  },
  {
    pattern: /consumer_id=1&partition_id=0: body\.stored_offset 1 is 0$/,
    reason: "It is read back from there",
  },
  {
    pattern: new RegExp(`^DELETE ${TOPIC}/consumer-offsets/1: body\\.(id|code) `),
    reason: "It is looked for there when it is deleted",
  },
  {
    pattern: /^POST \S+\/(consumer-groups|partitions): status 200 is 201$/,
    reason: "What is created is answered with 201, as 0.8 does; clients take any 2xx",
  },
  {
    pattern: /^GET \S+\/consumer-groups\/7: body\.(id|code) /,
    reason: "A 404 says that it is the group that is missing, as 0.8 does",
  },
  {
    pattern: /\.endpoints\.\w+ \d+ is \d+$/,
    reason: "The ports are those of the run; QUIC is not served",
  },
  {
    pattern: /^GET \/streams\/0: (status 200 is 401|header iggy-view|body\.)/,
    reason: "A logout ends its access token, as 0.8 does",
  },
  {
    pattern: /^GET \/metrics: /,
    reason: "There are more metrics than Iggy has, in Prometheus' own text form",
  },
];

if (import.meta.main) Deno.exit(await main());
