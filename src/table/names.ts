import { html, nothing, type TemplateResult } from 'lit';

/** How many characters of a name's end stay where it is cut. */
const TAIL = 8;
/** Shorter names aren't cut in the middle: each half would have too little. */
const MIN_LENGTH = 14;
/** Scripts whose letters join: a word in two parts would be drawn as two words. */
const JOINED = /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Mongolian}]/u;

/**
 * A name in two parts, of which the first may be shortened: names often differ at their end only.
 * Never within a character, such as an emoji of several code points.
 */
export function splitName(name: string): [head: string, tail: string] {
  if (name.length < MIN_LENGTH || JOINED.test(name)) return [name, ''];
  const segments = [...new Intl.Segmenter().segment(name)];
  if (segments.length < MIN_LENGTH) return [name, ''];
  const at = segments[segments.length - TAIL]?.index ?? name.length;
  return [name.slice(0, at), name.slice(at)];
}

/**
 * A name that is cut in the middle where it doesn't fit. The whole name is its title, and a table
 * shows it when the cut name has the focus.
 */
export function renderName(name: string | null, none: unknown = nothing): TemplateResult {
  if (name === null) return html`<span class="note">${none}</span>`;
  const [head, tail] = splitName(name);
  return html`<bdi class="name" title=${name}
    ><span class="head">${head}</span
    >${tail ? html`<span class="tail">${tail}</span>` : nothing}</bdi
  >`;
}
