/** The executive overview against SQL on the rows, and its exports against their limit. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { PdfRenderer } from '../../server/reports/renderer.ts';
import { csvRows } from '../../server/api/csv.ts';
import { executiveTable } from '../../server/api/executive-table.ts';
import { BusinessStore } from '../../server/store/business/business.ts';
import type { SubscriptionTold } from '../../server/store/business/records.ts';
import type { Store } from '../../server/store/database/database.ts';
import { ExecutiveStore, type ExecutiveOverview } from '../../server/store/read/executive.ts';
import { before } from '../../server/store/time/period.ts';
import { DAY } from '../../server/store/time/zones.ts';
import { rawExecutive, type RawExecutive } from './executive-raw.ts';
import { DOMAINS, makeHistory, type History } from './history.ts';
import { median, timed, type Context, type Row } from './measure.ts';
import { indexRows } from './raw.ts';
import { onEachDatabase, type DatabaseKind } from './service.ts';

const TIMEZONE = 'Europe/Berlin';
const RUNS = { rollups: 7, rows: 3, exports: 5 };
const CUSTOMERS = 2_000;
const CREDITS = 20_000;
/** Milliseconds that an export may take. */
const LIMIT = 5_000;

export const executive = (context: Context): Promise<Row[]> =>
  onEachDatabase((store, kind) => measure(store, kind, context));

async function measure(store: Store, kind: DatabaseKind, { size, say }: Context): Promise<Row[]> {
  say(`${size.requests} requests and ${CUSTOMERS} customers, ${kind}: making them`);
  const history = await makeHistory(store, size.requests);
  await addBusiness(store, history);
  await indexRows(store);
  await store.exec('vacuum (analyze)');
  const overviews = new ExecutiveStore({
    store,
    onError: (path, error) => assert.fail(`${path}: ${String(error)}`),
  });
  const rows: Row[] = [];
  for (const days of [30, 90] as const) {
    for (const domains of [null, DOMAINS.slice(0, 1)]) {
      const what = `overview, ${days} days, ${domains ? 'one domain' : 'all domains'}, ${kind}`;
      say(what);
      const { workspaceId, until: now } = history;
      const query = { timeframe: `${days}d`, timezone: TIMEZONE, domains, now } as const;
      const span = { from: now - days * DAY, to: now };
      const fromRollups = () => overviews.overview(workspaceId, query);
      const fromRows = () =>
        store.inWorkspace(workspaceId, async (ws) => {
          // It may take longer than a request of the service ever may.
          await sql`select set_config('statement_timeout', '0', true)`.execute(ws.tx);
          return rawExecutive(ws, [span, before(span)], domains, TIMEZONE);
        });
      assert.deepEqual(rawOf(await fromRollups()), await fromRows(), what);
      const rollupMs = await timed(RUNS.rollups, fromRollups);
      const rowMs = await timed(RUNS.rows, fromRows);
      rows.push({
        what: `${what}, p50`,
        value: median(rollupMs),
        unit: 'ms',
        against: { what: 'SQL on the rows', value: median(rowMs) },
        details: { rollupMs, rowMs },
      });
    }
  }
  say(`exports, ${kind}`);
  return [...rows, ...(await measureExports(overviews, history, kind))];
}

async function measureExports(
  overviews: ExecutiveStore,
  { workspaceId, until: now }: History,
  kind: DatabaseKind,
): Promise<Row[]> {
  const query = { timeframe: '90d', timezone: TIMEZONE, domains: null, now } as const;
  const renderer = new PdfRenderer();
  const formats = {
    PDF: async () => {
      const overview = await overviews.overview(workspaceId, query);
      const bytes = await renderer.render({ overview, workspace: 'Bench', domains: null });
      assert.ok(bytes.length > 10_000);
    },
    CSV: async () => {
      const overview = await overviews.overview(workspaceId, query);
      let text = '';
      for await (const line of csvRows(...executiveTable(overview))) text += line;
      assert.ok(text.length > 10_000);
    },
  };
  const rows: Row[] = [];
  try {
    for (const [format, make] of Object.entries(formats)) {
      const samples = await timed(RUNS.exports, make);
      rows.push({
        what: `export as ${format}, 90 days, ${kind}, slowest of ${RUNS.exports}`,
        value: Math.max(...samples),
        unit: 'ms',
        against: { what: 'limit', value: LIMIT },
        gate: true,
        details: { samples },
      });
    }
  } finally {
    await renderer.close();
  }
  return rows;
}

/** Customers of two years: each begins once, some pay more later, some leave. */
async function addBusiness(store: Store, { workspaceId, until }: History): Promise<void> {
  const business = new BusinessStore({ store, notify: () => {} });
  const at = (daysAgo: number): string => new Date(until - daysAgo * DAY).toISOString();
  const version = { updatedAt: at(1_000), deleted: false };
  const numbers = Array.from({ length: CUSTOMERS }, (_, index) => index);
  const customers = numbers.map((n) => ({
    ...{ id: `c${n}`, name: `Customer ${n}`, domains: [DOMAINS[n % DOMAINS.length] ?? ''] },
    ...{ createdAt: at(730), plan: null, ...version },
  }));
  const subscriptions = numbers.flatMap((n): SubscriptionTold[] => {
    const change = (daysAgo: number, status: 'active' | 'ended', amountUsd: string) => ({
      ...{ id: `s${n}`, customerId: `c${n}`, status, amountUsd, interval: 'month' as const },
      ...{ changedAt: at(daysAgo), endedAt: null, ...version },
    });
    const begin = 730 - (n % 729);
    return [
      change(begin, 'active', '49'),
      ...(n % 2 === 0 ? [change(begin * 0.7, 'active', '199')] : []),
      ...(n % 3 === 0 ? [change(begin * 0.3, 'ended', '199')] : []),
    ];
  });
  const credits = Array.from({ length: CREDITS }, (_, n) => ({
    ...{ id: `u${n}`, customerId: `c${n % CUSTOMERS}`, kind: 'usage' as const, credits: 1.5 },
    ...{ amountUsd: null, at: at((n * 180) / CREDITS), ...version },
  }));
  const spend = [{ id: 'ads', from: at(730), to: at(-30), amountUsd: '730000', ...version }];
  const nothing = { customers: [], subscriptions: [], spend: [], credits: [] };
  for (const [kind, records] of Object.entries({ customers, subscriptions, spend, credits })) {
    for (let from = 0; from < records.length; from += 1_000) {
      await business.ingest(workspaceId, { ...nothing, [kind]: records.slice(from, from + 1_000) });
    }
  }
}

/** What the raw way tells, of an overview. */
function rawOf(overview: ExecutiveOverview): RawExecutive {
  const { userMetrics, executionMetrics, businessMetrics, agentMetrics, topUsers, trends } =
    overview;
  assert.ok(userMetrics && executionMetrics && businessMetrics && agentMetrics && topUsers);
  const { dau, wau, mau, active, churned } = userMetrics;
  const { total, completed, failed } = executionMetrics;
  return {
    users: { dau, wau, mau, active, churned: churned ?? 0 },
    runs: { total, completed, failed },
    agents: agentMetrics.topAgents.map(({ name, total: n, completed: ok }) => ({
      ...{ name, total: n, completed: ok },
    })),
    topUsers,
    days: (trends.errors ?? []).map(({ at, requests, errors }, index) => ({
      ...{ requests, errors, users: trends.users?.[index]?.active ?? 0, at },
      runs: trends.executions?.[index]?.total ?? 0,
    })),
    annualUsd: Number(businessMetrics.arrUsd),
    paid: businessMetrics.paidCustomers ?? 0,
    creditsUsed: executionMetrics.creditsUsed ?? 0,
  };
}
