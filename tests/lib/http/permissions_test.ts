import { assertEquals } from "@std/assert";
import { PERMISSIONS, permissionsBody, permissionsOf } from "../../../lib/http/permissions.ts";
import { ALL_GLOBAL_PERMISSIONS, type Permissions } from "../../../protocol/permissions.ts";

const SOME: Permissions = {
  global: { ...ALL_GLOBAL_PERMISSIONS, manageUsers: false },
  streams: new Map([[3, {
    manageStream: false,
    readStream: true,
    manageTopics: false,
    readTopics: true,
    pollMessages: true,
    sendMessages: false,
    topics: new Map([[0, {
      manageTopic: true,
      readTopic: false,
      pollMessages: true,
      sendMessages: false,
    }]]),
  }]]),
};

Deno.test("permissionsBody() and permissionsOf() say the same", () => {
  assertEquals(permissionsOf(PERMISSIONS.parse(permissionsBody(SOME))), SOME);
});

Deno.test("permissionsBody() says null for no rights, and for no rights of single streams", () => {
  assertEquals(permissionsBody(undefined), null);
  const body = permissionsBody({ global: ALL_GLOBAL_PERMISSIONS, streams: new Map() });
  assertEquals(body?.streams, null);
  assertEquals(permissionsOf(null), undefined);
});

Deno.test("PERMISSIONS takes numbers of streams only, and every flag", () => {
  const body = permissionsBody(SOME)!;
  const { streams, global } = body;
  const isTaken = (value: unknown) => PERMISSIONS.safeParse(value).success;
  assertEquals(isTaken({ global, streams: { x: streams!["3"] } }), false);
  assertEquals(isTaken({ global, streams: { "4294967296": streams!["3"] } }), false);
  assertEquals(isTaken({ global: { ...global, read_users: undefined } }), false);
  assertEquals(isTaken({ global }), true);
});
