/** What an admin should look at: simple rules, explained in `docs/admin-dashboard.md`. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { pageOf, seek, type Page, type PageQuery, type SortKey } from '../../database/pages.ts';
import type { Span } from '../../time/period.ts';
import { time } from '../../database/batch-columns.ts';

export interface Unusual {
  rule:
    'failed_logins' | 'refused_tokens' | 'reused_token' | 'new_login_address' | 'new_key_address';
  at: string;
  /** As in the tables; empty: nobody that is known. */
  subject: string;
  address: string | null;
  detail: string;
}

/** Within a quarter of an hour, of one account or from one address. */
const FAILED_LOGINS = 5;
const REFUSED_TOKENS = 20;

interface Row {
  rule: Unusual['rule'];
  at: Date;
  subject: string;
  address: string;
  n: number;
}

/** The latest first. */
const ORDER: readonly SortKey[] = [
  { value: sql.ref('at'), type: 'timestamptz', order: 'desc' },
  { value: sql.ref('rule'), type: 'text', order: 'asc' },
  { value: sql.ref('subject'), type: 'text', order: 'asc' },
  { value: sql.ref('address'), type: 'text', order: 'asc' },
];

export interface UnusualPage extends Page<Unusual> {
  /** How many there are. */
  count: number;
}

export async function unusualIn(
  ws: WorkspaceTx,
  { from, to }: Span,
  page: PageQuery,
): Promise<UnusualPage> {
  const events = sql`security_events where ${ws.of()}
    and minute >= ${time(from)} and minute < ${time(to)}`;
  const quarter = sql`date_bin('15 minutes', minute, timestamptz '2000-01-01T00:00:00Z')`;
  const since = sql`${ws.of('a.workspace_id')}
    and a.first_at >= ${time(from)} and a.first_at < ${time(to)}`;
  const { isBeyond, inOrder } = seek(ORDER, page.from);
  const { rows } = await sql<Row & { place: number | null; count: number }>`
    with found as materialized (
      select 'failed_logins' as rule, max(last_at) as at, subject, '' as address, sum(n)::bigint as n
      from ${events} and kind = 'login' and subject <> ''
      group by subject, ${quarter} having sum(n) >= ${FAILED_LOGINS}
      union all
      select 'failed_logins', max(last_at), '', address, sum(n)::bigint
      from ${events} and kind = 'login' and address <> ''
      group by address, ${quarter} having sum(n) >= ${FAILED_LOGINS}
      union all
      select 'refused_tokens', max(last_at), '', address, sum(n)::bigint
      from ${events} and kind = 'token' and reason <> 'expired'
      group by address, ${quarter} having sum(n) >= ${REFUSED_TOKENS}
      union all
      select 'reused_token', last_at, subject, address, n
      from ${events} and kind = 'token' and reason = 'reused'
      union all
      select case when a.subject like 'key:%' then 'new_key_address' else 'new_login_address' end,
        a.first_at, a.subject, a.network, 0
      from known_addresses a where ${since} and exists (
        select from known_addresses earlier
        where ${ws.of('earlier.workspace_id')} and earlier.subject = a.subject
          and earlier.first_at < a.first_at
      )
    )
    select c.n as count, p.* from (select count(*) as n from found) c
    left join (
      select *, row_number() over (${inOrder}) as place from found
      where ${isBeyond} ${inOrder} limit ${page.limit + 1}
    ) p on true order by p.place`.execute(ws.tx);
  const placed = rows.filter(({ place }) => place !== null);
  const { entries, ...around } = pageOf(placed, page, ({ rule, at, subject, address }) => [
    at.toISOString(),
    rule,
    subject,
    address,
  ]);
  return {
    ...around,
    entries: entries.map(({ rule, at, subject, address, n }) => ({
      rule,
      at: at.toISOString(),
      subject,
      address: address || null,
      detail: DETAILS[rule](n),
    })),
    count: rows[0]?.count ?? 0,
  };
}

const DETAILS: Record<Unusual['rule'], (n: number) => string> = {
  failed_logins: (n) => `${n} failed logins within 15 minutes.`,
  refused_tokens: (n) => `${n} refused tokens within 15 minutes.`,
  reused_token: () => 'A refresh token was used twice: its session was ended.',
  new_login_address: () => 'First login of this account from this address.',
  new_key_address: () => 'First use of this key from this address.',
};
