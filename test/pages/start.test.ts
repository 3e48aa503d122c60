/** What `npm start` shows: the host page, and the portal of another origin. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { readyWhen, sparePortPair } from '../../scripts/support/databases.ts';
import { start, stop } from '../../scripts/support/processes.ts';
import { inRoot } from '../../scripts/support/root.ts';
import { leaveFiles } from '../../server/demo/files.ts';
import { writeState } from '../../server/demo/state.ts';
import { patience } from '../support/patience.ts';
import { assertAccessible } from './accessibility.ts';
import { launchChromium } from './fixture.ts';
import { focusOf, isFocused, tabTo } from './keyboard.ts';
import { noteReports, reportsOf } from './reports.ts';
import { isIn, reads } from './seeing.ts';

const PASSWORD = 'correct horse battery staple';

let dataDir: string;
let port: number;
let product: ChildProcess;
let browser: Browser;
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cloudbrain-test-'));
  port = await sparePortPair();
  // A second start: the history has been sent, and what it left is there to clean up.
  await writeState(dataDir, { until: Date.now(), sent: true });
  await leaveFiles(dataDir, Date.now());
  const script = inRoot('scripts', 'start.ts');
  product = start(process.execPath, ['--conditions=@cloudbrain/source', script], {
    env: {
      PORT: String(port),
      CLOUDBRAIN_DATA: dataDir,
      CLOUDBRAIN_ADMIN_PASSWORD: PASSWORD,
      DATABASE_URL: '',
      REDIS_URL: '',
    },
  });
  browser = await launchChromium();
  await readyWhen(product, /Ctrl\+C stops it/);
});
after(async () => {
  await browser.close();
  await stop(product, 'SIGTERM', 30_000);
  await rm(dataDir, { recursive: true, force: true });
});

const addressOf = (page: 'host' | 'portal'): string =>
  `http://127.0.0.1:${page === 'host' ? port : port + 1}`;

async function visit(address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 1_600 } });
  page.setDefaultTimeout(patience(15_000));
  page.on('pageerror', (error) => assert.fail(error));
  await noteReports(page);
  await page.goto(address);
  return page;
}

test('a guest of the host page sees figures; whoever signs in needs no mouse to clean up', async () => {
  const page = await visit(addressOf('host'));
  await isIn(
    page.locator('cb-stat-card, cb-exec-stream, cb-usage-timeline'),
    'live',
    patience(30_000),
  );
  await isIn(page.locator('cb-cleanup-monitor'), 'forbidden');
  await page.locator('cb-exec-stream tbody tr').first().waitFor();

  await tabTo(page, 'Sign in');
  await page.keyboard.press('Enter');
  await isFocused(page, 'Email');
  await page.keyboard.type('admin@localhost');
  await tabTo(page, 'Password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await reads(page.locator('cb-login .name').first(), /.+/);

  await page.getByRole('button', { name: 'Run cleanup now' }).waitFor();
  await tabTo(page, 'Run cleanup now');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, 'Run');
  await page.keyboard.press('Enter');
  const result = page.locator('cb-cleanup-monitor [role=status]');
  await reads(result, /^Dry run: [1-9]\d* would be deleted/);
  await isFocused(page, 'Run cleanup now');

  const who = (await page.locator('cb-login [part=who]').innerText()).replace(/\s+/g, ' ').trim();
  await tabTo(page, who, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Sign out');
  await page.keyboard.press('Enter');
  await isFocused(page, 'Sign in');
  await isIn(page.locator('cb-cleanup-monitor'), 'forbidden');
  await isIn(page.locator('cb-stat-card, cb-exec-stream, cb-usage-timeline'), 'live');
  assert.equal(await focusOf(page), 'Sign in');
  assert.deepEqual(await reportsOf(page), []);
  await assertAccessible(page);
  await page.close();
});

test('the portal shows its agents with two tags, and nobody is left out', async () => {
  const page = await visit(addressOf('portal'));
  const stream = page.locator('cb-exec-stream');
  await isIn(stream, 'live', patience(30_000));
  await stream.locator('tbody tr').first().waitFor();
  await assertAccessible(page);
  await page.close();
});
