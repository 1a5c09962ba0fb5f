/**
 * `whippet user`.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandGroup, Parameter } from "../definition.ts";
import { NoCredentialsError, UsageError } from "../exit_codes.ts";
import { type Column, timeText } from "../output.ts";
import { permissionsOf, permissionsText } from "../permission_words.ts";
import { identifier } from "../values.ts";
import { RESOURCE_NOT_FOUND } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type { Identifier } from "../../../protocol/primitives.ts";
import type { User, UserStatus } from "../../../protocol/users.ts";
import { LIST_MODE, type ListOptions } from "./places.ts";

const USER: Parameter = {
  flags: "<user>",
  about: "The user, by number or name",
  parse: identifier,
};

const RIGHTS: readonly Parameter[] = [
  {
    flags: "-g, --global-permissions <words>",
    about: "Rights everywhere, as m_srv,r_srv,m_usr,r_usr,m_str,r_str,m_top,r_top,p_msg,s_msg",
  },
  {
    flags: "-s, --stream-permissions <words>",
    about: "Rights in a stream, as 1:r_str,p_msg#2:s_msg (stream 1, its topic 2); may be repeated",
    repeats: true,
  },
];

interface RightsOptions {
  readonly globalPermissions?: string;
  readonly streamPermissions?: readonly string[];
}

export const USERS: CommandGroup = {
  name: "user",
  aliases: ["u"],
  about: "Create, show, change and delete users",
  commands: [
    {
      name: "create",
      aliases: ["c"],
      about: "Create a user",
      parameters: [
        { flags: "<name>", about: "3 to 50 bytes" },
        { flags: "[password]", about: "3 to 100 bytes; it is asked for when it is left out" },
      ],
      options: [
        {
          flags: "-u, --user-status <status>",
          about: "Whether the user may log in",
          choices: ["active", "inactive"],
          fallback: "active",
        },
        ...RIGHTS,
      ],
      examples: [{ line: "user create bob secret-1 -g r_str,r_top,p_msg" }],
      async run(
        context: CommandContext,
        [name, given]: [string, string | undefined],
        options: RightsOptions & { userStatus: UserStatus },
      ) {
        const password = given ?? await askFor(context, `Password of ${name}: `);
        const permissions = rightsOf(options);
        const { users } = await context.client();
        const user = await users.create(name, password, {
          status: options.userStatus,
          permissions,
        });
        context.output.done(`User ${name} created, its number is ${user.id}`, user);
      },
    },
    {
      name: "delete",
      aliases: ["d"],
      about: "Delete a user",
      parameters: [USER],
      examples: [{ line: "user delete alice" }],
      async run(context: CommandContext, [user]: [Identifier]) {
        await (await context.client()).users.delete(user);
        context.output.done(`User ${user} deleted`, { deleted: user });
      },
    },
    {
      name: "get",
      aliases: ["g"],
      about: "Show a user with its rights",
      parameters: [USER],
      examples: [{ line: "user get alice" }],
      async run(context: CommandContext, [user]: [Identifier]) {
        const found = await (await context.client()).users.find(user);
        if (found === undefined) {
          throw new IggyError(RESOURCE_NOT_FOUND, `User ${user} does not exist`);
        }
        context.output.record(found, [
          ...COLUMNS,
          ["Rights", ({ permissions }) => permissionsText(permissions)],
        ]);
      },
    },
    {
      name: "list",
      aliases: ["l"],
      about: "List the users",
      options: [LIST_MODE],
      examples: [{ line: "user list" }],
      async run(context: CommandContext, _: [], { listMode }: ListOptions) {
        context.in(listMode).rows(await (await context.client()).users.list(), COLUMNS, "No users");
      },
    },
    {
      name: "name",
      aliases: ["n"],
      about: "Rename a user",
      parameters: [USER, { flags: "<name>", about: "The new name" }],
      examples: [{ line: "user name alice alicia" }],
      async run(context: CommandContext, [user, username]: [Identifier, string]) {
        await (await context.client()).users.update(user, { username });
        context.output.done(`User ${user} is called ${username}`, { user, username });
      },
    },
    {
      name: "status",
      aliases: ["s"],
      about: "Say whether a user may log in",
      parameters: [USER, {
        flags: "<status>",
        about: "active or inactive",
        choices: ["active", "inactive"],
      }],
      examples: [{ line: "user status alice inactive" }],
      async run(context: CommandContext, [user, status]: [Identifier, UserStatus]) {
        await (await context.client()).users.update(user, { status });
        context.output.done(`User ${user} is ${status}`, { user, status });
      },
    },
    {
      name: "password",
      aliases: ["pwd"],
      about: "Change a password; what is left out is asked for",
      parameters: [
        USER,
        { flags: "[current]", about: "The current password" },
        { flags: "[new]", about: "The new one" },
      ],
      examples: [{ line: "user password alice secret-1 secret-2" }],
      async run(
        context: CommandContext,
        [user, current, next]: [Identifier, string | undefined, string | undefined],
      ) {
        const old = current ?? await askFor(context, `Current password of ${user}: `);
        const fresh = next ?? await askFor(context, `New password of ${user}: `);
        await (await context.client()).users.changePassword(user, old, fresh);
        context.output.done(`Password of user ${user} changed`, { user });
      },
    },
    {
      name: "permissions",
      aliases: ["p"],
      about: "Replace all rights of a user; without options, take them away",
      parameters: [USER],
      options: RIGHTS,
      examples: [{ line: "user permissions alice -g r_srv -s 0:r_str,p_msg#0:s_msg" }],
      async run(context: CommandContext, [user]: [Identifier], options: RightsOptions) {
        const permissions = rightsOf(options);
        await (await context.client()).users.updatePermissions(user, permissions);
        context.output.done(`Rights of user ${user}: ${permissionsText(permissions)}`, {
          user,
          permissions,
        });
      },
    },
  ],
};

function rightsOf({ globalPermissions, streamPermissions }: RightsOptions) {
  return permissionsOf(globalPermissions, streamPermissions);
}

async function askFor({ ports }: CommandContext, question: string): Promise<string> {
  if (!ports.terminal.input) {
    throw new UsageError("The password is missing: write it behind the name");
  }
  const answer = await ports.askSecret(question);
  if (answer !== undefined) return answer;
  throw new NoCredentialsError("No password was given");
}

const COLUMNS: readonly Column<User>[] = [
  ["ID", ({ id }) => id],
  ["Name", ({ username }) => username],
  ["Status", ({ status }) => status],
  ["Created", ({ createdAt }) => timeText(createdAt)],
];
