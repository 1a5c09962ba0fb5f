import { assertEquals, assertMatch } from "@std/assert";
import type { Answer, Task } from "../../../lib/auth/password_worker.ts";

/** The answers of a worker to some tasks, in the order they come. */
async function answersTo(...tasks: Task[]): Promise<Answer[]> {
  const url = new URL("../../../lib/auth/password_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const answers: Answer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if (answers.push(data) === tasks.length) resolve();
  };
  for (const task of tasks) worker.postMessage(task);
  await promise;
  worker.terminate();
  return answers;
}

/** `printf secret | argon2 somesaltsomesalt -id -k 19456 -t 2 -p 1` */
const SALT = new TextEncoder().encode("somesaltsomesalt");

Deno.test("The password worker hashes into a PHC string and verifies it, in the order asked", async () => {
  const [hashed] = await answersTo({ id: 1, kind: "hash", password: "secret", salt: SALT });
  const passwordHash = "result" in hashed ? String(hashed.result) : "";
  assertMatch(
    passwordHash,
    /^\$argon2id\$v=19\$m=19456,t=2,p=1\$c29tZXNhbHRzb21lc2FsdA\$[\w+/]{43}$/,
  );
  const answers = await answersTo(
    { id: 2, kind: "verify", password: "secret", passwordHash },
    { id: 3, kind: "verify", password: "Secret", passwordHash },
  );
  assertEquals(answers, [{ id: 2, result: true }, { id: 3, result: false }]);
});

Deno.test("The password worker goes on after a task that fails", async () => {
  const answers = await answersTo(
    { id: 1, kind: "verify", password: "secret", passwordHash: "no hash" },
    { id: 2, kind: "hash", password: "secret", salt: SALT },
  );
  assertEquals(answers.map((answer) => [answer.id, "error" in answer]), [[1, true], [2, false]]);
});
