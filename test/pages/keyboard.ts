/** Pages without a mouse. */
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';

/** What has the focus, through shadow roots, as it is called. */
export function focusOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (!(at instanceof HTMLElement) || at === document.body) return '';
    const label = (at as Partial<HTMLInputElement>).labels?.[0]?.textContent;
    return (at.ariaLabel ?? label ?? at.innerText).replace(/\s+/g, ' ').trim();
  });
}

/** Presses Tab until something of this name has the focus; fails where Tab never gets there. */
export async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  const met: string[] = [];
  const isThere = (it: string) => it === name || it.startsWith(`${name} `);
  for (let at = await focusOf(page); !isThere(at); at = await focusOf(page)) {
    if (met.length > 60) throw new Error(`Tab never came to ${name}, but to ${met.join(', ')}`);
    met.push(at);
    await page.keyboard.press(key);
  }
}

/** Waits until something of this name has the focus. */
export async function isFocused(page: Page, name: string): Promise<void> {
  let last = '';
  const fits = async () => (last = await focusOf(page)) === name;
  await eventually('', fits).catch(() => {
    throw new Error(`The focus is on “${last}”, not “${name}”`);
  });
}
