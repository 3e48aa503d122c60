import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type Axe from 'axe-core';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromium as program } from '../../scripts/support/machine.ts';
import { inRoot } from '../../scripts/support/root.ts';
import { pairwise, product } from '../support/cover.ts';
import { isFull } from '../support/effort.ts';
import { patience } from '../support/patience.ts';
import { serveFolder } from '../support/static-server.ts';

interface Entry {
  id: string;
  title: string;
  name: string;
  type: 'story' | 'docs';
}

const built = inRoot('storybook-static');
const index = JSON.parse(readFileSync(`${built}/index.json`, 'utf8')) as {
  entries: Record<string, Entry>;
};
const entries = Object.values(index.entries);

let browser: Browser;
let page: Page;
let server: Awaited<ReturnType<typeof serveFolder>>;
const complaints: string[] = [];

before(async () => {
  server = await serveFolder(built);
  browser = await chromium.launch({
    executablePath: program.find() ?? '',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  });
  page = await browser.newPage({ reducedMotion: 'reduce' });
  page.setDefaultTimeout(patience(10_000));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
});

after(async () => {
  await browser.close();
  await server.close();
});

/** Settings of Storybook's toolbar; see `.storybook/preview.ts`. */
type Globals = Record<string, string>;

/** Opens a story as a page of its own, and waits until its elements show what they will show. */
async function visit(entry: Entry, settings: Globals = {}): Promise<void> {
  complaints.length = 0;
  const globals = Object.entries({ 'a11y.manual': '!true', ...settings }).map((it) => it.join(':'));
  const query = `id=${entry.id}&viewMode=${entry.type}&globals=${globals.join(';')}`;
  await page.goto(`${server.url}/iframe.html?${query}`);
  const root = entry.type === 'story' ? '#storybook-root' : '#storybook-docs';
  await page.waitForSelector(`${root}:not([hidden]) > *`);
  if (entry.type === 'docs') return;
  const state = expectedStates[entry.name] ?? ':not(:state(loading), :state(error))';
  await page.waitForFunction(
    ([within, wanted]) => {
      const elements = [...document.querySelectorAll(`${within} *`)];
      const ours = elements.filter(({ localName }) => localName.startsWith('cb-'));
      const shown = ours.filter(({ localName }) => !/provider|login/.test(localName));
      const all = ours.every((it) => it.matches(':defined') && it.shadowRoot?.childElementCount);
      return ours.length > 0 && all && shown.every((it) => it.matches(wanted));
    },
    [root, state] as const,
  );
}

/** The state that a story's elements come to, by the story's name. */
const expectedStates: Record<string, string> = {
  Loading: ':state(loading)',
  Stale: ':state(stale)',
  Partial: ':state(partial)',
  Empty: ':state(empty)',
  Failing: ':state(error)',
  Unreachable: ':state(error)',
  Forbidden: ':state(forbidden)',
};

/** What axe finds wrong in the story, contrast and all. */
async function violations(): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof Axe };
    const root = document.querySelector('#storybook-root') ?? document;
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    // A story is a fragment: landmarks and the page's heading are its host's.
    const rules = { region: { enabled: false }, 'page-has-heading-one': { enabled: false } };
    const { violations } = await axe.run(root, { runOnly: tags, rules });
    return violations.map(({ id, nodes }) => ({
      id,
      at: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }));
  });
  return found.map(({ id, at }) => `${id}\n${at.join('\n')}`);
}

test('there are stories', () => {
  assert.notEqual(entries.length, 0);
});

const entryOf = (id: string): Entry => {
  const entry = entries.find((one) => one.id === id);
  assert.ok(entry, id);
  return entry;
};

test('lists keep to the limit that their stories set', async () => {
  const rows = (tag: string) =>
    page
      .locator(tag)
      .evaluateAll((all) =>
        all.map((it) => it.shadowRoot?.querySelectorAll('[part~=row]').length ?? 0),
      );
  await visit(entryOf('cb-exec-stream--paused'));
  assert.deepEqual(await rows('cb-exec-stream'), [5]);
  await visit(entryOf('cb-cleanup-monitor--sizes'));
  await page.waitForFunction(() =>
    document.querySelector('cb-cleanup-monitor')?.shadowRoot?.querySelector('[part=row]'),
  );
  assert.deepEqual(await rows('cb-cleanup-monitor'), [4, 4, 4]);
});

for (const entry of entries.filter(({ name }) => name === 'Sizes')) {
  test(`${entry.title} has the sizes that its story shows`, async () => {
    await visit(entry);
    const sizes = await page
      .locator('.sizes > *')
      .evaluateAll((all) =>
        all.map((it) => [
          Number(it.getAttribute('class')?.slice(1)),
          it.getBoundingClientRect().width,
        ]),
      );
    assert.notEqual(sizes.length, 0);
    for (const [said, shown] of sizes) assert.equal(shown, said);
  });
}

test('what a chart and its legend are drawn with follows forced colours', async () => {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  try {
    await visit(entryOf('cb-usage-timeline--playground'));
    const colours = await page.locator('cb-usage-timeline .legend line').evaluateAll((lines) => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = 'CanvasText';
      const text = getComputedStyle(probe).color;
      probe.remove();
      return lines.map((line) => getComputedStyle(line).stroke === text);
    });
    // Two series, and what stands for a partial interval.
    assert.deepEqual(colours, [true, true, true]);
  } finally {
    await page.emulateMedia({ forcedColors: null, reducedMotion: 'reduce' });
  }
});

/** Each element as it is by default, in every way to show it; in the sample every two ways once. */
const ways = (isFull ? product : pairwise)({
  entry: entries.filter(({ name }) => name === 'Playground'),
  locale: ['en-GB', 'de-DE', 'ar-EG', 'he-IL', 'ja-JP'],
  width: [390, 1280],
  scheme: ['light', 'dark'],
  density: ['comfortable', 'compact'],
});

for (const { entry, locale, width, scheme, density } of ways) {
  test(`${entry.title}: ${locale}, ${width} px, ${scheme}, ${density}`, async () => {
    const usual = page.viewportSize();
    await page.setViewportSize({ width, height: 800 });
    try {
      const direction = /^(?:ar|he)/.test(locale) ? 'rtl' : 'ltr';
      await visit(entry, { locale, direction, scheme, density });
      assert.deepEqual(await violations(), []);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} px wide`);
      assert.deepEqual(complaints, []);
    } finally {
      if (usual) await page.setViewportSize(usual);
    }
  });
}

for (const entry of isFull ? entries : []) {
  test(`${entry.title}: ${entry.name}`, async () => {
    await visit(entry);
    for (const scheme of entry.type === 'story' ? ['light', 'dark'] : []) {
      await page.evaluate((it) => (document.documentElement.style.colorScheme = it), scheme);
      assert.deepEqual(await violations(), [], scheme);
    }
    assert.deepEqual(complaints, []);
  });
}
