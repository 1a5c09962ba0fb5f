/**
 * The message browser: the node makes its frame, `client/browser.ts` fills it by the REST API.
 *
 * @module
 */
import type { TopicFigures } from "../census.ts";
import { count } from "../format.ts";
import { Heading } from "../parts/layout.tsx";
import { Command, Panel } from "../parts/words.tsx";
import { requiredTopic, topicPath, topicResource } from "../places.ts";
import type { Page, Visit } from "../visit.ts";

export const MESSAGES_PAGE: Page = {
  path: "streams/:stream/topics/:topic/messages",
  section: "streams",
  title: ({ params }) => `Messages of ${params.stream}/${params.topic}`,
  async render(visit) {
    const figures = await requiredTopic(visit);
    const { stream, topic } = figures;
    const maySend = visit.may("sendMessages", { streamId: stream.id, topicId: topic.id });
    return (
      <>
        <Heading
          title="Messages"
          trail={[
            ["Streams", "/ui/streams"],
            [stream.name, `/ui/streams/${stream.id}`],
            [topic.name, topicPath(topic)],
          ]}
        >
          {maySend && (
            <button type="button" class="button primary" data-open="produce">Produce</button>
          )}
        </Heading>
        <Browser figures={figures} isChecked={visit.broker.partitions.checksReads} />
        {maySend && <Produce figures={figures} />}
        <Elsewhere visit={visit} figures={figures} />
      </>
    );
  },
};

/** `data-own`: what is in there is the script's, and no live page changes it. */
function Browser({ figures: { topic, partitions }, isChecked }: {
  readonly figures: TopicFigures;
  readonly isChecked: boolean;
}) {
  return (
    <div
      class="browse"
      id="browser"
      data-own
      data-resource={topicResource(topic)}
      data-partitions={partitions.map(({ view }) => view.id).join(",")}
      data-checked={isChecked ? "" : undefined}
    >
      <section class="panel" aria-label="Messages">
        <Toolbar partitions={partitions} />
        <div class="messages" id="messages" tabindex={0} role="region" aria-label="Messages">
          <table>
            <caption class="hidden">Messages</caption>
            <colgroup>
              <col class="offset" />
              <col class="part" />
              <col class="time when" />
              <col />
              <col class="size" />
            </colgroup>
            <thead>
              <tr>
                <th scope="col" class="right">Offset</th>
                <th scope="col" class="right">Part.</th>
                <th scope="col" class="when">Time</th>
                <th scope="col">Payload</th>
                <th scope="col" class="right bytes">Size</th>
              </tr>
            </thead>
            <tbody></tbody>
          </table>
        </div>
        <p class="quiet pad" id="browse-status" role="status"></p>
      </section>
      <section class="panel side" id="side" aria-label="Message" hidden></section>
    </div>
  );
}

function Toolbar({ partitions }: Pick<TopicFigures, "partitions">) {
  return (
    <form class="toolbar" id="browse-form">
      <label>
        From
        <select name="from" aria-label="From">
          <option value="latest">latest</option>
          <option value="first">oldest</option>
          <option value="offset">offset</option>
          <option value="timestamp">time</option>
        </select>
      </label>
      <input
        name="offset"
        type="text"
        inputmode="numeric"
        pattern="\d+"
        placeholder="Offset"
        aria-label="Offset"
        size={8}
        hidden
      />
      <input name="time" type="datetime-local" step="1" aria-label="Time" hidden />
      <button type="submit" class="button">Go</button>
      <button type="button" class="button" id="tail" aria-pressed="false">Live tail</button>
      <span class="spacer"></span>
      <input
        name="filter"
        type="search"
        placeholder="Filter: text, header=x, $.path=x"
        aria-label="Filter by text, header or JSON path"
        data-first-field
      />
      <div class="chips" role="group" aria-label="Partitions">
        <button type="button" class="chip" data-partition="" aria-pressed="true">all</button>
        {partitions.slice(0, CHIPS_MAX).map(({ view, messagesCount }) => (
          <button
            type="button"
            class="chip"
            data-partition={String(view.id)}
            aria-pressed="false"
            title={`${count(messagesCount)} messages`}
          >
            {view.id}
          </button>
        ))}
      </div>
    </form>
  );
}

function Produce({ figures: { topic, partitions } }: { readonly figures: TopicFigures }) {
  return (
    <dialog id="produce" aria-labelledby="produce-title" data-own>
      <form id="produce-form" data-resource={topicResource(topic)}>
        <h2 id="produce-title">Produce to {topic.name}</h2>
        <label class="field">
          <span>Payload</span>
          <textarea name="payload" required spellcheck={false}></textarea>
        </label>
        <label class="field">
          <span>Key</span>
          <input type="text" name="key" maxlength={255} autocomplete="off" spellcheck={false} />
          <small>The same key goes to the same partition; empty: in turn</small>
        </label>
        <label class="field">
          <span>Partition</span>
          <select name="partition">
            <option value="">by key, or in turn</option>
            {partitions.map(({ view }) => <option value={String(view.id)}>{view.id}</option>)}
          </select>
        </label>
        <label class="field">
          <span>Headers</span>
          <input
            type="text"
            name="headers"
            placeholder="name=value, other=value"
            autocomplete="off"
          />
        </label>
        <p class="form-error" role="alert" hidden></p>
        <div class="form-actions">
          <button type="button" class="button" data-close>Close</button>
          <button type="submit" class="button primary">Send</button>
        </div>
      </form>
    </dialog>
  );
}

function Elsewhere({ visit, figures: { topic } }: {
  readonly visit: Visit;
  readonly figures: TopicFigures;
}) {
  return (
    <Panel title="The same from a shell">
      <div class="steps">
        <Command
          label="Every message as it comes, one a line"
          text={`curl -N '${visit.origin}${
            topicResource(topic)
          }/messages/tail?format=ndjson' \\\n` +
            `  -H "Authorization: Bearer $TOKEN"`}
        />
        <Command
          label="Send a line"
          text={`echo hello | curl '${visit.origin}${topicResource(topic)}/messages' \\\n` +
            `  -H "Authorization: Bearer $TOKEN" -H "Content-Type: text/plain" --data-binary @-`}
        />
      </div>
    </Panel>
  );
}

const CHIPS_MAX = 24;
