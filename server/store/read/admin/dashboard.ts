/** The numbers at the top of the dashboard. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../../database/database.ts';
import { resolvePeriod, withData, type Span } from '../../time/period.ts';
import type { Severity } from '../../../model/error.ts';
import {
  acrossWindows,
  isAmong,
  LEVELS,
  rollupWindows,
  within,
  type Domains,
} from '../../rollups/windows.ts';
import { firstDataAt } from '../../rollups/first-data.ts';
import { lackOf } from '../../time/coverage.ts';
import { sumsOf } from '../../rollups/sums.ts';
import { time } from '../../database/batch-columns.ts';
import { DAY, HOUR } from '../../time/zones.ts';
import { countsOf } from './error-store.ts';
import { ACTIVE_MS } from './queries.ts';

interface Share {
  requests: number;
  share: number;
}

export type AdminStats = Schemas['AdminStats'];

/** What is good is good from here on. */
const GOOD = 0.8;
const WARNING = 0.6;

const MODELS = 20;
const TYPES = 10;

export class DashboardStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * @param timezone of whoever asks: where their today begins
   * @throws PeriodError
   */
  stats(
    workspaceId: string,
    { domains, timezone, now }: { domains: Domains; timezone: string | undefined; now: number },
  ): Promise<AdminStats> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const today = resolvePeriod({ timeframe: 'today', timezone }, now, now);
      const day = withData({ from: now - DAY, to: now }, now);
      const [ofToday, ofDay] = await sumsOf(ws, [withData(today, now), day], domains);
      const lack = lackOf(now - 14 * DAY, await firstDataAt(ws, domains));
      const counted = await usersOf(ws, domains, now);
      const users = lack === null ? counted : { ...counted, growth: null };
      const { completed = 0, failed = 0 } = ofDay ?? {};
      const rate = completed + failed === 0 ? null : completed / (completed + failed);
      const unavailable = [
        ...(users.growth === null
          ? [{ path: 'users.growth', reason: lack ?? 'There were no users 7 days ago.' }]
          : []),
        ...(rate === null
          ? [{ path: 'success.rate', reason: 'No execution has ended in the last 24 hours.' }]
          : []),
      ];
      return {
        at: new Date(now).toISOString(),
        timezone: today.timezone,
        users,
        sessions: { active: await activeSessions(ws, domains, now) },
        executionsToday: {
          total: ofToday?.executions ?? 0,
          completed: ofToday?.completed ?? 0,
          failed: ofToday?.failed ?? 0,
          running: ofToday?.running ?? 0,
          abandoned: ofToday?.abandoned ?? 0,
        },
        success: { rate, completed, failed, band: rate === null ? null : bandOf(rate) },
        ...(await modelsOf(ws, day, domains)),
        errors: await errorsOf(ws, withData({ from: now - HOUR, to: now }, now), domains),
        unavailable,
      };
    });
  }
}

/** How good a success rate is. */
function bandOf(rate: number): 'good' | 'warning' | 'critical' {
  return rate >= GOOD ? 'good' : rate >= WARNING ? 'warning' : 'critical';
}

/** A user of several domains is one, new when it was first seen in any of those asked for. */
async function usersOf(
  ws: WorkspaceTx,
  domains: Domains,
  now: number,
): Promise<AdminStats['users']> {
  const { rows } = await sql<{ total: number; new7d: number }>`
    select count(*) as total, count(*) filter (where first_at >= ${time(now - 7 * DAY)}) as new7d
    from (
      select user_id, min(first_at) as first_at from users
      where ${ws.of()} and ${isAmong(domains)} group by user_id
    ) seen`.execute(ws.tx);
  const { total = 0, new7d = 0 } = rows[0] ?? {};
  return { total, new7d, growth: total === new7d ? null : new7d / (total - new7d) };
}

async function activeSessions(ws: WorkspaceTx, domains: Domains, now: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from cli_sessions
    where ${ws.of()} and last_event_at > ${time(now - ACTIVE_MS)}
      and ${isAmong(domains)}`.execute(ws.tx);
  return rows[0]?.n ?? 0;
}

async function modelsOf(
  ws: WorkspaceTx,
  span: Span,
  domains: Domains,
): Promise<Pick<AdminStats, 'models' | 'otherModels'>> {
  const query = acrossWindows(rollupWindows([span], LEVELS), (grain) =>
    grain === 0
      ? sql`select t.model, count(*) as requests from requests t
          where ${within(ws, domains, 'started_at')} group by 1`
      : sql`select t.model, sum(t.requests)::bigint as requests from model_sums t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')} group by 1`,
  );
  if (!query) return { models: [], otherModels: { requests: 0, share: 0 } };
  const { rows } = await sql<{ model: string; requests: number; total: number }>`
    select model, sum(requests)::bigint as requests, sum(sum(requests)) over ()::bigint as total
    from (${query}) windows group by model having sum(requests) > 0
    order by 2 desc, model limit ${MODELS}`.execute(ws.tx);
  const total = rows[0]?.total ?? 0;
  const shareOf = (requests: number): Share => ({
    requests,
    share: total === 0 ? 0 : requests / total,
  });
  const models = rows.map(({ model, requests }) => ({ model, ...shareOf(requests) }));
  const listed = models.reduce((sum, { requests }) => sum + requests, 0);
  return { models, otherModels: shareOf(total - listed) };
}

async function errorsOf(
  ws: WorkspaceTx,
  span: Span,
  domains: Domains,
): Promise<AdminStats['errors']> {
  const bySeverity = { warning: 0, error: 0, critical: 0 };
  const counts = countsOf(ws, span, { domains });
  if (!counts) return { total: 0, bySeverity, byType: [] };
  const { rows } = await sql<{ type: string; severity: Severity; n: number }>`
    select g.type, c.severity, sum(c.n)::bigint as n from (${counts}) c
    join error_groups g on ${ws.of('g.workspace_id')} and g.fingerprint = c.fingerprint
    group by 1, 2`.execute(ws.tx);
  const byType = new Map<string, { type: string; count: number; severity: Severity }>();
  for (const { type, severity, n } of rows) {
    bySeverity[severity] += n;
    const known = byType.get(type) ?? { type, count: 0, severity };
    const isWorse = ORDER.indexOf(severity) > ORDER.indexOf(known.severity);
    const worst = isWorse ? severity : known.severity;
    byType.set(type, { type, count: known.count + n, severity: worst });
  }
  return {
    total: bySeverity.warning + bySeverity.error + bySeverity.critical,
    bySeverity,
    byType: [...byType.values()]
      .sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1))
      .slice(0, TYPES),
  };
}

const ORDER: readonly Severity[] = ['warning', 'error', 'critical'];
