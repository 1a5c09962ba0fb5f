/**
 * The OpenAPI document as a page to read: made on the server, without a script, every text escaped.
 *
 * @module
 */
import { html } from "hono/html";
import { stringifyJson } from "./json.ts";
import type { OpenApiDocument } from "./openapi.ts";

type Html = ReturnType<typeof html>;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly isPublic: boolean;
  readonly parameters: readonly Parameter[];
  readonly body: Contents;
  readonly answers: Readonly<Record<string, { description: string; content?: Contents }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

type Contents = Readonly<Record<string, { readonly schema?: Schema }>>;

type Schema = Readonly<Record<string, unknown>>;

/** The page. `stylesheet` is the path of its CSS. */
export function documentationPage(document: OpenApiDocument, stylesheet: string): Html {
  const operations = operationsOf(document);
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>);
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${document.info.title} ${document.info.version}: REST API</title>
        <link rel="stylesheet" href="${stylesheet}">
      </head>
      <body>
        <header>
          <h1>${document.info.title} <small>${document.info.version}</small></h1>
          <p>${document.info.description}</p>
          <p><a href="/openapi.json">openapi.json</a></p>
        </header>
        <nav aria-label="Operations">
    ${tags.map((tag) => index(tag, operations.filter((each) => each.tag === tag)))}
    <h2><a href="#schemas">Schemas</a></h2>
        </nav>
        <main>
    ${tags.map((tag) => section(tag, operations.filter((each) => each.tag === tag)))}
    <section id="schemas">
    <h2>Schemas</h2>
    ${schemas.map(([name, schema]) =>
      html`<article id="schema-${name}"><h3>${name}</h3>${shape(schema)}</article>`
    )}
    </section>
        </main>
      </body>
    </html>
  `;
}

function index(tag: string, operations: readonly Operation[]): Html {
  return html`<h2><a href="#${anchor(tag)}">${tag}</a></h2>
<ul>${
    operations.map(({ id, method, path }) =>
      html`<li><a href="#${id}"><b>${method}</b> <code>${path}</code></a></li>`
    )
  }</ul>`;
}

function section(tag: string, operations: readonly Operation[]): Html {
  return html`<section id="${anchor(tag)}"><h2>${tag}</h2>${operations.map(article)}</section>`;
}

function article(operation: Operation): Html {
  const { id, method, path, summary, description, isPublic, parameters, body, answers } = operation;
  return html`<article id="${id}">
<h3><b class="${method.toLowerCase()}">${method}</b> <code>${path}</code></h3>
<p>${summary}. ${isPublic ? "For anybody." : ""}</p>
${description === undefined ? "" : html`<p>${description}</p>`}
${parameters.length === 0 ? "" : table("Parameters", parameters.map(parameterRow))}
${Object.keys(body).length === 0 ? "" : table("Body", contentRows(body))}
${table("Answers", Object.entries(answers).map(answerRow))}
</article>`;
}

function table(caption: string, rows: readonly Html[]): Html {
  return html`
    <table>
      <caption>${caption}</caption>
      <tbody>${rows}</tbody>
    </table>
  `;
}

function parameterRow({ name, in: place, required, description, schema = {} }: Parameter): Html {
  const kind = [place, required === true ? "required" : "", typeOf(schema)].filter((each) => each);
  return html`
    <tr>
      <th scope="row"><code>${name}</code></th>
      <td>${kind.join(", ")}</td>
      <td>${description ?? schema.description ?? ""}</td>
    </tr>
  `;
}

function contentRows(contents: Contents): Html[] {
  return Object.entries(contents).map(([type, { schema = {} }]) =>
    html`
      <tr>
        <th scope="row"><code>${type}</code></th>
        <td colspan="2">${schemaOf(schema)}</td>
      </tr>
    `
  );
}

function answerRow(
  [status, { description, content = {} }]: [string, { description: string; content?: Contents }],
): Html {
  const forms = Object.entries(content).map(([type, { schema = {} }]) =>
    html`
      <code>${type}</code> ${schemaOf(schema)}
    `
  );
  return html`
    <tr>
      <th scope="row">${status}</th>
      <td>${description}</td>
      <td>${forms}</td>
    </tr>
  `;
}

function schemaOf(schema: Schema): Html | string {
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.split("/").at(-1)!;
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.type === "string") {
    return typeof schema.description === "string" ? schema.description : "";
  }
  return html`<details><summary>${typeOf(schema)}</summary>${shape(schema)}</details>`;
}

function shape(schema: Schema): Html {
  return html`<pre><code>${stringifyJson(schema, 2)}</code></pre>`;
}

function typeOf({ type, enum: words }: Schema): string {
  if (Array.isArray(words)) return words.join(" | ");
  return Array.isArray(type) ? type.join(" | ") : typeof type === "string" ? type : "";
}

function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method): Operation[] => {
      const operation = item[method];
      if (operation === undefined) return [];
      return [{
        method: method.toUpperCase(),
        path,
        id: operation.operationId ?? `${method}${path}`,
        tag: operation.tags?.[0] ?? "Others",
        summary: operation.summary ?? "",
        description: operation.description,
        isPublic: (operation.security ?? []).length === 0,
        parameters: (operation.parameters ?? []) as readonly Parameter[],
        body: ((operation.requestBody ?? {}) as { content?: Contents }).content ?? {},
        answers: (operation.responses ?? {}) as Operation["answers"],
      }];
    })
  );
}

function anchor(tag: string): string {
  return tag.toLowerCase().replaceAll(/\W+/g, "-");
}

const METHODS = ["get", "post", "put", "delete"] as const;

/** The page's CSS: light and dark, on a phone as well. */
export const DOCUMENTATION_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8dde6, #333a46); --soft: light-dark(#f5f7fa, #191d24); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif;
  color: light-dark(#1b2330, #e4e8ef); background: light-dark(#fff, #101319); }
a { color: light-dark(#0b57b8, #8ab8ff); }
h1 small { font-weight: 400; opacity: .7; }
h2 { margin: 2rem 0 .5rem; }
nav ul { list-style: none; margin: 0; padding: 0; columns: 24rem; }
nav h2 { font-size: 1rem; margin: 1rem 0 .25rem; }
nav a { text-decoration: none; }
nav a:hover, nav a:focus-visible { text-decoration: underline; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0; }
article:target { outline: 2px solid light-dark(#0b57b8, #8ab8ff); }
h3 { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin: .75rem 0; }
caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line); }
th { font-weight: 400; white-space: nowrap; }
pre { overflow-x: auto; padding: .75rem; background: var(--soft); border-radius: .4rem; }
code { font: .9em ui-monospace, monospace; }
.get { color: light-dark(#0a6b3c, #6fd7a3); } .post { color: light-dark(#0b57b8, #8ab8ff); }
.put { color: light-dark(#8a5200, #f2c069); } .delete { color: light-dark(#a8201a, #ff9d96); }
@media (max-width: 40rem) { table, tbody, tr, th, td { display: block; border: 0; padding: 0; } tr { border-top: 1px solid var(--line); padding: .4rem 0; } }
`;
