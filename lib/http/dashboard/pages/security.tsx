/**
 * TLS: which certificates the node shows, for how long, how to trust them, and how handshakes end.
 *
 * @module
 */
import type { CertificateFacts, TlsFacts } from "../../services.ts";
import { count } from "../format.ts";
import { Heading } from "../parts/layout.tsx";
import { Table } from "../parts/table.tsx";
import { Command, Empty, Mark, Panel, type State } from "../parts/words.tsx";
import type { Page, Visit } from "../visit.ts";

export const SECURITY: Page = {
  path: "security",
  section: "security",
  title: () => "Security",
  async render(visit) {
    await visit.perform("getStats", undefined);
    const facts = visit.services.tlsFacts();
    return (
      <>
        <Heading title={headingOf(facts, visit)} />
        {facts === undefined || facts.chains.length === 0 ? <NoTls /> : (
          <div class="columns">
            <div>
              {facts.chains.map((chain) => <Chain chain={chain} nowMs={visit.nowMicros / 1000} />)}
            </div>
            <Trust visit={visit} pem={facts.authorityPem} />
          </div>
        )}
        <Handshakes visit={visit} />
      </>
    );
  },
};

/** Days until the first of the node's certificates ends; `undefined` without any. */
export function daysLeftOf(facts: TlsFacts | undefined, nowMs: number): number | undefined {
  const ends =
    facts?.chains.flatMap(({ certificates }) => certificates.map(({ notAfterMs }) => notAfterMs)) ??
      [];
  return ends.length === 0 ? undefined : Math.floor((Math.min(...ends) - nowMs) / DAY_MS);
}

function headingOf(facts: TlsFacts | undefined, visit: Visit): string {
  const days = daysLeftOf(facts, visit.nowMicros / 1000);
  if (days === undefined) return "No TLS";
  if (days < 0) return "A certificate has expired";
  return `Certificates are good for ${count(days)} more days`;
}

function NoTls() {
  return (
    <Panel title="Certificates">
      <Empty title="This node speaks no TLS">
        <p>It can make its own certificates and keep them fresh. In whippet.toml:</p>
        <Command text={TLS_ON} />
      </Empty>
    </Panel>
  );
}

function Chain(
  { chain: { transports, certificates }, nowMs }: {
    readonly chain: TlsFacts["chains"][number];
    readonly nowMs: number;
  },
) {
  const plain = transports.filter(({ isRequired }) => !isRequired);
  const names = (each: typeof transports) => each.map(({ transport }) => transport).join(", ");
  return (
    <Panel title={`Shown over ${names(transports)}`}>
      {plain.length > 0 && (
        <p class="quiet pad">Plain text is taken as well, over {names(plain)}.</p>
      )}
      <div class="chain">
        {certificates.toReversed().map((each) => <Certificate facts={each} nowMs={nowMs} />)}
      </div>
    </Panel>
  );
}

function Certificate(
  { facts: { name, isAuthority, notAfterMs, facts }, nowMs }: {
    readonly facts: CertificateFacts;
    readonly nowMs: number;
  },
) {
  const days = Math.floor((notAfterMs - nowMs) / DAY_MS);
  const state: State = days < 0 ? "broken" : days < DAYS_SOON ? "attention" : "good";
  return (
    <article class="cert">
      <h3>{name}</h3>
      <p>
        <Mark state={state}>{days < 0 ? "expired" : `${count(days)} days left`}</Mark>{" "}
        <span class="quiet">{isAuthority ? "authority" : "this node"}</span>
      </p>
      <dl>
        {facts.filter(([label]) => label !== "subject").map(([label, text]) => (
          <>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </>
        ))}
      </dl>
    </article>
  );
}

function Trust({ visit, pem }: { readonly visit: Visit; readonly pem: string | undefined }) {
  if (pem === undefined) {
    return (
      <Panel title="Trust">
        <p class="pad">The certificates come from files: whoever issued them is to be trusted.</p>
      </Panel>
    );
  }
  return (
    <Panel title="How to trust this node">
      <div class="steps">
        <p class="quiet">
          The authority's certificate is <b>tls/ca.pem</b>{" "}
          in the data directory; copy it to the machine that connects, then:
        </p>
        <Command label="curl, once" text={`curl --cacert ca.pem ${visit.origin}/ping`} />
        <Command
          label="Debian, Ubuntu"
          text={TRUST_ON_DEBIAN}
        />
        <Command
          label="macOS"
          text={TRUST_ON_MACOS}
        />
        <Command label="Windows, as administrator" text="certutil -addstore Root ca.pem" />
        <Command
          label="TypeScript"
          text={TRUST_IN_TYPESCRIPT}
        />
        <Command label="The certificate itself" text={pem.trim()} />
      </div>
    </Panel>
  );
}

function Handshakes({ visit }: { readonly visit: Visit }) {
  const { meters } = visit.broker;
  const handshakes = [...meters.handshakes];
  return (
    <Panel title="Handshakes since the start">
      <Table
        visit={visit}
        name="handshakes"
        caption="TLS handshakes"
        rows={handshakes}
        columns={[
          {
            key: "result",
            label: "Result",
            value: ({ result }) => result,
            cell: ({ result }) => (
              <Mark state={result === "failed" ? "attention" : "good"}>{RESULTS[result]}</Mark>
            ),
          },
          {
            key: "version",
            label: "Version",
            cell: ({ result }) => result === "failed" ? "–" : "TLS 1.3",
          },
          {
            key: "group",
            label: "Key exchange",
            value: ({ group }) => group,
            cell: ({ group }) => group || "–",
          },
          {
            key: "count",
            label: "How many",
            numeric: true,
            value: (each) => each.count,
            cell: (each) => count(each.count),
          },
        ]}
        empty={<Empty title="None yet" />}
      />
      <p class="quiet pad">
        {count(meters.connectionsAccepted)} connections were taken,{" "}
        {count(meters.connectionsRefused)} refused; why is under <a href="/ui/logs">Logs</a>.
      </p>
    </Panel>
  );
}

const TLS_ON = 'tls = "required"';
const TRUST_ON_DEBIAN = "sudo cp ca.pem /usr/local/share/ca-certificates/whippet.crt\n" +
  "sudo update-ca-certificates";
const TRUST_ON_MACOS = "sudo security add-trusted-cert -d -r trustRoot \\\n" +
  "  -k /Library/Keychains/System.keychain ca.pem";
const TRUST_IN_TYPESCRIPT =
  'IggyClient.connect({ address, tls: { authorities: await Deno.readTextFile("ca.pem") } })';

const RESULTS = { full: "agreed", resumed: "resumed", failed: "failed" } as const;
const DAY_MS = 86_400_000;
const DAYS_SOON = 14;
