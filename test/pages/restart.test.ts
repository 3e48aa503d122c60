/** The service is killed and started again while a page is open. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { buildElements } from '../../scripts/build-elements.ts';
import { newSpanId, traceOf } from '../server/api/traces.ts';
import { eventually } from '../support/eventually.ts';
import { patience } from '../support/patience.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { launchChromium } from './fixture.ts';
import { Portal } from './portal.ts';
import { isIn, reads, textOf } from './seeing.ts';

const ALL = 'cb-stat-card, cb-exec-stream';

let portal: Portal;
let service: ServiceProcess;
let browser: Browser;
before(async () => {
  await buildElements();
  portal = await Portal.start();
  service = await ServiceProcess.start({ CLOUDBRAIN_ORIGINS: portal.url });
  browser = await launchChromium();
  portal.put('/token', async () => {
    const answer = await fetch(`${service.url}/api/auth/embed-tokens`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await service.login()}`,
      },
      body: JSON.stringify({ domains: ['app.example.com'], origins: [portal.url] }),
    });
    return { type: 'application/json', body: await answer.text() };
  });
  portal.put('/', {
    type: 'text/html',
    body: `<!doctype html><html lang="en"><title>Portal</title>
      <script type="module" src="${service.url}/cloudbrain.js"></script>
      <cb-provider base-url="${service.url}" token-url="/token">
        <cb-stat-card metric="requests"></cb-stat-card>
        <cb-exec-stream></cb-exec-stream>
      </cb-provider>`,
  });
});
after(async () => {
  await browser.close();
  await service.close();
  await portal.close();
});

type Run = Partial<Parameters<typeof traceOf>[0]>;

async function send(run: Run): Promise<void> {
  const { status } = await fetch(`${service.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': service.key },
    body: JSON.stringify(traceOf({ startedAt: Date.now() - 3_000, ...run })),
  });
  assert.equal(status, 200);
}

test('the page says how old it is, comes back by itself, and has missed nothing', async () => {
  const page = await browser.newPage();
  await page.clock.install();
  await page.goto(portal.url);
  page.on('framenavigated', () => assert.fail('The page was loaded again.'));
  const all = page.locator(ALL);
  const rows = page.locator('tbody tr');
  const run = {
    user: 'grace',
    traceId: randomBytes(16).toString('hex'),
    spanIds: [newSpanId(), newSpanId()] as const,
    startedAt: Date.now() - 5_000,
  };
  await send({ user: 'ada' });
  await send({ ...run, endedAt: null });
  await isIn(all, 'live', patience(30_000));
  await reads(rows, [/Completed.*ada/, /Running.*grace/]);
  await reads(page.locator('cb-stat-card .value .hidden'), '2');

  await service.kill();
  await eventually('all are stale', async () => {
    await page.clock.runFor(2_000);
    return all.evaluateAll((found) => found.every((it) => it.matches(':state(stale)')));
  });
  await reads(rows, [/Completed.*ada/, /Running.*grace/]);
  await reads(page.locator('cb-stat-card .value .hidden'), '2');
  assert.match(await textOf(page.locator('cb-stat-card [part=freshness]')), /(?:s|min) old$/);

  await service.start();
  // One that was running has ended meanwhile, another one has begun.
  await send(run);
  await send({ user: 'linus', failed: true });
  await eventually('all are live', async () => {
    await page.clock.runFor(1_000);
    return all.evaluateAll((found) => found.every((it) => it.matches(':state(live)')));
  });
  await reads(rows, [/Failed.*linus/, /Completed.*ada/, /Completed.*grace/]);
  await reads(page.locator('cb-stat-card .value .hidden'), '3');
  await isIn(all, 'fresh');

  await send({ user: 'barbara' });
  await reads(rows.first(), /barbara/);
  await reads(page.locator('cb-stat-card .value .hidden'), '4');
});
