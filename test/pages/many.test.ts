/** Many elements on a page, and many pages at once. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { patience } from '../support/patience.ts';
import { Site } from './fixture.ts';
import { isIn, reads } from './seeing.ts';

let site: Site;
before(async () => {
  site = await Site.open();
  // A trend is of whole intervals since there are data.
  await site.send({}, { startedAt: Date.now() - 3 * 86_400_000 });
});
after(() => site.close());

test('fifty cards of one question ask once, over one connection', async (t) => {
  const context = await site.window(t);
  const page = await context.newPage();
  const asked: string[] = [];
  let sockets = 0;
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === site.url && pathname.startsWith('/api/')) asked.push(pathname);
  });
  page.on('websocket', () => sockets++);
  const cards = '<cb-stat-card metric="requests" timeframe="7d"></cb-stat-card>'.repeat(50);
  await page.goto(
    site.publish({
      body: `<cb-provider base-url="${site.url}" token-url="/token">${cards}</cb-provider>`,
    }),
  );
  await reads(page.locator('cb-stat-card .value .hidden'), Array<string>(50).fill('2'));
  await isIn(page.locator('cb-stat-card'), 'live');
  await page.locator('cb-stat-card svg:has(.line)').last().waitFor();
  assert.deepEqual(asked, ['/api/batch']);
  assert.equal(sockets, 1);
});

test('elements of all kinds get along without a word in the console', async (t) => {
  const context = await site.window(t);
  const said: string[] = [];
  context.on('console', (message) => said.push(message.text()));
  const page = await site.visit(
    t,
    {
      body: `<cb-provider base-url="${site.url}" token-url="/token">
          <cb-stat-card metric="requests"></cb-stat-card>
          <cb-exec-stream></cb-exec-stream>
          <cb-usage-timeline></cb-usage-timeline>
        </cb-provider>`,
    },
    context,
  );
  await isIn(page.locator('cb-stat-card, cb-exec-stream, cb-usage-timeline'), 'live');
  assert.deepEqual(said, []);
});

test('ten tabs are all live, and leave the browser connections to ask with', async (t) => {
  const context = await site.window(t);
  const url = site.publish({
    body: `<cb-provider base-url="${site.url}" token-url="/token">
        <cb-stat-card metric="requests" timeframe="7d"></cb-stat-card>
        <cb-exec-stream limit="3"></cb-exec-stream>
      </cb-provider>`,
  });
  const tabs = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const tab = await context.newPage();
      await tab.goto(url);
      return tab;
    }),
  );
  for (const tab of tabs)
    await isIn(tab.locator('cb-stat-card, cb-exec-stream'), 'live', patience(60_000));
  await site.send({ user: 'barbara' });
  for (const tab of tabs) {
    await reads(tab.locator('cb-stat-card .value .hidden'), '3');
    await reads(tab.locator('tbody tr').first(), /barbara/);
  }
  // Six streams over HTTP/1.1 would have taken all that a browser has for one server.
  for (const tab of tabs) {
    const status = await tab.evaluate(
      async (address) => (await fetch(address)).status,
      `${site.url}/api/health`,
    );
    assert.equal(status, 200);
  }
});
