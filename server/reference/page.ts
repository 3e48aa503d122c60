import type { Source } from '../contract/source.ts';
import { errorKinds } from '../contract/error-codes.ts';
import { html, inline, joined, json, prose, type Html } from './html.ts';
import { errorAnchor, methodBadge, operationSection, type Placed } from './operation.ts';
import { schemaAnchor, schemaSection } from './schema.ts';

export interface PageOptions {
  /** Style sheets, relative to the page. */
  styles: readonly string[];
  /** The script of the search, relative to the page. */
  script: string;
}

const tagAnchor = (tag: string): string => `tag-${tag}`;

/** The contract as a page: everything in one document; only the search needs a script. */
export function referencePage(source: Source, { styles, script }: PageOptions): Html {
  const { info, tags, components } = source;
  const operations = placed(source);
  const byTag = Map.groupBy(operations, ({ operation }) => operation.tags[0]);
  const schemas = Object.entries(components.schemas);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${info.title} API ${info.version}</title>
        <link rel="icon" href="data:," />
        ${styles.map((href) => html`<link rel="stylesheet" href="${href}" />`)}
        <script type="module" src="${script}"></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the operations</a>
        <nav aria-label="Contents">
          <a class="home" href="#top">${info.title} API</a>
          <search hidden>
            <input
              type="search"
              placeholder="Search operations"
              aria-label="Search operations"
              aria-keyshortcuts="/"
              autocomplete="off"
              spellcheck="false"
            />
            <p role="status"></p>
          </search>
          <ul>
            ${tags.map(({ name }) => tagLinks(name, byTag.get(name) ?? []))}
            <li><a href="#errors">errors</a></li>
            <li><a href="#schemas">schemas</a></li>
          </ul>
        </nav>
        <main id="content" tabindex="-1">
          <section class="about" id="top" aria-label="About">
            <h1>${info.title} API <small>${info.version}</small></h1>
            <p class="summary">${info.summary}</p>
            ${prose(info.description)}
            <p>
              This reference as an OpenAPI 3.1 document: <a href="openapi.yaml">openapi.yaml</a>,
              <a href="openapi.json">openapi.json</a>.
            </p>
            <h2 id="tokens">Tokens</h2>
            <dl class="fields">${Object.values(components.securitySchemes).map(tokenEntry)}</dl>
          </section>
          ${tags.map((tag) => tagSection(source, tag, byTag.get(tag.name) ?? []))}
          <section id="errors" aria-labelledby="errors-title">
            <h2 id="errors-title"><a class="anchor" href="#errors">errors</a></h2>
            <p>
              An error is a <a href="#${schemaAnchor('Problem')}">Problem</a>, sent as
              <code>application/problem+json</code> (RFC 9457). Each <code>code</code> has
              <a href="docs/errors">a page</a>, which <code>type</code> links to.
            </p>
            ${errorsOf(source).map(errorSection)}
          </section>
          <section id="schemas" aria-labelledby="schemas-title">
            <h2 id="schemas-title"><a class="anchor" href="#schemas">schemas</a></h2>
            ${schemas.map(([name, schema]) => schemaSection(name, schema))}
          </section>
        </main>
      </body>
    </html>`;
}

const placed = ({ paths }: Source): Placed[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );

const tagLinks = (name: string, operations: Placed[]): Html =>
  html`<li>
    <a href="#${tagAnchor(name)}">${name}</a>
    <ul>
      ${operations.map(
        ({ method, path, operation: { operationId: id, summary } }) =>
          html`<li data-text="${id} ${method} ${path} ${summary}">
            <a href="#${id}">${id.slice(id.indexOf('.') + 1)}</a>
          </li>`,
      )}
    </ul>
  </li>`;

function tagSection(
  source: Source,
  { name, description }: Source['tags'][number],
  operations: Placed[],
): Html {
  const anchor = tagAnchor(name);
  return html`<section id="${anchor}" aria-labelledby="${anchor}-title">
    <h2 id="${anchor}-title"><a class="anchor" href="#${anchor}">${name}</a></h2>
    <p>${inline(description)}</p>
    <ul class="index">
      ${operations.map(indexEntry)}
    </ul>
    ${operations.map((each) => operationSection(source, each))}
  </section>`;
}

const indexEntry = ({ method, path, operation }: Placed): Html =>
  html`<li>
    ${methodBadge(method)} <a href="#${operation.operationId}"><code>${path}</code></a>
    <span>${operation.summary}</span>
  </li>`;

function tokenEntry(scheme: { description: string; scheme?: string; name?: string }): Html {
  const header = scheme.name ? `${scheme.name}: …` : 'Authorization: Bearer …';
  return html`<dt><code class="name">${header}</code></dt>
    <dd><p>${scheme.description}</p></dd>`;
}

/** The answers that operations share, by status. */
const errorsOf = ({ components }: Source) =>
  Object.values(components.responses)
    .map(({ description, content = {} }) => ({
      description,
      example: Object.values(content)[0]?.example as { status: number; title: string },
    }))
    .sort((a, b) => a.example.status - b.example.status);

const codesOf = (status: number): Html[] =>
  Object.entries(errorKinds)
    .filter(([, kind]) => kind.status === status)
    .map(([code]) => html`<a href="docs/errors/${code}"><code>${code}</code></a>`);

const errorSection = ({ description, example }: ReturnType<typeof errorsOf>[number]): Html =>
  html`<section class="error" id="${errorAnchor(String(example.status))}">
    <h3><b class="status">${example.status}</b> ${example.title}</h3>
    <div class="text">
      <p>${inline(description)}</p>
      <p>Codes: ${joined(codesOf(example.status), ', ')}</p>
    </div>
    <div class="shown">${json(example)}</div>
  </section>`;
