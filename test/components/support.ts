// Brings the types of `describe` and `it`.
import type {} from 'mocha';
import axe from 'axe-core';
import { render, type TemplateResult } from 'lit';
import { assert, AssertionError, use } from 'chai';
import type { CbElement } from '../../src/element/element.ts';
import { patience } from '../support/patience.ts';

/** Of an element, its tag: what prints a failed comparison would walk through the whole page. */
const printable = (value: unknown): unknown =>
  value instanceof Element ? (value.cloneNode() as Element).outerHTML : value;

use(({ Assertion }) => {
  const { prototype } = Assertion;
  const { assert: compare } = prototype;
  prototype.assert = function (this: typeof prototype, ...args) {
    try {
      compare.apply(this, args);
    } catch (error) {
      if (error instanceof AssertionError) {
        const { actual, expected } = error as { actual?: unknown; expected?: unknown };
        Object.assign(error, { actual: printable(actual), expected: printable(expected) });
      }
      throw error;
    }
  };
});

/** Where a test's elements are; each test has its own. */
let stage: HTMLElement;

beforeEach(() => {
  document.documentElement.lang = 'en';
  document.title = 'Elements';
  stage = document.body.appendChild(document.createElement('main'));
  // Elements without a surface stand on the page's, which axe takes for white where nobody sets it.
  stage.style.background = 'Canvas';
});

afterEach(() => {
  stage.remove();
  document.documentElement.removeAttribute('style');
});

/** Puts a template into the page, and returns its first element, rendered. */
export async function show<E extends HTMLElement>(template: TemplateResult): Promise<E> {
  render(template, stage);
  const element = stage.firstElementChild as E & Partial<CbElement>;
  await element.updateComplete;
  return element;
}

/** What is inside an element's shadow root. */
export function inside(element: Element, selector: string): HTMLElement | null {
  return element.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
}

/** What a reader sees of a part, its white space as one. */
export function textOf(element: Element, selector = '.base'): string {
  return inside(element, selector)?.textContent.replace(/\s+/g, ' ').trim() ?? '';
}

/** How long a test waits for what has to come, in milliseconds; other suites run beside it. */
const PATIENCE = patience(8_000);

/** Waits until something holds; fails with what it was waiting for after some time. */
export async function until(holds: () => unknown, what: string, ms = PATIENCE): Promise<void> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Never came: ${what}`);
    await new Promise(requestAnimationFrame);
  }
}

/** Fails on anything that axe finds, contrast included, in light and in dark. */
export async function assertAccessible(element: Element): Promise<void> {
  for (const scheme of ['light', 'dark']) {
    document.documentElement.style.colorScheme = scheme;
    const { violations } = await axe.run(element, {
      rules: { 'color-contrast': { enabled: true } },
    });
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map((it) => `${id}: ${it.html} ${it.failureSummary ?? ''}`),
    );
    assert.deepEqual(found, [], `axe, ${scheme}`);
  }
}

/** Fails where what `make` puts into the page breaks a strict policy. It holds from then on. */
export async function assertKeepsPolicy(make: () => Promise<Element>): Promise<void> {
  const reports: string[] = [];
  const note = (event: SecurityPolicyViolationEvent) =>
    reports.push(`${event.violatedDirective} ${event.sourceFile}`);
  document.addEventListener('securitypolicyviolation', note);
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = "style-src 'self'";
  document.head.append(policy);
  try {
    await make();
    assert.deepEqual(reports, []);
    // What it would have told of.
    document.body.insertAdjacentHTML('beforeend', '<i style="color: red"></i>');
    await until(() => reports.length === 1, 'a report of what the policy forbids');
  } finally {
    document.body.querySelector(':scope > i')?.remove();
    document.removeEventListener('securitypolicyviolation', note);
  }
}

/**
 * Fails unless what `make` puts into the page and takes out again is collected. A frame or an
 * answer that it waited for may hold it for a moment: what counts is that nothing does for good.
 */
export async function assertCollected(make: () => Promise<HTMLElement>): Promise<void> {
  const { gc } = globalThis as { gc?: (options: object) => Promise<void> };
  if (!gc) throw new Error('Chromium runs without --expose-gc.');
  // In a function of its own, so that no variable holds the element.
  const reference = await (async () => {
    const element = await make();
    render(null, stage);
    element.remove();
    return new WeakRef(element);
  })();
  const end = performance.now() + PATIENCE;
  // From a task of its own, a collection finds no stack that could hold the element by chance.
  do await gc({ type: 'major', execution: 'async' });
  while (reference.deref() && performance.now() < end);
  assert.isUndefined(reference.deref(), 'the element is still held');
}

/** Counts the timers that are still to fire, of those set from now on; `stop` ends the counting. */
export function trackTimers(): { readonly pending: number; stop: () => void } {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const pending = new Set<unknown>();
  const wrapped = {
    setTimeout(handler: () => void, ms?: number) {
      const id = setTimeout(() => {
        pending.delete(id);
        handler();
      }, ms);
      pending.add(id);
      return id;
    },
    setInterval(handler: () => void, ms?: number) {
      const id = setInterval(handler, ms);
      pending.add(id);
      return id;
    },
    clearTimeout(id: ReturnType<typeof setTimeout> | undefined) {
      pending.delete(id);
      clearTimeout(id);
    },
    clearInterval(id: ReturnType<typeof setInterval> | undefined) {
      pending.delete(id);
      clearInterval(id);
    },
  };
  Object.assign(globalThis, wrapped);
  return {
    get pending() {
      return pending.size;
    },
    stop: () =>
      void Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval }),
  };
}
