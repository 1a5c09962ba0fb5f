import { ALL_GLOBAL_PERMISSIONS } from "../../../protocol/permissions.ts";
import { specifyCall } from "../../support/scripted_client.ts";

const PERMISSIONS = { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() };
const ANNA = {
  id: 4,
  createdAt: 1_700_000_000_000_000,
  status: "active",
  username: "anna",
} as const;

specifyCall("Users.create() makes an active user without rights when nothing is said", {
  call: (client) => client.users.create("anna", "secret"),
  asks: "createUser",
  with: { username: "anna", password: "secret", status: "active", permissions: undefined },
  answered: { ...ANNA, permissions: undefined },
});

specifyCall("Users.create() gives status and permissions on", {
  call: (client) =>
    client.users.create("anna", "secret", { status: "inactive", permissions: PERMISSIONS }),
  asks: "createUser",
  with: { username: "anna", password: "secret", status: "inactive", permissions: PERMISSIONS },
  answered: { ...ANNA, permissions: PERMISSIONS },
});

specifyCall("Users.find() gives the user with its permissions", {
  call: (client) => client.users.find("anna"),
  asks: "getUser",
  with: { userId: "anna" },
  answered: { ...ANNA, permissions: PERMISSIONS },
});

specifyCall("Users.find() gives nothing when there is no such user", {
  call: (client) => client.users.find(4),
  asks: "getUser",
  with: { userId: 4 },
  answered: undefined,
});

specifyCall("Users.list() gives all users", {
  call: (client) => client.users.list(),
  asks: "getUsers",
  with: undefined,
  answered: [ANNA],
});

specifyCall("Users.update() sends what is to change", {
  call: (client) => client.users.update("anna", { status: "inactive" }),
  asks: "updateUser",
  with: { userId: "anna", username: undefined, status: "inactive" },
  answered: undefined,
});

specifyCall("Users.changePassword() sends the current and the new one", {
  call: (client) => client.users.changePassword("anna", "secret", "better"),
  asks: "changePassword",
  with: { userId: "anna", currentPassword: "secret", newPassword: "better" },
  answered: undefined,
});

specifyCall("Users.updatePermissions() takes all rights away without permissions", {
  call: (client) => client.users.updatePermissions("anna", undefined),
  asks: "updatePermissions",
  with: { userId: "anna", permissions: undefined },
  answered: undefined,
});

specifyCall("Users.delete() names the user", {
  call: (client) => client.users.delete("anna"),
  asks: "deleteUser",
  with: { userId: "anna" },
  answered: undefined,
});
