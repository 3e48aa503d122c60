/** The contract's reference page, as it is read: by eye, by keyboard, by screen reader. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { serveFiles } from '../../server/http/static.ts';
import { isFull } from '../support/effort.ts';
import { eventually } from '../support/eventually.ts';
import { TestServer } from '../support/server.ts';
import { assertAccessible } from './accessibility.ts';
import { launchChromium } from './fixture.ts';
import { isFocused, tabTo } from './keyboard.ts';
import { noteReports, reportsOf } from './reports.ts';

let server: TestServer;
let browser: Browser;
before(async () => {
  server = await TestServer.start({ pages: serveFiles });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await server.close();
});

async function open(anchor: string, width: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  await noteReports(page);
  await page.goto(`${server.url}/api/docs${anchor}`);
  return page;
}

/** Whether what a selector finds begins in the window. */
const isInSight = (page: Page, selector: string): Promise<boolean> =>
  page.locator(selector).evaluate((it) => {
    const { top } = it.getBoundingClientRect();
    return top >= 0 && top < innerHeight;
  });

const operation = '[id="executions.get"]';

// The page is long: in the sample it is read as a phone shows it, where most can go wrong.
const widths = isFull ? [1440, 390] : [390];

test('is accessible in light and dark, wide and narrow, and breaks no policy', async () => {
  for (const width of widths) {
    const page = await open('', width);
    // What is folded is read as well.
    await page.locator('details').evaluateAll((all) => {
      for (const each of all) (each as HTMLDetailsElement).open = true;
    });
    await assertAccessible(page);
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(widest, width, 'It scrolls sideways.');
    assert.deepEqual(await reportsOf(page), []);
    await page.close();
  }
});

test('follows the reader’s colour scheme, also where the theme is not there', async () => {
  const page = await open('', 1440);
  const colours = async (colorScheme: 'light' | 'dark') => {
    await page.emulateMedia({ colorScheme });
    return page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.documentElement);
      return [backgroundColor, color];
    });
  };
  const both = async () => [await colours('light'), await colours('dark')];
  const wanted = [
    ['rgb(255, 255, 255)', 'rgb(22, 26, 34)'],
    ['rgb(21, 24, 31)', 'rgb(236, 239, 245)'],
  ];
  assert.deepEqual(await both(), wanted);
  await page.route('**/cloudbrain.theme.css', (route) => route.abort());
  await page.reload();
  assert.deepEqual(await both(), wanted);
  await page.close();
});

test('can be sent as a link to one operation', async () => {
  const page = await open('#executions.get', 1440);
  await eventually('the operation in sight', () => isInSight(page, operation));
  await page.close();
});

test('is walked through by keyboard', async () => {
  const page = await open('', 1440);
  await page.keyboard.press('Tab');
  await isFocused(page, 'Skip to the operations');
  assert.ok(await isInSight(page, '.skip'));
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await isFocused(page, 'openapi.yaml');
  // Back through the contents.
  await tabTo(page, 'status', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await eventually('the operation in sight', () => isInSight(page, '[id="cleanup.status"]'));
  await tabTo(page, 'Settings and last run of cleanup');
  await tabTo(page, 'Fields');
  const fields = page.locator('[id="cleanup.status"] details');
  await page.keyboard.press('Enter');
  await fields.getByText('lastRun', { exact: true }).first().waitFor();
  await page.close();
});

test('is searched by keyboard, and says how much was found', async () => {
  const page = await open('', 1440);
  const links = page.locator('nav li li a:visible');
  const all = await links.count();
  await page.keyboard.press('/');
  await page.keyboard.type('Conversation EXPORT');
  const found = page.getByRole('status');
  await found.filter({ hasText: '2 operations' }).waitFor();
  assert.deepEqual(await links.allTextContents(), ['exportMany', 'export']);
  await assertAccessible(page);
  await page.keyboard.press('Enter');
  await page.waitForURL(/#conversations\.exportMany$/);
  assert.ok(await isInSight(page, '[id="conversations.exportMany"] h3'));

  await page.keyboard.press('/');
  await page.keyboard.type(' nothing');
  await found.filter({ hasText: '0 operations' }).waitFor();
  await page.keyboard.press('Escape');
  await found.filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
  assert.equal(await links.count(), all);
  assert.deepEqual(await reportsOf(page), []);
  await page.close();
});
