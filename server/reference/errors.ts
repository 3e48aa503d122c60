/** The pages that the `type` of an error leads to: one for each code, and a list of all. */
import type { Hono } from 'hono';
import type { ContractEnv } from '../contract/index.ts';
import { errorKinds, type ErrorCode, type ErrorKind } from '../contract/error-codes.ts';
import { ERROR_PAGES } from '../contract/problem.ts';
import { errorTexts, type ErrorText, type Retry } from './error-texts.ts';
import { fieldErrorTexts } from './field-error-texts.ts';
import { html, inline, type Html } from './html.ts';
import { PAGE_HEADERS } from './policy.ts';

/** Whether trying again helps, in a sentence. */
export const retries: Readonly<Record<Retry, string>> = {
  never: 'No. The same request fails again; change it first.',
  later:
    'Yes. Wait for the seconds in `Retry-After`; without it, wait one second and double the wait each time.',
  withToken: 'Yes, with a valid token.',
};

/** Every code with what its page says, in the order of the contract. */
export const kinds = (Object.keys(errorKinds) as ErrorCode[]).map(
  (code): [ErrorCode, ErrorKind & ErrorText] => [
    code,
    { ...errorKinds[code], ...errorTexts[code] },
  ],
);

/** Shows what errors mean to anybody, also while the service starts or goes down. */
export function serveErrorPages(app: Hono<ContractEnv>): void {
  const show = (page: Html): Response =>
    new Response(String(page), {
      headers: { ...PAGE_HEADERS, 'Content-Type': 'text/html; charset=utf-8' },
    });
  app.get(ERROR_PAGES, () => show(listPage()));
  for (const [code, kind] of kinds) {
    app.get(`${ERROR_PAGES}/${code}`, () => show(codePage(code, kind)));
  }
}

/** @param up the way from the page to `/api/docs/` */
const page = (title: string, up: string, content: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} - CloudBrain API</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${up}../../cloudbrain.theme.css" />
        <link rel="stylesheet" href="${up}reference.css" />
      </head>
      <body>
        <main id="content">${content}</main>
      </body>
    </html>`;

const codePage = (
  code: ErrorCode,
  { status, title, meaning, remedy, retry }: ErrorKind & ErrorText,
): Html =>
  page(
    title,
    '../',
    html`<section class="about">
      <h1>${title}</h1>
      <p class="path"><b class="status">${status}</b> <code>${code}</code></p>
      <h2>What it means</h2>
      <p>${inline(meaning)}</p>
      <h2>What to do</h2>
      <p>${inline(remedy)}</p>
      <h2>Does retrying help?</h2>
      <p>${inline(retries[retry])}</p>
      <p><a href="../errors">All errors</a>, <a href="../../docs">the API</a></p>
    </section>`,
  );

const listPage = (): Html =>
  page(
    'Errors',
    '',
    html`<section class="about">
      <h1>Errors</h1>
      <p>
        Each error has a <code>code</code> and a <code>type</code>, which links to the page of that
        code. Each entry of <code>errors</code> has its own code.
      </p>
      <h2>Codes</h2>
      <dl class="fields">${kinds.map(kindEntry)}</dl>
      <h2 id="fields">Field error codes</h2>
      <dl class="fields">${Object.entries(fieldErrorTexts).map(fieldEntry)}</dl>
      <p><a href="../docs">The API</a></p>
    </section>`,
  );

const kindEntry = ([code, { status, meaning }]: (typeof kinds)[number]): Html =>
  html`<dt>
      <a href="errors/${code}"><code class="name">${code}</code></a>
      <span class="note">${status}</span>
    </dt>
    <dd><p>${inline(meaning)}</p></dd>`;

const fieldEntry = ([code, meaning]: [string, string]): Html =>
  html`<dt><code class="name">${code}</code></dt>
    <dd><p>${inline(meaning)}</p></dd>`;
