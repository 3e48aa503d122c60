/** Keeps `provider_calls` current: when each provider last answered and last failed, by domain. */
import { sql, type Selectable } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { ProviderCallTable } from '../schema/admin.ts';
import { namesOf, overwrite, timeOrNull, unnest, type Column } from '../unnest.ts';
import { cleanText } from './clean.ts';
import type { CountedRequest, NewRequest, RequestChanges } from './requests.ts';

interface Place {
  domain: string;
  provider: string;
}

/** Of failures, the latest; of those of one moment, the larger key. */
interface Failure {
  at: number;
  key: string;
  type: string | null;
  message: string | null;
}

interface Calls extends Place {
  successAt: number | null;
  failure: Failure | null;
}

interface Change extends Place {
  added: NewRequest[];
  removed: CountedRequest[];
}

/** Runs after the requests are written: where the last of a kind is gone, they tell the one before. */
export async function updateProviders(ws: WorkspaceTx, changes: RequestChanges): Promise<void> {
  const touched = new Map<string, Change>();
  const changeOf = ({ domain, provider }: CountedRequest): Change | null => {
    if (provider === null || provider === '') return null;
    const change = touched.get(idOf({ domain, provider })) ?? {
      ...{ domain, provider },
      ...{ added: [], removed: [] },
    };
    touched.set(idOf(change), change);
    return change;
  };
  for (const request of changes.added) changeOf(request)?.added.push(request);
  for (const request of changes.removed) changeOf(request)?.removed.push(request);
  if (touched.size === 0) return;

  const stored = await load(ws, [...touched.values()]);
  const isRagged = ({ removed, ...place }: Change): boolean => {
    const before = stored.get(idOf(place));
    return removed.some(({ failed, key, startedAt }) =>
      failed ? key === before?.failure?.key : startedAt === before?.successAt,
    );
  };
  const found = await findLast(ws, [...touched.values()].filter(isRagged));
  const saved: Calls[] = [];
  const gone: Place[] = [];
  for (const [id, change] of touched) {
    const before = stored.get(id) ?? null;
    const after = extend(found.get(id) ?? before, change);
    if (after.successAt !== null || after.failure !== null) saved.push(after);
    else if (before) gone.push(change);
  }
  await save(ws, saved, gone);
}

const idOf = ({ domain, provider }: Place): string => JSON.stringify([domain, provider]);

function extend(known: Calls | null, { domain, provider, added }: Change): Calls {
  let successAt = known?.successAt ?? null;
  let failure = known?.failure ?? null;
  for (const { failed, startedAt: at, key, errorType: type, record } of added) {
    if (!failed) {
      successAt = Math.max(successAt ?? at, at);
    } else if (!failure || at > failure.at || (at === failure.at && key > failure.key)) {
      const message = record.error?.message ?? null;
      failure = { at, key, type, message: message === null ? null : cleanText(message) };
    }
  }
  return { domain, provider, successAt, failure };
}

const placeColumns: readonly Column<Place>[] = [
  ['domain', 'text', ({ domain }) => domain],
  ['provider', 'text', ({ provider }) => provider],
];

const isIn = (places: readonly Place[]) =>
  sql<boolean>`(domain, provider) in (select v.* from ${unnest(placeColumns, places)})`;

type Row = Omit<Selectable<ProviderCallTable>, 'workspace_id'>;

const fromRow = (row: Row): Calls => ({
  domain: row.domain,
  provider: row.provider,
  successAt: row.success_at?.getTime() ?? null,
  failure: row.error_at && {
    at: row.error_at.getTime(),
    key: row.error_key ?? '',
    type: row.error_type,
    message: row.error_message,
  },
});

const byPlace = (rows: readonly Row[]): Map<string, Calls> =>
  new Map(rows.map((row) => [idOf(row), fromRow(row)]));

async function load(ws: WorkspaceTx, places: readonly Place[]): Promise<Map<string, Calls>> {
  const { rows } = await sql<Row>`
    select domain, provider, success_at, error_at, error_key, error_type, error_message
    from provider_calls where ${ws.of()} and ${isIn(places)}`.execute(ws.tx);
  return byPlace(rows);
}

/** The last calls of these, as the table has them now: read from the newest back. */
async function findLast(ws: WorkspaceTx, places: readonly Place[]): Promise<Map<string, Calls>> {
  if (places.length === 0) return new Map();
  const mine = sql`${ws.of('r.workspace_id')} and r.domain = v.domain and r.provider = v.provider`;
  const { rows } = await sql<Row>`
    select v.domain, v.provider, success.success_at, failure.*
    from ${unnest(placeColumns, places)}
    left join lateral (
      select r.started_at as success_at from requests r
      where ${mine} and r.error_type is null order by r.started_at desc limit 1
    ) success on true
    left join lateral (
      select r.started_at as error_at, r.key as error_key, r.error_type, r.error_message
      from requests r where ${mine} and r.error_type is not null
      order by r.started_at desc, r.key collate "C" desc limit 1
    ) failure on true`.execute(ws.tx);
  return byPlace(rows);
}

const columns: readonly Column<Calls>[] = [
  ...placeColumns,
  ['success_at', 'timestamptz', ({ successAt }) => timeOrNull(successAt)],
  ['error_at', 'timestamptz', ({ failure }) => timeOrNull(failure?.at ?? null)],
  ['error_key', 'text', ({ failure }) => failure?.key ?? null],
  ['error_type', 'text', ({ failure }) => failure?.type ?? null],
  ['error_message', 'text', ({ failure }) => failure?.message ?? null],
];

async function save(
  ws: WorkspaceTx,
  saved: readonly Calls[],
  gone: readonly Place[],
): Promise<void> {
  if (saved.length > 0) {
    await sql`insert into provider_calls (workspace_id, ${namesOf(columns)})
      select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, saved)}
      on conflict (workspace_id, domain, provider) do update set ${overwrite(columns)}`.execute(
      ws.tx,
    );
  }
  if (gone.length > 0) {
    await sql`delete from provider_calls where ${ws.of()} and ${isIn(gone)}`.execute(ws.tx);
  }
}
