import { noChange, type ChildPart, type TemplateResult } from 'lit';
import { directive, Directive } from 'lit/directive.js';
import { insertPart, setChildPartValue } from 'lit/directive-helpers.js';
import { repeat } from 'lit/directives/repeat.js';

/** The items of a list, what identifies each, and what is rendered for it. */
type Args<T> = [
  items: readonly T[],
  keyOf: (item: T) => string,
  render: (item: T, index: number) => TemplateResult,
];

/**
 * Lit's `repeat`, but rows that are gone are removed before others are inserted. `repeat` alone would
 * move rows that stay, and a moved row loses the focus, a hover and its transitions.
 */
class StableRepeat<T> extends Directive {
  #part?: ChildPart;
  #keys: ReadonlySet<string> = new Set();

  override render(..._args: Args<T>): unknown {
    return noChange;
  }

  override update(part: ChildPart, [items, keyOf, render]: Args<T>): unknown {
    const inner = (this.#part ??= insertPart(part));
    const known = this.#keys;
    const kept = items.filter((item) => known.has(keyOf(item)));
    if (kept.length < known.size) setChildPartValue(inner, repeat(kept, keyOf, render));
    setChildPartValue(inner, repeat(items, keyOf, render));
    this.#keys = new Set(items.map(keyOf));
    return noChange;
  }
}

/** Renders the items of a list, each with an element of its own for as long as it is listed. */
export const stableRepeat = directive(StableRepeat) as <T>(...args: Args<T>) => unknown;
