/**
 * Users: who there is, what they may, and the tokens of the one who looks.
 *
 * @module
 */
import type { Permissions, StreamPermissions } from "../../../../protocol/permissions.ts";
import type { UserView } from "../../../catalog/views.ts";
import { permissionsBody } from "../../permissions.ts";
import { count, counted } from "../format.ts";
import { Choice, DangerDialog, Field, FormDialog } from "../parts/forms.tsx";
import { Heading } from "../parts/layout.tsx";
import { Table } from "../parts/table.tsx";
import { Ago, Copy, Empty, Facts, Mark, Panel } from "../parts/words.tsx";
import type { Page, Visit } from "../visit.ts";
import { identifierOf } from "../../fields.ts";
import { RESOURCE_NOT_FOUND } from "../../../../protocol/error_codes.ts";
import { IggyError } from "../../../../protocol/errors.ts";
import { Tokens } from "./tokens.tsx";

const USERS: Page = {
  path: "users",
  section: "users",
  title: () => "Users",
  async render(visit) {
    await visit.perform("getUsers", undefined);
    const users = [...visit.broker.catalog.users.values()];
    return (
      <>
        <Heading title="Users">
          {visit.may("createUser") && <CreateUser />}
        </Heading>
        <Panel title={counted(users.length, "user")}>
          <Table
            visit={visit}
            name="users"
            caption="Users"
            rows={users}
            text={({ name }) => name}
            link={({ id }) => `/ui/users/${id}`}
            columns={[
              { key: "name", label: "User", value: ({ name }) => name, cell: ({ name }) => name },
              {
                key: "status",
                label: "Status",
                value: ({ status }) => status,
                cell: ({ status }) => <Status status={status} />,
              },
              { key: "rights", label: "Rights", cell: rightsOf },
              {
                key: "tokens",
                label: "Tokens",
                numeric: true,
                value: ({ tokens }) => tokens.size,
                cell: ({ tokens }) => count(tokens.size),
              },
              {
                key: "made",
                label: "Made",
                numeric: true,
                value: ({ createdAt }) => createdAt,
                cell: ({ createdAt }) => <Ago at={createdAt} now={visit.nowMicros} />,
              },
            ]}
            empty={<Empty title="No users" />}
          />
        </Panel>
      </>
    );
  },
};

const USER: Page = {
  path: "users/:user",
  section: "users",
  title: ({ params }) => `User ${params.user}`,
  async render(visit) {
    const userId = identifierOf(visit.params.user);
    await visit.perform("getUser", { userId });
    const user = visit.broker.catalog.users.find(userId);
    if (user === undefined) throw new IggyError(RESOURCE_NOT_FOUND, "There is no such user");
    const isOneself = user.id === visit.user.id;
    return (
      <>
        <Heading title={user.name} trail={[["Users", "/ui/users"]]}>
          <UserActions visit={visit} user={user} />
        </Heading>
        <Facts
          facts={[
            ["Status", <Status status={user.status} />],
            ["Rights", rightsOf(user)],
            ["Tokens", count(user.tokens.size)],
            ["Made", <Ago at={user.createdAt} now={visit.nowMicros} />],
            ["Id", <Copy text={String(user.id)} />],
          ]}
        />
        {isOneself && <Tokens visit={visit} user={user} />}
        <Rights visit={visit} user={user} />
      </>
    );
  },
};

export const USER_PAGES: readonly Page[] = [USERS, USER];

function CreateUser() {
  return (
    <FormDialog
      id="create-user"
      button="Create user"
      title="Create a user"
      method="post"
      path="/users"
      submit="Create"
      next="/ui/users/{id}"
    >
      <Field name="username" label="Name" maxlength={50} hint="3 to 50 bytes" />
      <Field name="password" label="Password" type="password" hint="3 to 100 bytes" />
      <Choice
        name="status"
        label="Status"
        options={[["active", "active"], ["inactive", "inactive"]]}
      />
      <p class="quiet">A new user may nothing: its page gives rights.</p>
    </FormDialog>
  );
}

function UserActions({ visit, user }: { readonly visit: Visit; readonly user: UserView }) {
  const { id, name, status } = user;
  const isActive = status === "active";
  return (
    <>
      {(visit.user.id === id || visit.may("changePassword", { userId: id })) && (
        <FormDialog
          id="change-password"
          button="Change password"
          title={`Change the password of ${name}`}
          method="put"
          path={`/users/${id}/password`}
          submit="Change"
          isPlain
        >
          <Field name="current_password" label="Password now" type="password" />
          <Field name="new_password" label="New password" type="password" hint="3 to 100 bytes" />
        </FormDialog>
      )}
      {id !== 0 && visit.may("updateUser", { userId: id }) && (
        <FormDialog
          id="update-user"
          button={isActive ? "Suspend" : "Let in again"}
          title={isActive ? `Suspend ${name}` : `Let ${name} in again`}
          method="put"
          path={`/users/${id}`}
          submit={isActive ? "Suspend" : "Let in"}
          isPlain
        >
          <input type="hidden" name="status" value={isActive ? "inactive" : "active"} />
          <p>{isActive ? "Sessions and tokens stop working at once; nothing is lost." : ""}</p>
        </FormDialog>
      )}
      {id !== 0 && visit.may("deleteUser", { userId: id }) && (
        <DangerDialog
          id="delete-user"
          button="Delete"
          title={`Delete ${name}`}
          path={`/users/${id}`}
          submit="Delete the user"
          next="/ui/users"
          name={name}
          loss="Its tokens go with it."
        />
      )}
    </>
  );
}

/** The matrix: rights by row, everywhere and by stream in columns. */
function Rights({ visit, user }: { readonly visit: Visit; readonly user: UserView }) {
  if (user.id === 0) {
    return (
      <Panel title="Rights">
        <p class="pad">Root may everything, and that cannot be changed.</p>
      </Panel>
    );
  }
  const { streams } = visit.broker.catalog;
  const scopes = [...user.permissions?.streams ?? []];
  const may = visit.may("updatePermissions", { userId: user.id });
  return (
    <Panel title="Rights" aside={may && <EditRights user={user} />}>
      <div class="table-scroll" tabindex={0} role="region" aria-label="Rights">
        <table>
          <caption class="hidden">Rights of {user.name}</caption>
          <thead>
            <tr>
              <th scope="col">Right</th>
              <th scope="col">Everywhere</th>
              {scopes.map(([id]) => <th scope="col">{streams.find(id)?.name ?? `stream ${id}`}
              </th>)}
            </tr>
          </thead>
          <tbody>
            {RIGHTS.map(([name, label, inStream]) => (
              <tr>
                <th scope="row">{label}</th>
                <td>
                  <Granted is={user.permissions?.global[name] ?? false} />
                </td>
                {scopes.map(([, flags]) => (
                  <td>
                    {inStream === undefined ? "" : <Granted is={flags[inStream]} />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function EditRights({ user }: { readonly user: UserView }) {
  const body = permissionsBody(user.permissions);
  return (
    <FormDialog
      id="edit-rights"
      button="Change"
      title={`What ${user.name} may everywhere`}
      method="put"
      path={`/users/${user.id}/permissions`}
      submit="Save"
      isPlain
    >
      {RIGHTS.map(([name, label]) => (
        <label class="check">
          <input
            type="checkbox"
            name={`permissions.global.${snake(name)}`}
            data-kind="boolean"
            checked={user.permissions?.global[name] ?? false}
          />
          {label}
        </label>
      ))}
      <input
        type="hidden"
        name="permissions.streams"
        data-kind="json"
        value={JSON.stringify(body?.streams ?? null)}
      />
    </FormDialog>
  );
}

function Granted({ is }: { readonly is: boolean }) {
  return is ? <Mark state="good">yes</Mark> : <span class="quiet">–</span>;
}

function Status({ status }: { readonly status: UserView["status"] }) {
  return <Mark state={status === "active" ? "good" : "quiet"}>{status}</Mark>;
}

function rightsOf({ id, permissions }: UserView): string {
  if (id === 0) return "everything";
  const granted = RIGHTS.filter(([name]) => permissions?.global[name]).length;
  const streams = permissions?.streams.size ?? 0;
  if (granted === 0 && streams === 0) return "none";
  const everywhere = granted === 0 ? [] : [`${granted} everywhere`];
  return [...everywhere, ...streams === 0 ? [] : [`in ${counted(streams, "stream")}`]].join(", ");
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

type GlobalRight = keyof Permissions["global"];
type InStream = Exclude<keyof StreamPermissions, "topics">;

const RIGHTS: readonly (readonly [GlobalRight, label: string, inStream?: InStream])[] = [
  ["manageServers", "Manage the node"],
  ["readServers", "See the node"],
  ["manageUsers", "Manage users"],
  ["readUsers", "See users"],
  ["manageStreams", "Manage streams", "manageStream"],
  ["readStreams", "See streams", "readStream"],
  ["manageTopics", "Manage topics", "manageTopics"],
  ["readTopics", "See topics", "readTopics"],
  ["pollMessages", "Read messages", "pollMessages"],
  ["sendMessages", "Send messages", "sendMessages"],
];
