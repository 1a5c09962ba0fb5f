import { NEVER_EXPIRES } from "../../../protocol/options.ts";
import { specifyCall } from "../../support/scripted_client.ts";

specifyCall("Tokens.create() gives a token that never expires when nothing is said", {
  call: (client) => client.tokens.create("deploy"),
  asks: "createPersonalAccessToken",
  with: { name: "deploy", expiry: NEVER_EXPIRES },
  answered: { token: "c2VjcmV0" },
  gives: "c2VjcmV0",
});

specifyCall("Tokens.create() says how long it lives", {
  call: (client) => client.tokens.create("deploy", { expiryMicros: 60_000_000 }),
  asks: "createPersonalAccessToken",
  with: { name: "deploy", expiry: 60_000_000n },
  answered: { token: "c2VjcmV0" },
  gives: "c2VjcmV0",
});

specifyCall("Tokens.list() gives names and expiries", {
  call: (client) => client.tokens.list(),
  asks: "getPersonalAccessTokens",
  with: undefined,
  answered: [{ name: "deploy", expiryAt: undefined }],
});

specifyCall("Tokens.delete() names the token", {
  call: (client) => client.tokens.delete("deploy"),
  asks: "deletePersonalAccessToken",
  with: { name: "deploy" },
  answered: undefined,
});
