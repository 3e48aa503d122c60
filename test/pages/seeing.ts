/** What a reader sees of elements. */
import type { Locator } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { patience } from '../support/patience.ts';

/** How long a reader is patient, in milliseconds. */
const PATIENCE = patience(15_000);

/** The text as a reader sees it, its white space as one. */
export async function textOf(locator: Locator): Promise<string> {
  return (await locator.innerText()).replace(/\s+/g, ' ').trim();
}

/** Waits until each of what the locator finds reads so, in this order. */
export async function reads(
  locator: Locator,
  wanted: string | RegExp | readonly (string | RegExp)[],
  ms = PATIENCE,
): Promise<void> {
  const all = [wanted].flat();
  let last: string[] = [];
  const fits = async () => {
    last = (await locator.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
    if (last.length !== all.length) return false;
    return all.every((it, at) => (it instanceof RegExp ? it.test(last[at]!) : it === last[at]));
  };
  await eventually('', fits, ms).catch(() => {
    throw new Error(`It reads ${JSON.stringify(last)}, not ${all.map(String).join(', ')}`);
  });
}

/** Waits until an element is in a state. */
export async function isIn(element: Locator, state: string, ms = PATIENCE): Promise<void> {
  const holds = () =>
    element.evaluateAll(
      (found, it) => found.length > 0 && found.every((each) => each.matches(`:state(${it})`)),
      state,
    );
  await eventually('', holds, ms).catch(async () => {
    const texts = await element.allInnerTexts();
    throw new Error(`It is not ${state}: ${JSON.stringify(texts)}`);
  });
}
