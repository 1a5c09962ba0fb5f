/**
 * The configuration in force, with where each value comes from.
 *
 * @module
 */
import { counted } from "../format.ts";
import { Heading } from "../parts/layout.tsx";
import { Table } from "../parts/table.tsx";
import { Copy, Empty, Facts, Panel } from "../parts/words.tsx";
import type { Page } from "../visit.ts";

export const SETTINGS: Page = {
  path: "settings",
  section: "settings",
  title: () => "Settings",
  async render(visit) {
    await visit.perform("getStats", undefined);
    const { broker } = visit;
    const { settings, notes } = settingsIn(broker.describeConfig());
    const { host, cluster } = broker;
    return (
      <>
        <Heading title="Settings" />
        <Facts
          facts={[
            ["Version", broker.version],
            ["Host", host.hostname],
            ["System", `${host.osName} ${host.kernelVersion}`],
            ["Process", <Copy text={String(host.processId)} />],
            ["TCP", String(cluster.endpoints.tcp || "off")],
            ["WebSocket", String(cluster.endpoints.websocket || "off")],
            ["HTTP", String(cluster.endpoints.http || "off")],
          ]}
        />
        <Panel title={counted(settings.length, "setting")}>
          <div class="settings-list">
            <Table
              visit={visit}
              name="settings"
              caption="Settings"
              rows={settings}
              text={({ path, value, origin }) => `${path} ${value} ${origin}`}
              columns={[
                {
                  key: "path",
                  label: "Setting",
                  value: ({ path }) => path,
                  cell: ({ path }) => <Copy text={path} />,
                },
                { key: "value", label: "Value", cell: ({ value }) => value },
                {
                  key: "origin",
                  label: "From",
                  value: ({ origin }) => origin,
                  cell: ({ origin }) => <span class="quiet">{origin}</span>,
                },
              ]}
              empty={<Empty title="None" />}
            />
          </div>
          {notes.map((note) => <p class="quiet pad">{note}</p>)}
        </Panel>
      </>
    );
  },
};

interface Setting {
  readonly path: string;
  readonly value: string;
  readonly origin: string;
}

/** The lines of `whippet config`: `path = value  # origin`, and notes that begin with `#`. */
function settingsIn(text: string): { settings: Setting[]; notes: string[] } {
  const settings: Setting[] = [];
  const notes: string[] = [];
  for (const line of text.split("\n")) {
    const match = /^(\S+) = (.*?)\s+# (.*)$/.exec(line);
    if (match !== null) settings.push({ path: match[1], value: match[2], origin: match[3] });
    else if (line.startsWith("# ")) notes.push(line.slice(2));
  }
  return { settings, notes };
}
