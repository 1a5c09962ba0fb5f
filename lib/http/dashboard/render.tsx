/**
 * A page in its frame, or the refusal in its place.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { httpStatus, UNAUTHORIZED } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { errorBody } from "../errors.ts";
import { healthOf } from "./health.ts";
import { Document, Frame, Heading, Live } from "./parts/layout.tsx";
import { Empty } from "./parts/words.tsx";
import { themeOf } from "./session.ts";
import type { Page, Visit } from "./visit.ts";

/** A whole document for a first look. */
export async function renderDocument(
  page: Page,
  visit: Visit,
  csrf: string,
): Promise<{ document: Child; status: number }> {
  const { content, status, title } = await renderLive(page, visit);
  const document = (
    <Document title={title} theme={themeOf(visit.request)} csrf={csrf}>
      <Frame section={page.section}>{content}</Frame>
    </Document>
  );
  return { document, status };
}

/** What a live stream sends of it. */
export async function renderLive(
  page: Page,
  visit: Visit,
): Promise<{ content: Child; status: number; title: string }> {
  const health = await healthOf(visit);
  try {
    const content = <Live visit={visit} health={health}>{await page.render(visit)}</Live>;
    return { content, status: 200, title: page.title(visit) };
  } catch (fault) {
    if (!(fault instanceof IggyError)) throw fault;
    const content = <Live visit={visit} health={health}>{refusal(fault, visit)}</Live>;
    return { content, status: httpStatus(fault.code), title: "Not here" };
  }
}

function refusal(fault: IggyError, visit: Visit): Child {
  if (fault.code === UNAUTHORIZED) {
    return (
      <>
        <Heading title="Not for this user" />
        <Empty title={`${fault.message || "A right is missing"}.`}>
          <p>
            Ask whoever manages users to give it to <b>{visit.user.name}</b>, under{" "}
            <a href={`/ui/users/${visit.user.id}`}>Users</a>.
          </p>
        </Empty>
      </>
    );
  }
  return (
    <>
      <Heading title="Not here" />
      <Empty title={`${errorBody(fault).reason}.`}>
        <p>
          It may have been deleted meanwhile. <a href="/ui/streams">See what there is</a>.
        </p>
      </Empty>
    </>
  );
}
