/** All elements under a strict Content-Security-Policy: all of them work, and nothing is reported. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import { dashboard, fillDashboard, showsAll, signIn } from './dashboard.ts';
import { Site } from './fixture.ts';
import { noteReports, reportsOf } from './reports.ts';
import { isIn, reads } from './seeing.ts';

let site: Site;
let policy: string;
before(async () => {
  site = await Site.open();
  await fillDashboard(site);
  policy = [
    "default-src 'none'",
    `script-src ${site.url}`,
    "style-src 'self'",
    `connect-src 'self' ${site.url} ${site.url.replace('http', 'ws')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
});
after(() => site.close());

/** A page that notes each report. */
async function visit(t: Parameters<Site['window']>[0], body: string, path: string): Promise<Page> {
  const context = await site.window(t, { viewport: { width: 1_000, height: 2_000 } });
  const page = await context.newPage();
  await noteReports(page);
  await page.goto(site.publish({ body, policy }, path));
  return page;
}

test('every element shows and does what it does without a report', async (t) => {
  const page = await visit(t, dashboard(site), '/all');
  // Signed out, each says so in words that are loaded with the first problem.
  await reads(page.locator('#requests .message'), 'Sign in to see this.');
  await page.getByLabel('Email').fill('admin@localhost');
  await page.getByLabel('Password').fill('wrong');
  await page.keyboard.press('Enter');
  await page.locator('cb-login .problem').waitFor();
  await signIn(page);
  await showsAll(page);

  const plot = page.locator('#timeline [role=slider]');
  await plot.hover();
  await page.locator('#timeline .tooltip').waitFor();
  await plot.press('ArrowLeft');
  await page.locator('#timeline .tooltip').waitFor();
  await page.getByRole('button', { name: 'Show as table' }).click();
  await page.locator('#timeline table').waitFor();

  await page.getByRole('button', { name: 'Run cleanup now' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await dialog.getByRole('button', { name: 'Run', exact: true }).click();
  await reads(page.locator('#cleanup [role=status]'), /^Dry run: 0 would be deleted/);

  // A change counts up, in a row that slides in.
  await site.send({ user: 'barbara' });
  await reads(page.locator('#requests .value .hidden'), '4');
  await page.locator('cb-login').getByRole('button').first().click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await isIn(page.locator('#requests > *'), 'forbidden');
  assert.deepEqual(await reportsOf(page), []);

  // What the page itself does wrong is reported: the watch works.
  await page.evaluate(() => document.body.setAttribute('style', 'color: red'));
  await eventually('the report', async () => (await reportsOf(page)).length === 1);
});

test('so do other languages, from right to left', async (t) => {
  const page = await visit(t, dashboard(site, 'locale="ar"'), '/arabic');
  await reads(page.locator('#requests .heading'), 'الطلبات');
  await reads(page.locator('#requests .message'), /سجّل الدخول/);
  assert.deepEqual(await reportsOf(page), []);
});
