/**
 * Personal access tokens of the one who looks.
 *
 * @module
 */
import { NEVER_EXPIRES } from "../../../../protocol/options.ts";
import type { UserView } from "../../../catalog/views.ts";
import { counted } from "../format.ts";
import { Choice, DangerDialog, Field, FormDialog } from "../parts/forms.tsx";
import { Table } from "../parts/table.tsx";
import { Ago, Empty, Panel } from "../parts/words.tsx";
import type { Visit } from "../visit.ts";

/** The tokens with what can be done with them. */
export function Tokens({ visit, user }: { readonly visit: Visit; readonly user: UserView }) {
  const tokens = [...user.tokens.values()].sort((one, other) => one.name.localeCompare(other.name));
  return (
    <Panel title={counted(tokens.length, "access token")} aside={<CreateToken />}>
      <Table
        visit={visit}
        name="tokens"
        caption="Access tokens"
        rows={tokens}
        text={({ name }) => name}
        columns={[
          { key: "name", label: "Token", value: ({ name }) => name, cell: ({ name }) => name },
          {
            key: "expiry",
            label: "Ends",
            value: ({ expiryAt }) => expiryAt ?? Infinity,
            cell: ({ expiryAt }) =>
              expiryAt === undefined ? "never" : <Ago at={expiryAt} now={visit.nowMicros} />,
          },
          {
            key: "revoke",
            label: "",
            numeric: true,
            cell: ({ name }) => (
              <DangerDialog
                id={`revoke-${name}`}
                button="Revoke"
                title={`Revoke ${name}`}
                path={`/personal-access-tokens/${encodeURIComponent(name)}`}
                submit="Revoke the token"
                name={name}
                loss="Whoever uses it is shut out at once, sessions of this dashboard included."
              />
            ),
          },
        ]}
        empty={
          <Empty title="No access tokens">
            <p>A token lets a program in without your password, until you revoke it.</p>
          </Empty>
        }
      />
    </Panel>
  );
}

function CreateToken() {
  return (
    <FormDialog
      id="create-token"
      button="Create token"
      title="Create an access token"
      method="post"
      path="/personal-access-tokens"
      submit="Create"
      reveal="token"
      isPlain
    >
      <Field name="name" label="Name" maxlength={30} hint="3 to 30 bytes" />
      <Choice
        name="expiry"
        label="Good for"
        kind="integer"
        value={String(30n * DAY)}
        options={[
          [String(DAY), "1 day"],
          [String(30n * DAY), "30 days"],
          [String(365n * DAY), "1 year"],
          [String(NEVER_EXPIRES), "ever"],
        ]}
      />
      <div class="revealed" hidden>
        <p class="quiet">Copy it now: it is shown this once, and kept nowhere.</p>
        <code></code>
        <button type="button" class="button small" data-copy="">Copy</button>
      </div>
    </FormDialog>
  );
}

const DAY = 86_400_000_000n;
