/** What a page full of cards asks of the service. */
import type { Browser } from 'playwright-core';
import { DOMAIN_NAMES } from './load.ts';
import { openPage, untilLive } from './browser.ts';
import { bundle } from './bundles.ts';
import type { Context, Row } from './measure.ts';
import type { Service } from './service.ts';

const METRICS = [
  'requests',
  'errors',
  'tokens.total',
  'cost.usd',
  'latencyMs.p95',
  'errorRate',
  'users.active',
  'conversations',
  'executions.total',
  'executions.successRate',
];

/** What is asked about. */
const SCOPES = [
  'timeframe="24h"',
  'timeframe="7d"',
  'timeframe="30d"',
  `timeframe="24h" domain="${DOMAIN_NAMES[0]}"`,
  `timeframe="7d" domain="${DOMAIN_NAMES[1]}"`,
];
/** Each scope's overview, and its timeline for the trends. */
const QUESTIONS = SCOPES.length * 2;

export async function cards(browser: Browser, service: Service, { say }: Context): Promise<Row[]> {
  const count = METRICS.length * SCOPES.length;
  say(`${count} cards on a page`);
  const each = SCOPES.flatMap((scope) =>
    METRICS.map((metric) => `<cb-stat-card metric="${metric}" ${scope}></cb-stat-card>`),
  );
  const html = `<cb-provider token="${await service.login()}">${each.join('')}</cb-provider>`;
  const built = await bundle('cb-stat-card', 'cb-provider');
  const { page, requests, sockets, close } = await openPage(browser, service, built, html);
  await untilLive(page, 'cb-stat-card');
  await page.waitForLoadState('networkidle');
  const shown = await page.locator('cb-stat-card').count();
  if (shown !== count) throw new Error(`Of ${count} cards ${shown} are shown.`);
  await close();
  return [
    {
      what: `${count} cards on a page: requests`,
      value: requests.length,
      unit: 'count',
      against: { what: 'distinct queries', value: QUESTIONS },
      gate: true,
      details: { requests },
    },
    {
      what: `${count} cards on a page: live connections`,
      value: sockets.length,
      unit: 'count',
      against: { what: 'one per page', value: 1 },
      gate: true,
      details: { sockets: sockets.map((url) => new URL(url).pathname) },
    },
  ];
}
