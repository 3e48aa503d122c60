import { html as template, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString;

/** A template that escapes what is put into it; nothing that is put in here is a promise. */
export const html = (strings: TemplateStringsArray, ...values: unknown[]): Html =>
  template(strings, ...values) as Html;

/** Several with something between them. */
export const joined = (parts: readonly Html[], between: string): Html[] =>
  parts.flatMap((part, index) => (index === 0 ? [part] : [html`${between}`, part]));

/** Text with `code` in backticks. */
export const inline = (text: string): Html[] =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));

/** Paragraphs with `code` in backticks. */
export const prose = (text: string): Html[] =>
  text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => html`<p>${inline(paragraph.replaceAll(/\s*\n\s*/g, ' '))}</p>`);

const tokens = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\b\d[\d.eE+-]*\b|\btrue\b|\bfalse\b|\bnull\b)/g;

/** A value as indented JSON; names, texts and other values can be told apart. */
export function json(value: unknown): Html {
  const text = JSON.stringify(value, null, 2);
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(tokens)) {
    const [whole, quoted, colon, plain] = match;
    parts.push(html`${text.slice(end, match.index)}`);
    if (plain !== undefined) parts.push(html`<span class="n">${plain}</span>`);
    else if (colon === undefined) parts.push(html`<span class="s">${quoted}</span>`);
    else parts.push(html`${quoted}`, raw(colon));
    end = match.index + whole.length;
  }
  return html`<pre><code>${parts}${text.slice(end)}</code></pre>`;
}
