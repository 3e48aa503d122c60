/** Keeps `provider_calls` current: when each provider last answered and last failed, by domain. */
import { sql, type Selectable } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import type { ProviderCallTable } from '../database/schema/admin.ts';
import { namesOf, overwrite, timeOrNull, unnest, type Column } from '../database/batch-columns.ts';
import { cleanText } from '../database/clean.ts';
import type { CountedRequest } from '../rollups/counted.ts';
import type { NewRequest, RequestChanges } from './requests.ts';

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
  const changed = [...touched].map(([id, change]) => {
    const before = stored.get(id) ?? null;
    return { id, change, before, lost: lostBy(change, before) };
  });
  const losing = (kind: keyof Lost): Change[] =>
    changed.flatMap(({ change, lost }) => (lost[kind] ? [change] : []));
  const successes = await lastSuccesses(ws, losing('success'));
  const failures = await lastFailures(ws, losing('failure'));
  const saved: Calls[] = [];
  const gone: Place[] = [];
  for (const { id, change, before, lost } of changed) {
    const after = extend(change, {
      successAt: (lost.success ? successes.get(id) : before?.successAt) ?? null,
      failure: (lost.failure ? failures.get(id) : before?.failure) ?? null,
    });
    if (after.successAt !== null || after.failure !== null) saved.push(after);
    else if (before) gone.push(change);
  }
  await save(ws, saved, gone);
}

const idOf = ({ domain, provider }: Place): string => JSON.stringify([domain, provider]);

interface Lost {
  success: boolean;
  failure: boolean;
}

/**
 * Which of the calls that are stored as the last ones have gone. Mostly a row is replaced by one
 * of the same moment: nothing is to be looked for then.
 */
function lostBy(change: Change, before: Calls | null): Lost {
  const { successAt = null, failure = null } = before ?? {};
  const added = extend(change, { successAt: null, failure: null });
  return {
    success:
      change.removed.some(({ failed, startedAt }) => !failed && startedAt === successAt) &&
      !(Number(added.successAt) >= Number(successAt)),
    failure:
      change.removed.some(({ failed, key }) => failed && key === failure?.key) &&
      !(added.failure && failure && isLast(added.failure, failure)),
  };
}

function extend(
  { domain, provider, added }: Change,
  known: Pick<Calls, 'successAt' | 'failure'>,
): Calls {
  let { successAt, failure } = known;
  for (const { failed, startedAt: at, key, errorType: type, record } of added) {
    if (!failed) {
      successAt = Math.max(successAt ?? at, at);
    } else if (!failure || isLast({ at, key }, failure)) {
      const message = record.error?.message ?? null;
      failure = { at, key, type, message: message === null ? null : cleanText(message) };
    }
  }
  return { domain, provider, successAt, failure };
}

/** Whether a failure is later than another one, or is this one told again. */
const isLast = (a: Pick<Failure, 'at' | 'key'>, b: Failure): boolean =>
  a.at > b.at || (a.at === b.at && a.key >= b.key);

const placeColumns: readonly Column<Place>[] = [
  ['domain', 'text', ({ domain }) => domain],
  ['provider', 'text', ({ provider }) => provider],
];

const isIn = (places: readonly Place[]) =>
  sql<boolean>`(domain, provider) in (select v.* from ${unnest(placeColumns, places)})`;

type Row = Omit<Selectable<ProviderCallTable>, 'workspace_id'>;
type FailureRow = Pick<Row, 'error_at' | 'error_key' | 'error_type' | 'error_message'>;

const failureOf = (row: FailureRow): Failure | null =>
  row.error_at && {
    at: row.error_at.getTime(),
    key: row.error_key ?? '',
    type: row.error_type,
    message: row.error_message,
  };

async function load(ws: WorkspaceTx, places: readonly Place[]): Promise<Map<string, Calls>> {
  const { rows } = await sql<Row>`
    select domain, provider, success_at, error_at, error_key, error_type, error_message
    from provider_calls where ${ws.of()} and ${isIn(places)}`.execute(ws.tx);
  return new Map(
    rows.map(({ domain, provider, success_at: successAt, ...row }) => [
      idOf({ domain, provider }),
      { domain, provider, successAt: successAt?.getTime() ?? null, failure: failureOf(row) },
    ]),
  );
}

/** The calls of a place `v`: each kind has an index of its own, read from the newest back. */
const callsOf = (ws: WorkspaceTx) =>
  sql`${ws.of('r.workspace_id')} and r.domain = v.domain and r.provider = v.provider`;

/** When calls of these last succeeded, as the table has them now. */
async function lastSuccesses(
  ws: WorkspaceTx,
  places: readonly Place[],
): Promise<Map<string, number>> {
  if (places.length === 0) return new Map();
  const { rows } = await sql<Place & { at: Date }>`
    select v.domain, v.provider, last.at from ${unnest(placeColumns, places)}
    cross join lateral (
      select r.started_at as at from requests r
      where ${callsOf(ws)} and r.error_type is null order by r.started_at desc limit 1
    ) last`.execute(ws.tx);
  return new Map(rows.map((row) => [idOf(row), row.at.getTime()]));
}

/** The last failures of these, likewise. */
async function lastFailures(
  ws: WorkspaceTx,
  places: readonly Place[],
): Promise<Map<string, Failure | null>> {
  if (places.length === 0) return new Map();
  const { rows } = await sql<Place & FailureRow>`
    select v.domain, v.provider, last.* from ${unnest(placeColumns, places)}
    cross join lateral (
      select r.started_at as error_at, r.key as error_key, r.error_type, r.error_message
      from requests r where ${callsOf(ws)} and r.error_type is not null
      order by r.started_at desc, r.key desc limit 1
    ) last`.execute(ws.tx);
  return new Map(rows.map((row) => [idOf(row), failureOf(row)]));
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
