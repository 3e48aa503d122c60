/** A page with every element in it, as somebody of the operations team would write it. */
import type { Page } from 'playwright-core';
import type { Site } from './fixture.ts';
import { isIn, reads } from './seeing.ts';

export const dashboard = (site: Site, attributes = ''): string => `
  <cb-provider base-url="${site.url}" auth="password" storage="memory" ${attributes}>
    <header><h1>Agents</h1><cb-login></cb-login></header>
    <main>
      <div class="cell" id="plain"><cb-stat-card heading="Plain" value="1234.5" change="-0.2"
        polarity="good-when-down" target="1000"></cb-stat-card></div>
      <div class="cell" id="requests"><cb-stat-card metric="requests" timeframe="7d"></cb-stat-card></div>
      <div class="cell" id="rate"><cb-stat-card metric="errorRate" timeframe="7d"
        target="0.5"></cb-stat-card></div>
      <div class="cell" id="nobody"><cb-stat-card metric="nonsense"></cb-stat-card></div>
      <div class="cell" id="timeline"><cb-usage-timeline timeframe="7d"></cb-usage-timeline></div>
      <div class="cell" id="cleanup"><cb-cleanup-monitor></cb-cleanup-monitor></div>
      <div class="cell" id="stream"><cb-exec-stream timeframe="7d"></cb-exec-stream></div>
    </main>
  </cb-provider>`;

/**
 * What `dashboard` shows: two runs that went well and one that did not. The first is days ago: a
 * trend is of whole intervals since there are data.
 */
export async function fillDashboard(site: Site): Promise<void> {
  const startedAt = Date.now() - 3_600_000;
  await site.send(
    { user: 'ada', startedAt: startedAt - 3 * 86_400_000 },
    { user: 'grace', startedAt: startedAt + 1_000 },
    { user: 'linus', startedAt: startedAt + 2_000, failed: true },
  );
}

export async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Email').fill('admin@localhost');
  await page.getByLabel('Password').fill('correct horse battery staple');
  await page.keyboard.press('Enter');
}

/** Resolves once every element shows what it has. */
export async function showsAll(page: Page): Promise<void> {
  await reads(page.locator('#plain .value .hidden'), '1,234.5');
  await reads(page.locator('#requests .value .hidden'), '3');
  await page.locator('#requests svg:has(.line)').waitFor();
  await reads(page.locator('#rate .value .hidden'), '33.3%');
  await isIn(page.locator('#nobody > *'), 'empty');
  await page.locator('#timeline canvas').waitFor();
  await page.locator('#cleanup dl').waitFor();
  await reads(page.locator('#stream tbody tr'), [/Failed.*linus/, /Completed.*grace/, /ada/]);
  await isIn(
    page.locator('#requests > *, #rate > *, #timeline > *, #cleanup > *, #stream > *'),
    'live',
  );
}
