import {
  resolve,
  type Content,
  type JsonSchema,
  type Parameter,
  type Source,
  type SourceBody,
  type SourceOperation,
  type SourceResponse,
} from '../contract/source.ts';
import { commandOf } from './commands.ts';
import { curlOf } from './curl.ts';
import { html, inline, json, prose, type Html } from './html.ts';
import { whoMay } from './permissions.ts';
import { entry, fieldsOf, typeOf } from './schema.ts';
import { sdkCallOf } from './sdk.ts';

/** An operation with the place where it is. */
export interface Placed {
  method: string;
  path: string;
  operation: SourceOperation;
}

/** Where the page tells of an error status. */
export const errorAnchor = (status: string): string => `error-${status}`;

export const methodBadge = (method: string): Html =>
  html`<span class="method ${method}">${method.toUpperCase()}</span>`;

/** One operation: what it is for, who may, what goes in, what comes out, and an example of each. */
export function operationSection(source: Source, { method, path, operation }: Placed): Html {
  const { operationId: id, summary, description = '', parameters = [] } = operation;
  const body =
    operation.requestBody === undefined
      ? undefined
      : resolve<SourceBody>(source, operation.requestBody);
  const answers = Object.entries(operation.responses);
  const errors = answers.filter(([, node]) => isShared(node)).map(([status]) => status);
  const own = answers
    .filter(([, node]) => !isShared(node))
    .map(([status, node]) => ({ status, ...resolve<SourceResponse>(source, node) }));
  const given = parameters.map((node) => resolve<Parameter>(source, node));
  return html`<article class="operation" id="${id}" aria-labelledby="${id}-title">
    <header>
      <h3 id="${id}-title"><a class="anchor" href="#${id}">${summary}</a></h3>
      <p class="path">${methodBadge(method)} <code>${breakable(path)}</code></p>
    </header>
    <div class="text">
      ${description && prose(description)}
      <p class="who"><b>Access</b> ${whoMay(operation)}</p>
      ${
        given.length > 0 &&
        html`<h4>Parameters</h4>
          <dl class="fields">${given.map(parameterEntry)}</dl>`
      }
      ${body && bodyPart(source, body)}
      <h4>Responses</h4>
      ${own.map((each) => answerPart(source, each))}
      <p class="errors">Errors: ${errors.map(errorLink)}</p>
    </div>
    <div class="shown">${examples(source, { method, path, operation }, body, own)}</div>
  </article>`;
}

/** The errors that every operation shares are told once. */
const isShared = (node: unknown): boolean =>
  typeof node === 'object' && node !== null && '$ref' in node;

/** A path may break before each slash. */
const breakable = (path: string): Html[] =>
  path.split(/(?=\/)/).map((step, index) => (index === 0 ? html`${step}` : html`<wbr />${step}`));

const errorLink = (status: string): Html => html`<a href="#${errorAnchor(status)}">${status}</a> `;

function parameterEntry({ name, in: place, required, schema, description }: Parameter): Html {
  const note = required ? `in ${place}, required` : `in ${place}`;
  return entry(name, schema, { note, description });
}

function bodyPart(source: Source, { description, content }: SourceBody): Html {
  const types = Object.entries(content).map(
    ([type, { schema }]) =>
      html`${mediaType(type, schema)} ${fieldsOf(resolve(source, schema), 'required')}`,
  );
  return html`<h4>Body</h4>
    ${description && html`<p>${inline(description)}</p>`} ${types}`;
}

function answerPart(
  source: Source,
  { status, description, content = {} }: SourceResponse & { status: string },
): Html {
  const types = Object.entries(content).map(([type, { schema }]) => {
    const fields = fieldsOf(resolve(source, schema));
    return html`${mediaType(type, schema)}
    ${
      fields &&
      html`<details>
        <summary>Fields</summary>
        ${fields}
      </details>`
    }`;
  });
  return html`<p><b class="status">${status}</b> ${inline(description)}</p>
    ${types}`;
}

const mediaType = (type: string, schema: JsonSchema): Html =>
  html`<p class="media"><code>${type}</code> <span class="type">${typeOf(schema)}</span></p>`;

/** How it is called, what is sent and what comes back. */
function examples(
  source: Source,
  placed: Placed,
  body: SourceBody | undefined,
  answers: (SourceResponse & { status: string })[],
): Html[] {
  const { method, path } = placed;
  const call = sdkCallOf(source, placed);
  const curl = curlOf(source, placed);
  const command = commandOf(source, placed);
  const sent = body && firstOf(body.content);
  return [
    figure('SDK', text(call)),
    figure('Command line', text(command)),
    ...(curl === undefined ? [] : [figure('curl', text(curl))]),
    ...(sent ? [figure(`${method.toUpperCase()} ${path}`, sent)] : []),
    ...answers.flatMap(({ status, content }) => {
      const answer = content && firstOf(content);
      return answer ? [figure(`Answer ${status}`, answer)] : [];
    }),
  ];
}

/** The example of the first media type; the others carry the same in other bytes. */
function firstOf(content: Content): Html | undefined {
  const [first] = Object.entries(content);
  if (!first) return undefined;
  const [type, { example }] = first;
  if (type === 'text/event-stream') return text(eventText(example as StreamEvent));
  return typeof example === 'string' ? text(example) : json(example);
}

interface StreamEvent {
  event: string;
  id: string;
  data: unknown;
}

/** An event as it is on the wire. */
const eventText = ({ event, id, data }: StreamEvent): string =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

const text = (shown: string): Html => html`<pre><code>${shown}</code></pre>`;

const figure = (caption: string, what: Html): Html =>
  html`<figure>
    <figcaption>${caption}</figcaption>
    ${what}
  </figure>`;
