/** All of what the overview of security shows the first of, page by page. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../../database/database.ts';
import { pageOf, seek, type Page, type PageQuery, type SortKey } from '../../database/pages.ts';
import type { Period } from '../../time/period.ts';
import { told } from '../../rollups/query.ts';
import { exactly, listed, type Listed } from '../listed.ts';
import { keptSpan, missingOf, subjectsOf, within } from './security.ts';
import { unusualIn } from './unusual.ts';

type Kind = Schemas['RefusalKind'];
type SecurityEvent = Schemas['SecurityEvent'];

export interface SecurityQuery {
  /** As it was on the first page, where its list is one of sums. */
  period: Period;
  /** Epoch ms. */
  now: number;
  page: PageQuery;
}

export class SecurityListStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The most frequent first. */
  refusals(
    workspaceId: string,
    { period, now, page }: SecurityQuery,
    { kind, by }: { kind: Kind | undefined; by: Schemas['RefusalBreakdown'] },
  ): Promise<Listed<Schemas['RefusalPage']>> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const { isBeyond, inOrder } = seek(BY_COUNT, page.from);
      const { rows } = await sql<Counted>`
        with counted as materialized (
          select ${sql.ref(by)} as name, sum(n)::bigint as n, max(last_at) as last_at
          from security_events where ${within(ws, keptSpan(period, now))} and ${ofKind(kind)}
          group by 1
        )
        select whole.names, whole.total, p.* from (
          select count(*) as names, coalesce(sum(n), 0)::bigint as total from counted
        ) whole
        left join (
          select *, row_number() over (${inOrder}) as place from counted
          where ${isBeyond} ${inOrder} limit ${page.limit + 1}
        ) p on true order by p.place`.execute(ws.tx);
      const found = pageOf(
        rows.filter(({ place }) => place !== null),
        page,
        ({ name, n }) => [String(n), name],
      );
      const subjectOf = await subjectsOf(
        ws,
        by === 'subject' ? found.entries.map(({ name }) => name) : [],
      );
      return listed<Schemas['RefusalPage']>(period, found, {
        period: told(period),
        total: rows[0]?.total ?? 0,
        data: found.entries.map(({ name, n, last_at }) => ({
          name: by === 'subject' ? null : name || null,
          subject: by === 'subject' ? subjectOf(name) : null,
          count: n,
          lastAt: last_at.toISOString(),
        })),
        count: exactly(rows[0]?.names ?? 0),
        unavailable: missingOf(period, now, ['data']),
      });
    });
  }

  /** The latest minute first. */
  events(
    workspaceId: string,
    { period, now, page }: SecurityQuery,
    { kind }: { kind: Kind | undefined },
  ): Promise<Page<SecurityEvent> & Pick<Schemas['SecurityEventPage'], 'unavailable'>> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const { isBeyond, inOrder } = seek(BY_MINUTE, page.from);
      const { rows } = await sql<Event>`
        select minute, kind, reason, subject, address, n, last_at from security_events
        where ${within(ws, keptSpan(period, now))} and ${ofKind(kind)} and ${isBeyond}
        ${inOrder} limit ${page.limit + 1}`.execute(ws.tx);
      const { entries, ...around } = pageOf(rows, page, (row) => [
        row.minute.toISOString(),
        row.kind,
        row.reason,
        row.subject,
        row.address,
      ]);
      return {
        ...around,
        entries: await described(ws, entries),
        unavailable: missingOf(period, now, ['data']),
      };
    });
  }

  /** The latest first. */
  unusual(
    workspaceId: string,
    { period, now, page }: SecurityQuery,
  ): Promise<Listed<Schemas['UnusualEventPage']>> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const found = await unusualIn(ws, keptSpan(period, now), page);
      const subjectOf = await subjectsOf(
        ws,
        found.entries.map(({ subject }) => subject),
      );
      return listed<Schemas['UnusualEventPage']>(period, found, {
        period: told(period),
        data: found.entries.map(({ subject, ...rest }) => ({
          ...rest,
          subject: subjectOf(subject),
        })),
        count: exactly(found.count),
        unavailable: missingOf(period, now, ['data']),
      });
    });
  }
}

interface Counted {
  name: string;
  n: number;
  last_at: Date;
  place: number | null;
  names: number;
  total: number;
}

interface Event {
  minute: Date;
  kind: Kind;
  reason: string;
  subject: string;
  address: string;
  n: number;
  last_at: Date;
}

const BY_COUNT: readonly SortKey[] = [
  { value: sql.ref('n'), type: 'bigint', order: 'desc' },
  { value: sql.ref('name'), type: 'text', order: 'asc' },
];

/** As the table's key is: what tells two events apart. */
const BY_MINUTE: readonly SortKey[] = [
  { value: sql.ref('minute'), type: 'timestamptz', order: 'desc' },
  { value: sql.ref('kind'), type: 'text', order: 'desc' },
  { value: sql.ref('reason'), type: 'text', order: 'desc' },
  { value: sql.ref('subject'), type: 'text', order: 'desc' },
  { value: sql.ref('address'), type: 'text', order: 'desc' },
];

const ofKind = (kind: Kind | undefined) => (kind === undefined ? sql`true` : sql`kind = ${kind}`);

async function described(ws: WorkspaceTx, events: readonly Event[]): Promise<SecurityEvent[]> {
  const subjectOf = await subjectsOf(
    ws,
    events.map(({ subject }) => subject),
  );
  return events.map(({ kind, reason, subject, address, n, last_at }) => ({
    at: last_at.toISOString(),
    kind,
    reason,
    subject: subjectOf(subject),
    address: address || null,
    count: n,
  }));
}
