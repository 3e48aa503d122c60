/** Every statistic from rollups, against well-indexed SQL on the rows. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../../server/store/database/database.ts';
import { plainUsd } from '../../server/store/rollups/money.ts';
import { before, type Span } from '../../server/store/time/period.ts';
import type { Figures } from '../../server/store/read/stats/figures.ts';
import { statsOf } from '../../server/store/read/stats.ts';
import { DAY } from '../../server/store/time/zones.ts';
import { breakdowns, TIMEZONE, type Breakdown } from './breakdowns.ts';
import { checkHistory } from './history-check.ts';
import { DOMAINS, makeHistory, type History } from './history.ts';
import { median, timed, type Context, type Row } from './measure.ts';
import { rawTotals, type RawEntry } from './raw-breakdowns.ts';
import { indexRows, rawOverview, rawTimeline, type RawFigures } from './raw.ts';
import { onEachDatabase, type DatabaseKind } from './service.ts';

/** How often each question is asked; before that once, unmeasured. */
const RUNS = { rollups: 9, rows: 3 };

export const statistics = (context: Context): Promise<Row[]> =>
  onEachDatabase((store, kind) => measure(store, kind, context));

async function measure(store: Store, kind: DatabaseKind, { size, say }: Context): Promise<Row[]> {
  say(`${size.requests} requests, ${kind}: making them`);
  const history = await makeHistory(store, size.requests);
  await checkHistory(store, history);
  await indexRows(store);
  await store.exec('vacuum (analyze)');
  const rows: Row[] = [];
  for (const question of questions(store, history)) {
    say(`${question.name}, ${kind}`);
    rows.push(await compare(question, `${question.name}, ${kind}`));
  }
  const stats = statsOf(store);
  for (const breakdown of breakdowns(stats, history)) {
    const what = breakdown.name.includes('days') ? breakdown.name : `${breakdown.name}, 90 days`;
    say(`${what}, ${kind}`);
    rows.push(await compareEntries(store, history, breakdown, `${what}, ${kind}`));
  }
  return rows;
}

interface Question {
  name: string;
  rollups: () => Promise<Told[]>;
  rows: () => Promise<Told[]>;
}

/** What both ways have to tell alike; the latencies to within 2 %. */
type Told = RawFigures | Partial<RawFigures> | RawEntry;

async function compare({ rollups, rows }: Question, what: string): Promise<Row> {
  const [fromRollups, fromRows] = [await rollups(), await rows()];
  assertAlike(fromRollups, fromRows, what);
  return measured(what, rollups, rows, {
    requests: fromRows.reduce((n, it) => n + (it.requests ?? 0), 0),
  });
}

async function compareEntries(
  store: Store,
  { workspaceId }: History,
  { rollups, rows }: Breakdown,
  what: string,
): Promise<Row> {
  const fromRows = () => onRows(store, workspaceId, rows);
  const [told, expected] = [await rollups(), await fromRows()];
  // The two need not tell them in the same order.
  const sorted = (entries: readonly RawEntry[]) =>
    entries
      .map(({ at = 0, ...entry }) => ({ ...entry, at: new Date(at).toISOString() }))
      .sort((a, b) => `${a.label} ${a.at}`.localeCompare(`${b.label} ${b.at}`));
  assertAlike(sorted(told), sorted(expected), what);
  return measured(what, rollups, fromRows, { entries: told.length });
}

async function measured(
  what: string,
  rollups: () => Promise<unknown>,
  rows: () => Promise<unknown>,
  details: Record<string, unknown>,
): Promise<Row> {
  const rollupMs = await timed(RUNS.rollups, rollups);
  const rowMs = await timed(RUNS.rows, rows);
  return {
    what: `${what}, p50`,
    value: median(rollupMs),
    unit: 'ms',
    against: { what: 'SQL on the rows', value: median(rowMs) },
    details: { rollupMs, rowMs, ...details },
  };
}

function onRows<T>(
  store: Store,
  workspaceId: string,
  work: (ws: WorkspaceTx) => Promise<T>,
): Promise<T> {
  return store.inWorkspace(workspaceId, async (ws) => {
    // It may take longer than a request of the service ever may.
    await sql`select set_config('statement_timeout', '0', true)`.execute(ws.tx);
    return work(ws);
  });
}

function* questions(store: Store, { workspaceId, until: now }: History): Generator<Question> {
  const stats = statsOf(store);
  const ofRows = <T>(work: (ws: WorkspaceTx) => Promise<T>): Promise<T> =>
    onRows(store, workspaceId, work);
  for (const days of [30, 90] as const) {
    const span: Span = { from: now - days * DAY, to: now };
    for (const domains of [null, DOMAINS.slice(0, 1)]) {
      const query = { domains, now, timeframe: `${days}d` as const, timezone: TIMEZONE };
      const where = `${days} days, ${domains ? 'one domain' : 'all domains'}`;
      yield {
        name: `overview, ${where}`,
        rollups: async () => {
          const { users, ...figures } = await stats.overview(workspaceId, query);
          return [{ ...rawOf(figures), users: users.active, newUsers: users.new }];
        },
        // Both periods, as the answer tells the change between them, and what stands beside them.
        rows: () =>
          ofRows(async (ws) => {
            await rawTotals(ws, now, domains, TIMEZONE);
            return (await rawOverview(ws, [span, before(span)], domains)).slice(0, 1);
          }),
      };
      yield {
        name: `timeline by day, ${where}`,
        rollups: async () => {
          const timeline = { ...query, granularity: 'day' as const };
          const { points } = await stats.timeline(workspaceId, timeline);
          return points.map(rawOf);
        },
        rows: async () => {
          const found = await ofRows((ws) => rawTimeline(ws, span, domains, TIMEZONE));
          return [...found].sort(([a], [b]) => a.localeCompare(b)).map(([, point]) => point);
        },
      };
    }
  }
}

function rawOf(figures: Omit<Figures, 'executions'> & { executions: Figures['executions'] }) {
  const { requests, errors, tokens, cost, latencyMs, executions, conversations } = figures;
  return {
    requests,
    errors,
    input: tokens.input,
    output: tokens.output,
    cost: cost.usd,
    unpriced: cost.unpricedRequests,
    latencies: [latencyMs.p50, latencyMs.p95, latencyMs.p99].map(Number),
    executions: executions.total,
    completed: executions.completed,
    conversations,
  };
}

/** A sketch's error (see sketch.ts), and the last digit that is shown of it. */
const SKETCH_ERROR = 0.0201;

function assertAlike(rollups: readonly Told[], rows: readonly Told[], what: string): void {
  assert.equal(rollups.length, rows.length, what);
  for (const [index, told] of rollups.entries()) {
    const { latencies = [], cost: usd = '0', ...counts } = told;
    const { latencies: exact = [], cost = '0', ...expected } = rows[index] ?? {};
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
      assert.equal(counts[name], expected[name], `${what}: ${name} of ${index}`);
    }
    assert.equal(plainUsd(usd), plainUsd(cost), `${what}: cost of ${index}`);
    for (const [place, value] of latencies.entries()) {
      const right = exact[place] ?? Number.NaN;
      const off = Math.abs(value - right) / right;
      assert.ok(off <= SKETCH_ERROR, `${what}: ${value} ms of ${index} should be ${right}`);
    }
  }
}
