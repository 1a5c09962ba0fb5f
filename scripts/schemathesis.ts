/**
 * `deno task schemathesis --python VENV [--examples N]`: starts a node with something of everything in it,
 * and lets schemathesis (PyPI, in the virtual environment named) ask what the OpenAPI document allows: no
 * answer may be a 5xx, or of another form than the document says.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { startNode } from "./node_process.ts";

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { python: { type: "string" }, examples: { type: "string", default: "20" } },
  });
  if (values.python === undefined) {
    console.error("Name a virtual environment that has schemathesis: --python /tmp/venv");
    return 2;
  }
  const folder = Deno.makeTempDirSync({ prefix: "whippet-schemathesis-" });
  const node = await startNode({
    dataDirectory: `${folder}/data`,
    logFile: `${folder}/node.log`,
    env: { IGGY_HTTP_ENABLED: "true", IGGY_HTTP_ADDRESS: "127.0.0.1:0" },
  });
  try {
    const base = `http://${node.httpAddress}`;
    const token = await populate(base);
    const { code } = await new Deno.Command(`${values.python}/bin/schemathesis`, {
      args: [
        "run",
        `${base}/openapi.json`,
        ...["--header", `Authorization: Bearer ${token}`],
        ...["--max-examples", values.examples],
        ...["--checks", CHECKS],
        // A tail has no end, and these two would end the token that the others need.
        ...["--exclude-path-regex", "/tail$|logout|refresh-token"],
        ...["--phases", "examples,fuzzing"],
        "--no-color",
      ],
      cwd: folder,
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status;
    return code;
  } finally {
    await node.stop();
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Makes what the numbers 0 and 1 name; gives root's access token. */
async function populate(base: string): Promise<string> {
  const login = await fetch(`${base}/users/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "iggy", password: "iggy" }),
  });
  const { access_token: { token } } = await login.json();
  const post = async (path: string, body: unknown, type = "application/json") => {
    const response = await fetch(`${base}${path}`, {
      method: "POST",
      headers: { "content-type": type, authorization: `Bearer ${token}` },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`POST ${path} is answered with ${response.status}`);
  };
  const settings = { compression_algorithm: "none", message_expiry: 0, max_topic_size: 0 };
  for (const stream of [0, 1]) {
    await post("/streams", { name: `stream-${stream}` });
    for (const topic of [0, 1]) {
      const path = `/streams/${stream}/topics`;
      await post(path, { name: `topic-${topic}`, partitions_count: 2, ...settings });
      await post(`${path}/${topic}/messages?partition_id=0`, "one\ntwo\n", "text/plain");
      await post(`${path}/${topic}/consumer-groups`, { name: "readers" });
    }
    await post("/users", { username: `user-${stream}`, password: "secret", status: "active" });
  }
  return token;
}

const CHECKS = "not_a_server_error,response_schema_conformance,status_code_conformance," +
  "content_type_conformance";

if (import.meta.main) Deno.exit(await main());
