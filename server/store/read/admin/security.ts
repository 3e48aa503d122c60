/** Refused logins and tokens, the use of keys, and what is unusual, for a workspace's admins. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../../database/database.ts';
import {
  fittingGranularity,
  intervalsOf,
  type Interval,
  type Period,
  type Span,
} from '../../time/period.ts';
import { coverageOf } from '../../time/coverage.ts';
import type { Role } from '../../database/schema/tenancy.ts';
import { told } from '../../rollups/query.ts';
import type { Unavailable } from '../../rollups/query.ts';
import { time, unnest } from '../../database/batch-columns.ts';
import { DAY, MINUTE } from '../../time/zones.ts';
import { SECURITY_DAYS } from '../../audit/security-log.ts';
import { isIn } from '../../to-contract/key.ts';
import { unusualIn } from './unusual.ts';

export interface Subject {
  kind: 'account' | 'key';
  id: string;
  /** An email, or a key's name; `null` where it is gone. */
  name: string | null;
}

interface Counted {
  count: number;
  lastAt: string;
}

export interface Refusals {
  total: number;
  byReason: (Counted & { name: string })[];
  bySubject: (Counted & { subject: Subject | null })[];
  byAddress: (Counted & { name: string | null })[];
}

export type AdminSecurity = Schemas['AdminSecurity'];

type Kind = 'login' | 'token';

const TOP = 20;
const LATEST = 50;
const KEYS = 200;
const UNUSUAL = 50;

export class SecurityStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Where what is kept begins, for `timeframe=all`; epoch ms. */
  begin(workspaceId: string): Promise<number | null> {
    return this.#store.inSnapshot(workspaceId, async ({ tx, of }) => {
      const row = await tx
        .selectFrom('security_events')
        .select(({ fn }) => fn.min<Date | null>('minute').as('minute'))
        .where(of())
        .executeTakeFirst();
      return row?.minute?.getTime() ?? null;
    });
  }

  /** @param now epoch ms */
  overview(workspaceId: string, period: Period, now: number): Promise<AdminSecurity> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const span = keptSpan(period, now);
      const granularity = fittingGranularity(span);
      const tops = await topsOf(ws, span);
      const latest = await latestOf(ws, span);
      const { entries: unusual } = await unusualIn(ws, span, { from: null, limit: UNUSUAL });
      const subjects = [
        ...tops.flatMap(({ by, name }) => (by === 'subject' ? name : [])),
        ...latest.map(({ subject }) => subject),
        ...unusual.map(({ subject }) => subject),
      ];
      const subjectOf = await subjectsOf(ws, subjects);
      const keys = await keysOf(ws, now);
      return {
        period: told(period),
        failedLogins: refusalsOf('login', tops, subjectOf),
        refusedTokens: refusalsOf('token', tops, subjectOf),
        granularity,
        timeline: await timelineOf(ws, span, intervalsOf({ ...period, ...span }, granularity), now),
        latest: latest.map(({ subject, ...event }) => ({ ...event, subject: subjectOf(subject) })),
        keys: keys.slice(0, KEYS),
        keysTruncated: keys.length > KEYS,
        unusual: unusual.map(({ subject, ...rest }) => ({ ...rest, subject: subjectOf(subject) })),
        unavailable: missingOf(period, now, REFUSED),
      };
    });
  }
}

const REFUSED = ['failedLogins', 'refusedTokens', 'timeline', 'latest', 'unusual'];

/** Since when refusals are kept; epoch ms. */
const keptSince = (now: number): number => now - SECURITY_DAYS * DAY;

/**
 * The part of a period of which refusals are kept. They are counted by the minute: the one in which
 * the period begins is part of it.
 */
export function keptSpan(period: Span, now: number): Span {
  const from = Math.floor(Math.max(period.from, keptSince(now)) / MINUTE) * MINUTE;
  return { from, to: Math.max(from, Math.min(period.to, now + MINUTE)) };
}

/** Which parts of an answer leave out what isn't kept any more. */
export function missingOf(period: Period, now: number, paths: readonly string[]): Unavailable[] {
  if (period.all || period.from >= keptSince(now)) return [];
  const since = new Date(keptSince(now)).toISOString();
  const reason = `Security events are kept for ${SECURITY_DAYS} days: events before ${since} are not included.`;
  return paths.map((path) => ({ path, reason }));
}

export const within = (ws: WorkspaceTx, { from, to }: Span) =>
  sql`${ws.of()} and minute >= ${time(from)} and minute < ${time(to)}`;

/** Of each kind: by reason, subject and address what there is most of, and all of it (`total`). */
interface Top {
  kind: Kind;
  by: 'reason' | 'subject' | 'address' | 'total';
  name: string;
  n: number;
  last_at: Date;
}

async function topsOf(ws: WorkspaceTx, span: Span): Promise<Top[]> {
  const { rows } = await sql<Top>`
    select kind, by, name, n, last_at from (
      select kind,
        case when grouping(reason) = 0 then 'reason' when grouping(subject) = 0 then 'subject'
          when grouping(address) = 0 then 'address' else 'total' end as by,
        coalesce(reason, subject, address, '') as name,
        sum(n)::bigint as n, max(last_at) as last_at,
        row_number() over (
          partition by kind, grouping(reason), grouping(subject), grouping(address)
          order by sum(n) desc, max(last_at) desc
        ) as place
      from security_events where ${within(ws, span)}
      group by grouping sets ((kind), (kind, reason), (kind, subject), (kind, address))
    ) ranked where place <= ${TOP} order by n desc, name`.execute(ws.tx);
  return rows;
}

function refusalsOf(
  kind: Kind,
  tops: readonly Top[],
  subjectOf: (subject: string) => Subject | null,
): Refusals {
  const by = (what: Top['by']) => tops.filter((top) => top.kind === kind && top.by === what);
  const counted = ({ n, last_at }: Top) => ({ count: n, lastAt: last_at.toISOString() });
  return {
    total: by('total')[0]?.n ?? 0,
    byReason: by('reason').map((top) => ({ name: top.name, ...counted(top) })),
    bySubject: by('subject').map((top) => ({ subject: subjectOf(top.name), ...counted(top) })),
    byAddress: by('address').map((top) => ({ name: top.name || null, ...counted(top) })),
  };
}

async function timelineOf(
  ws: WorkspaceTx,
  span: Span,
  intervals: readonly Interval[],
  now: number,
): Promise<AdminSecurity['timeline']> {
  const batch = unnest<Interval>(
    [
      ['since', 'timestamptz', (interval) => time(interval.span.from)],
      ['until', 'timestamptz', (interval) => time(interval.span.to)],
    ],
    intervals,
    'p',
  );
  const { rows } = await sql<{ since: Date; logins: number; tokens: number }>`
    select p.since, sum(e.n) filter (where e.kind = 'login')::bigint as logins,
      sum(e.n) filter (where e.kind = 'token')::bigint as tokens
    from ${batch} join security_events e
      on ${ws.of('e.workspace_id')} and e.minute >= p.since and e.minute < p.until
        and e.minute >= ${time(span.from)}
    group by p.since`.execute(ws.tx);
  const found = new Map(rows.map((row) => [row.since.getTime(), row]));
  const data = { first: await watchedSince(ws), now };
  return intervals.map((interval) => {
    const row = found.get(interval.span.from);
    return {
      at: new Date(interval.at).toISOString(),
      ...coverageOf(interval, data, row !== undefined),
      failedLogins: row?.logins ?? 0,
      refusedTokens: row?.tokens ?? 0,
    };
  });
}

/** Since when there is somebody who could be refused; `null`: there is nobody. */
async function watchedSince(ws: WorkspaceTx): Promise<number | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select least(
      (select min(created_at) from accounts where ${ws.of()}),
      (select min(created_at) from api_keys where ${ws.of()}),
      (select min(minute) from security_events where ${ws.of()})
    ) as at`.execute(ws.tx);
  return rows[0]?.at?.getTime() ?? null;
}

async function latestOf(ws: WorkspaceTx, span: Span) {
  const { rows } = await sql<{
    kind: Kind;
    reason: string;
    subject: string;
    address: string;
    n: number;
    last_at: Date;
  }>`select kind, reason, subject, address, n, last_at from security_events
    where ${within(ws, span)} order by minute desc, last_at desc limit ${LATEST}`.execute(ws.tx);
  return rows.map(({ kind, reason, subject, address, n, last_at }) => ({
    at: last_at.toISOString(),
    ...{ kind, reason, subject },
    address: address || null,
    count: n,
  }));
}

/** What subjects are called, by how they are kept: `account:…`, `key:…`; empty: nobody known. */
export async function subjectsOf(
  ws: WorkspaceTx,
  subjects: readonly string[],
): Promise<(subject: string) => Subject | null> {
  const ids = (kind: string) =>
    subjects.filter((it) => it.startsWith(`${kind}:`)).map((it) => it.slice(kind.length + 1));
  const { rows } = await sql<{ subject: string; name: string }>`
    select 'account:' || id as subject, email as name from accounts
      where ${ws.of()} and id = any(${ids('account')}::uuid[])
    union all select 'key:' || id, name from api_keys
      where ${ws.of()} and id = any(${ids('key')}::uuid[])`.execute(ws.tx);
  const names = new Map(rows.map(({ subject, name }) => [subject, name]));
  return (subject) => {
    const [kind, id] = subject.split(':');
    if (!id || (kind !== 'account' && kind !== 'key')) return null;
    return { kind, id, name: names.get(subject) ?? null };
  };
}

/** One more than are told, where there are more. */
async function keysOf(ws: WorkspaceTx, now: number): Promise<AdminSecurity['keys']> {
  const { rows } = await sql<{
    id: string;
    name: string;
    kind: 'ingest' | 'api';
    role: Role | null;
    domains: string[] | null;
    domain: string | null;
    created_at: Date;
    last_used_at: Date | null;
    last_network: string | null;
  }>`select id, name, kind, role, domains, domain, created_at, last_used_at, last_network
    from api_keys where ${ws.of()} and ${isIn('active', now)}
    order by last_used_at desc nulls last, id limit ${KEYS + 1}`.execute(ws.tx);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    role: row.role,
    domains: row.domains,
    domain: row.domain,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    lastAddress: row.last_network,
  }));
}
