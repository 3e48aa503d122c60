/** Attributes that make no sense: each element says what it can, and harms no other. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Request } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { patience } from '../support/patience.ts';
import { Site } from './fixture.ts';
import { isIn, reads } from './seeing.ts';

const VALUES = ['', '-1', '1e9', 'Infinity', '💥 <b>', 'x'.repeat(5_000)];

const SHARED = [
  ...['domain', 'timeframe', 'from', 'to', 'refresh', 'heading', 'locale', 'density'],
  ...['base-url', 'token', 'token-url'],
];

const ELEMENTS: Record<string, { given: Record<string, string>; own: string[] }> = {
  'cb-stat-card': {
    given: { metric: 'requests' },
    own: ['metric', 'value', 'change', 'format', 'polarity', 'target', 'description'],
  },
  'cb-exec-stream': { given: {}, own: ['limit'] },
  'cb-usage-timeline': { given: {}, own: ['metric', 'granularity'] },
  'cb-cleanup-monitor': { given: {}, own: ['limit'] },
};

let site: Site;
before(async () => {
  site = await Site.open();
  await site.send({ user: 'ada' });
});
after(() => site.close());

for (const [tag, { given, own }] of Object.entries(ELEMENTS)) {
  test(`${tag} takes any value of any attribute`, async (t) => {
    const context = await site.window(t);
    const page = await site.visit(
      t,
      {
        body: `<cb-provider base-url="${site.url}" token-url="/token">
            <cb-stat-card id="well" metric="requests"></cb-stat-card><main></main>
          </cb-provider>`,
      },
      context,
    );
    await reads(page.locator('#well .value .hidden'), '1');
    await page.evaluate(
      ({ tag, given, attributes, values }) => {
        for (const attribute of attributes) {
          for (const value of values) {
            const element = document.createElement(tag);
            for (const each of Object.entries(given)) element.setAttribute(...each);
            element.setAttribute(attribute, value);
            document.querySelector('main')?.append(element);
          }
        }
      },
      { tag, given, attributes: [...SHARED, ...own], values: VALUES },
    );

    const all = page.locator(`main ${tag}`);
    // Which do not say anything yet, as they are written.
    const silent = () =>
      all.evaluateAll((found) =>
        found
          .filter((it) => {
            const base = it.shadowRoot?.querySelector<HTMLElement>('.base');
            return it.matches(':state(loading)') || !base?.innerText.trim();
          })
          .map((it) => it.outerHTML.slice(0, 200)),
      );
    await eventually('', async () => (await silent()).length === 0, patience(20_000)).catch(
      async () => {
        assert.deepEqual(await silent(), []);
      },
    );

    // With what makes sense they are as all others.
    await all.evaluateAll(
      (found, [attributes, entries]) => {
        for (const element of found) {
          for (const attribute of attributes) element.removeAttribute(attribute);
          for (const each of entries) element.setAttribute(...each);
        }
      },
      [[...SHARED, ...own], Object.entries(given)] as const,
    );
    await isIn(all, tag === 'cb-cleanup-monitor' ? 'forbidden' : 'fresh');
    await isIn(page.locator('#well'), 'live');
    await reads(page.locator('#well .value .hidden'), '1');
  });
}

test('no number of seconds between two questions makes an element ask without a pause', async (t) => {
  const context = await site.window(t);
  const page = await context.newPage();
  // No WebSocket, and no stream: all that is left is to ask.
  await context.routeWebSocket(/ws/, (socket) => socket.close());
  await context.route(/api\/live/, (route) => route.abort());
  await page.clock.install();
  let asked = 0;
  let answered = 0;
  const isQuestion = (request: Request) =>
    /api\/(batch|stats\/overview)/.test(request.url()) && request.method() !== 'OPTIONS';
  page.on('request', (request) => (asked += Number(isQuestion(request))));
  page.on('requestfinished', (request) => (answered += Number(isQuestion(request))));
  page.on('requestfailed', (request) => (answered += Number(isQuestion(request))));
  const refreshes = ['0.0001', '1e9', 'Infinity', '-1', '0', 'x', ''];
  await page.goto(
    site.publish({
      body: `<cb-provider base-url="${site.url}" token-url="/token">
        ${refreshes
          .map(
            (it, at) => `<cb-stat-card metric="requests" without-trend refresh="${it}"
              from="2026-01-0${at + 1}T00:00:00Z" to="2030-01-01T00:00:00Z"></cb-stat-card>`,
          )
          .join('')}
      </cb-provider>`,
    }),
  );
  await isIn(page.locator('cb-stat-card'), 'fresh');
  const before = asked;
  for (let passed = 0; passed < 2_000; passed += 100) {
    await page.clock.runFor(100);
    await eventually('the answers', () => answered === asked);
  }
  assert.ok(asked - before <= refreshes.length * 3, `They asked ${asked - before} times.`);
});
