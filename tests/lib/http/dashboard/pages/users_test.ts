import { assertFalse, assertStringIncludes } from "@std/assert";
import { NO_RIGHTS, sessionCookieOf, testDashboard } from "../../../../support/dashboard.ts";

Deno.test("The page of users tells their rights in a word", async () => {
  await using dashboard = await testDashboard();
  const permissions = { ...NO_RIGHTS, global: { ...NO_RIGHTS.global, readTopics: true } };
  dashboard.broker.connectUser("reader", permissions);
  dashboard.broker.connectUser("nobody");
  const html = await dashboard.page("/ui/users");
  for (const words of ["everything", "1 everywhere", "none"]) assertStringIncludes(html, words);
});

Deno.test("The page of a user shows rights as a matrix, and keeps those of streams when it changes", async () => {
  await using dashboard = await testDashboard();
  dashboard.broker.topic(1);
  const flags = {
    manageStream: false,
    readStream: true,
    manageTopics: false,
    readTopics: false,
    pollMessages: true,
    sendMessages: false,
    topics: new Map(),
  };
  dashboard.broker.connectUser("reader", { ...NO_RIGHTS, streams: new Map([[0, flags]]) });
  const html = await dashboard.page("/ui/users/1");
  assertStringIncludes(html, '<th scope="col">orders</th>');
  assertStringIncludes(html, "&quot;read_stream&quot;:true");
  assertStringIncludes(html, 'data-path="/users/1/permissions"');
});

Deno.test("The page of one's own account has tokens, and root's offers nothing that cannot be", async () => {
  await using dashboard = await testDashboard();
  await dashboard.app.expect(200, "POST", "/personal-access-tokens", {
    body: { name: "phone<>", expiry: 0 },
  });
  const html = await dashboard.page("/ui/users/0");
  assertStringIncludes(html, 'data-path="/personal-access-tokens/phone%3C%3E"');
  assertFalse(html.includes('data-path="/users/0/permissions"'));
  const { userId } = dashboard.broker.connectUser("visitor");
  const cookie = sessionCookieOf(await dashboard.app.tokenOf(userId!));
  const own = await dashboard.ask("GET", `/ui/users/${userId}`, { cookie });
  assertStringIncludes(own.text, "<h1>visitor</h1>");
});
