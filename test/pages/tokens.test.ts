/** Tokens that end, that are for somebody else's page, or that are not to be had. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { PORTAL } from '../support/server.ts';
import { patience } from '../support/patience.ts';
import { Site } from './fixture.ts';
import { Portal } from './portal.ts';
import { isIn, reads } from './seeing.ts';

const ALL = 'cb-stat-card, cb-exec-stream';

let site: Site;
before(async () => {
  site = await Site.open();
  await site.send({ user: 'ada' });
});
after(() => site.close());

const body = (): string => `<cb-provider base-url="${site.url}" token-url="/token">
    <cb-stat-card metric="requests"></cb-stat-card>
    <cb-exec-stream></cb-exec-stream>
  </cb-provider>`;

/** Looks at every frame from now on; `seen` tells of all that was not as it should be. */
function watch(page: Page): Promise<void> {
  return page.evaluate((all) => {
    const seen = new Set<string>();
    Object.assign(globalThis, { seen });
    const look = (): void => {
      for (const element of document.querySelectorAll(all)) {
        if (!element.matches(':state(fresh)')) seen.add(`${element.localName} is not fresh`);
        if (!element.shadowRoot?.querySelector('.value, tbody tr')) {
          seen.add(`${element.localName} shows nothing`);
        }
      }
      requestAnimationFrame(look);
    };
    look();
  }, ALL);
}

const seen = (page: Page): Promise<string[]> =>
  page.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen]);

test('a token that ends while the page is open is replaced without a flicker', async (t) => {
  const page = await site.visit(t, { body: body() });
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await isIn(page.locator(ALL), 'live');
  await watch(page);
  const asked = site.portal.asked.length;

  site.server.advance(16 * 60_000);
  await eventually('another token', () => site.portal.asked.slice(asked).includes('/token'));
  await eventually('another connection', () => sockets.length > 0);
  await isIn(page.locator(ALL), 'live');
  await site.send({ user: 'grace' });
  await reads(page.locator('tbody tr'), [/grace/, /ada/]);
  await reads(page.locator('cb-stat-card .value .hidden'), '2');
  assert.deepEqual(await seen(page), []);
  const tokens = site.portal.asked.slice(asked).filter((path) => path === '/token');
  assert.equal(tokens.length, 1, 'All elements share the new one.');
});

test('a token for another page is refused in words', async (t) => {
  site.giveTokens(() => site.embedToken({ origins: [PORTAL] }));
  t.after(() => site.giveTokens());
  const page = await site.visit(t, { body: body() });
  await isIn(page.locator(ALL), 'forbidden');
  await reads(page.locator('cb-stat-card .message'), /^You don’t have access to this\./);
  // The right one is all it takes; nobody has to load the page again.
  site.giveTokens();
  await page.evaluate(() =>
    document.querySelector('cb-provider')?.setAttribute('token-url', '/token?2'),
  );
  await isIn(page.locator(ALL), 'fresh');
});

test('a page that is not registered gets nothing, and says that it can’t', async (t) => {
  const stranger = await Portal.start();
  t.after(() => stranger.close());
  const { token } = await site.embedToken();
  stranger.put('/', {
    type: 'text/html',
    body: `<!doctype html><script type="module" src="${site.script}"></script>
      <cb-stat-card metric="requests" base-url="${site.url}" token="${token}"></cb-stat-card>`,
  });
  const page = await (await site.window(t)).newPage();
  await page.goto(stranger.url);
  await isIn(page.locator('cb-stat-card'), 'error');
  await reads(page.locator('cb-stat-card .message'), /Can’t reach the service/);
});

test('a backend that gives no token is said to fail, and is asked again by itself', async (t) => {
  let isWell = false;
  t.after(() => site.giveTokens());
  site.giveTokens(() => (isWell ? site.embedToken() : Promise.reject(new Error('No token today'))));
  const page = await site.visit(t, { body: body() });
  await isIn(page.locator(ALL), 'error');
  await reads(page.locator('cb-stat-card .message'), /Trying again in/);
  isWell = true;
  await isIn(page.locator(ALL), 'fresh', patience(30_000));
});
