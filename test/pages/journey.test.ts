/** The journey: an instrumented agent runs, and whoever looks at the page sees it. */
import { after, before, test } from 'node:test';
import { Client } from '../support/agent.ts';
import { Site } from './fixture.ts';
import { isIn, reads } from './seeing.ts';

let site: Site;
before(async () => {
  site = await Site.open();
});
after(() => site.close());

test('a run shows while it goes on, then as done, and the cards move, without a reload', async (t) => {
  const context = await site.window(t);
  const page = await context.newPage();
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Email').fill('admin@localhost');
  await page.getByLabel('Password').fill('correct horse battery staple');
  await page.keyboard.press('Enter');

  const stream = page.locator('cb-exec-stream');
  const rows = stream.locator('tbody tr');
  const requests = page.locator('cb-stat-card[metric=requests]');
  const tokens = page.locator('cb-stat-card[metric="tokens.total"]');
  await reads(requests.locator('.value .hidden'), '0');
  await isIn(stream, 'empty');
  await isIn(page.locator('cb-exec-stream, cb-stat-card'), 'live');
  let reloads = 0;
  page.on('framenavigated', () => reloads++);

  const key = await site.server.ingestKey();
  const client = new Client({ url: site.url, key, service: 'app.example.com', gzip: true });
  const gate = Promise.withResolvers<void>();
  const lastCall = Promise.withResolvers<void>();
  const run = client.run({
    user: 'ada@example.com',
    calls: [
      { input: 1_200, output: 40 },
      { input: 1_700, output: 60 },
    ],
    onLastCall: lastCall.resolve,
    gate: gate.promise,
  });
  await lastCall.promise;
  await client.flush();
  await reads(rows, /Running.*ada@example\.com.*claude-sonnet-4-5.*1 step/);
  await reads(requests.locator('.value .hidden'), '1');
  await reads(tokens.locator('.value .hidden'), '1,240');

  gate.resolve();
  await run;
  await client.flush();
  await reads(rows, /Completed.*ada@example\.com.*claude-sonnet-4-5.*2 of 2/);
  await reads(requests.locator('.value .hidden'), '2');
  await reads(tokens.locator('.value .hidden'), '3,000');
  await reads(page.locator('cb-stat-card[metric="executions.successRate"] .value .hidden'), '100%');
  if (reloads > 0) throw new Error('The page was loaded again.');
  await client.close();
});
