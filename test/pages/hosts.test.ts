/** The elements in pages as customers write them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { bundle } from './bundle.ts';
import { Site } from './fixture.ts';
import { isIn, reads } from './seeing.ts';

const DAY = 86_400_000;

let site: Site;
before(async () => {
  site = await Site.open();
  await fill('app.example.com');
});
after(() => site.close());

/** Two runs of this week, and one of this month. */
function fill(service: string): Promise<void> {
  return site.send(
    { service, user: 'ada' },
    { service, user: 'grace', startedAt: Date.now() - 60_000 },
    { service, user: 'linus', startedAt: Date.now() - 20 * DAY },
  );
}

describe('a plain page', () => {
  it('needs two tags: the script, and an element with an address and where to get tokens', async (t) => {
    const asked = site.portal.asked.length;
    const page = await site.visit(t, {
      body: `<cb-exec-stream base-url="${site.url}" token-url="/token" timeframe="7d"></cb-exec-stream>
        <cb-stat-card metric="requests" timeframe="7d"
          base-url="${site.url}" token-url="/token"></cb-stat-card>`,
    });
    await reads(page.locator('cb-stat-card .value .hidden'), '2');
    await reads(page.locator('tbody tr'), [/ada/, /grace/]);
    await isIn(page.locator('cb-exec-stream, cb-stat-card'), 'live');
    const tokens = site.portal.asked.slice(asked).filter((path) => path === '/token');
    assert.equal(tokens.length, 1, 'Elements that say the same share a session.');
  });

  it('may say it once for all elements, on a provider', async (t) => {
    const page = await site.visit(t, {
      body: `<cb-provider base-url="${site.url}" token-url="/token" timeframe="30d" locale="de">
          <cb-stat-card metric="requests"></cb-stat-card>
          <cb-stat-card metric="requests" timeframe="7d"></cb-stat-card>
          <cb-exec-stream limit="1"></cb-exec-stream>
        </cb-provider>`,
    });
    await reads(page.locator('cb-stat-card .value .hidden'), ['3', '2']);
    await reads(page.locator('cb-stat-card .heading'), ['Anfragen', 'Anfragen']);
    await reads(page.locator('tbody tr'), /Abgeschlossen.*ada/);
  });

  it('may add, move and remove elements at any time', async (t) => {
    const page = await site.visit(t, { body: '<main></main><aside></aside>' });
    const sockets: string[] = [];
    page.on('websocket', (socket) => {
      sockets.push('opened');
      socket.on('close', () => sockets.push('closed'));
    });
    await page.evaluate((url) => {
      const provider = document.createElement('cb-provider');
      provider.setAttribute('base-url', url);
      provider.setAttribute('token-url', '/token');
      provider.innerHTML = '<cb-stat-card metric="requests" timeframe="7d"></cb-stat-card>';
      document.querySelector('main')?.append(provider);
    }, site.url);
    await reads(page.locator('main cb-stat-card .value .hidden'), '2');
    await isIn(page.locator('cb-stat-card'), 'live');
    await page.evaluate(() =>
      document.querySelector('aside')?.append(document.querySelector('cb-provider') ?? ''),
    );
    await isIn(page.locator('aside cb-stat-card'), 'live');
    assert.deepEqual(sockets, ['opened'], 'One that is only moved stays connected.');
    await page.evaluate(() => document.querySelector('cb-provider')?.remove());
    await eventually('the connection closes', () => sockets.join() === 'opened,closed');
  });
});

const frameworks = { React: 'react.jsx', Vue: 'vue.js' };

for (const [name, file] of Object.entries(frameworks)) {
  describe(`a page of ${name}`, () => {
    const domain = `${name.toLowerCase()}.example.com`;
    let script: string;
    before(async () => {
      script = await bundle(join(import.meta.dirname, 'fixtures', file));
      await fill(domain);
    });

    it('sets attributes and properties, hears events, and renders elements when it likes', async (t) => {
      site.giveTokens(() => site.embedToken({ domains: [domain] }));
      site.portal.put(`/${name}.js`, { type: 'text/javascript', body: script });
      const page = await site.visit(t, {
        // No script of ours: the page's own has the elements in it.
        script: null,
        head: `<script type="module" src="/${name}.js"></script>`,
        body: `<div id="app" data-service="${site.url}"></div>`,
      });
      const plain = page.locator('cb-stat-card').first();
      const requests = page.locator('cb-stat-card').last();
      const rows = page.locator('cb-exec-stream tbody tr');
      // Ids of executions are names of buttons too, and may have any of these words in them.
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      await reads(plain.locator('.value .hidden'), '1,234');
      await reads(plain.locator('.change'), /12%/);
      await plain.locator('.trend svg').waitFor();
      await reads(requests.locator('.value .hidden'), '2');
      await reads(rows, [/ada/, /grace/]);

      // An event of an element changes an attribute of others.
      await press('30D');
      await reads(requests.locator('.value .hidden'), '3');
      await press('7D');
      await reads(requests.locator('.value .hidden'), '2');
      await rows.filter({ hasText: 'grace' }).getByRole('button').click();
      await reads(page.locator('output'), 'grace');
      await press('Only one');
      await reads(rows, /ada/);

      // Removed and added again; what happened meanwhile is there.
      await press('Stream');
      await reads(rows, []);
      await site.send({ service: domain, user: 'barbara' });
      await press('Stream');
      await reads(rows, /barbara/);
      await reads(requests.locator('.value .hidden'), '3');
      await press('All');
      await reads(page.locator('cb-provider'), []);
      await press('All');
      await reads(requests.locator('.value .hidden'), '3');
      await isIn(requests, 'live');
      await reads(plain.locator('.value .hidden'), '1,234');
    });
  });
}
