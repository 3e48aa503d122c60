/** Brings the errors in line with what the touched scopes tell now. */
import { hash } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import { loggedErrorOf } from '../to-contract/logged-error.ts';
import type { WorkspaceTx } from '../database/database.ts';
import type { NewEvent } from '../outbox.ts';
import type { ErrorRecord } from '../../model/error.ts';
import { addTo, countColumn, domainKey, slotKeys, type Rollup } from '../rollups/rollups.ts';
import type { ErrorGroupSumTable, ErrorTable } from '../database/schema/admin.ts';
import { namesOf, overwrite, time, unnest, type Column } from '../database/batch-columns.ts';
import { uuidv7 } from '../database/uuid.ts';
import { cleanName, cleanText, UNKNOWN } from '../database/clean.ts';
import type { Sign } from '../rollups/usage-sums.ts';
import { Counts, type Count } from '../rollups/grains.ts';
import { digestOf } from './requests.ts';

/** An error that a scope tells of. */
export interface DerivedError {
  scope: string;
  record: ErrorRecord;
  executionId: string | null;
}

type Row = Selectable<ErrorTable>;

interface Change {
  before: Row | null;
  after: Row;
  record: ErrorRecord;
}

/** @param known scopes of which there may be rows */
export async function updateErrors(
  ws: WorkspaceTx,
  derived: readonly DerivedError[],
  known: readonly string[],
): Promise<NewEvent[]> {
  const { saved, removed } = compare(await load(ws, known), derived);
  if (saved.length === 0 && removed.length === 0) return [];
  const counts = new Counts<SumOf>();
  for (const row of removed) count(counts, row, -1);
  for (const { before, after } of saved) {
    if (before) count(counts, before, -1);
    count(counts, after, 1);
  }
  await remove(ws, removed);
  await save(ws, saved);
  await addTo(ws, sums, counts.rows.values());
  return eventsOf(saved, removed);
}

async function load(ws: WorkspaceTx, scopes: readonly string[]): Promise<Row[]> {
  if (scopes.length === 0) return [];
  const { rows } = await sql<Row>`
    select * from errors where ${ws.of()} and scope = any(${scopes}::text[])`.execute(ws.tx);
  return rows;
}

/** An error keeps its id by its key, also where its trace has joined a session. */
function compare(
  stored: readonly Row[],
  derived: readonly DerivedError[],
): { saved: Change[]; removed: Row[] } {
  const inScope = new Map(stored.map((row) => [`${row.scope ?? ''}\0${row.key}`, row]));
  const left = new Set(stored);
  const found = new Map<DerivedError, Row>();
  const take = (error: DerivedError, row: Row | undefined): void => {
    if (row && left.delete(row)) found.set(error, row);
  };
  const keyOf = ({ record }: DerivedError): string => cleanName(record.key);
  for (const error of derived) take(error, inScope.get(`${error.scope}\0${keyOf(error)}`));
  const byKey = new Map([...left].map((row) => [row.key, row]));
  for (const error of derived) if (!found.has(error)) take(error, byKey.get(keyOf(error)));

  const saved = derived.flatMap((error) => {
    const before = found.get(error) ?? null;
    const after = rowOf(error, before);
    if (before?.digest === after.digest && before.scope === after.scope) return [];
    return [{ before, after, record: error.record }];
  });
  return { saved, removed: [...left] };
}

function rowOf({ scope, record, executionId }: DerivedError, before: Row | null): Row {
  const name = (text: string | null) => (text === null ? null : cleanName(text));
  const type = cleanName(record.type);
  const row = {
    key: cleanName(record.key),
    at: new Date(Math.trunc(record.at)),
    severity: record.severity,
    source: record.source,
    type,
    message: record.message === null ? null : cleanText(record.message),
    // One whose message is not known any more stays where it is counted.
    fingerprint:
      record.message === null && before?.message === null && before.type === type
        ? before.fingerprint
        : fingerprintOf(type, record.pattern),
    has_stack: record.stack !== null,
    family: record.family,
    domain: cleanName(record.domain) || UNKNOWN,
    user_id: name(record.user),
    agent: name(record.agent),
    provider: name(record.provider),
    model: name(record.model),
    tool: name(record.tool),
    conversation: name(record.conversation),
    execution_id: executionId,
    trace_id: record.traceId,
    span_id: record.spanId,
  };
  const digest = digestOf([row, record.stack]);
  return { workspace_id: '', id: before?.id ?? uuidv7(), scope, digest, ...row };
}

/** What errors of one group have in common. */
function fingerprintOf(type: string, pattern: string | null): string {
  return hash('sha256', JSON.stringify([type, pattern]), 'base64url').slice(0, 22);
}

async function remove(ws: WorkspaceTx, removed: readonly Row[]): Promise<void> {
  if (removed.length === 0) return;
  const ids = removed.map(({ id }) => id);
  await sql`delete from error_stacks
    where ${ws.of()} and error_id = any(${ids}::uuid[])`.execute(ws.tx);
  await sql`delete from errors where ${ws.of()} and id = any(${ids}::uuid[])`.execute(ws.tx);
}

const columns: readonly Column<Row>[] = [
  ['id', 'uuid', ({ id }) => id],
  ['key', 'text', ({ key }) => key],
  ['scope', 'text', ({ scope }) => scope],
  ['digest', 'text', ({ digest }) => digest],
  ['at', 'timestamptz', ({ at }) => time(at.getTime())],
  ['severity', 'text', ({ severity }) => severity],
  ['source', 'text', ({ source }) => source],
  ['type', 'text', ({ type }) => type],
  ['message', 'text', ({ message }) => message],
  ['fingerprint', 'text', ({ fingerprint }) => fingerprint],
  ['has_stack', 'boolean', (row) => row.has_stack],
  ['family', 'text', ({ family }) => family],
  ['domain', 'text', ({ domain }) => domain],
  ['user_id', 'text', (row) => row.user_id],
  ['agent', 'text', ({ agent }) => agent],
  ['provider', 'text', ({ provider }) => provider],
  ['model', 'text', ({ model }) => model],
  ['tool', 'text', ({ tool }) => tool],
  ['conversation', 'text', ({ conversation }) => conversation],
  ['execution_id', 'uuid', (row) => row.execution_id],
  ['trace_id', 'text', (row) => row.trace_id],
  ['span_id', 'text', (row) => row.span_id],
];

const stackColumns: readonly Column<Change>[] = [
  ['error_id', 'uuid', ({ after }) => after.id],
  ['stack', 'text', ({ record }) => cleanText(record.stack ?? '')],
];

const groupColumns: readonly Column<Change>[] = [
  ['fingerprint', 'text', ({ after }) => after.fingerprint],
  ['type', 'text', ({ after }) => after.type],
  ['pattern', 'text', ({ record }) => (record.pattern === null ? null : cleanText(record.pattern))],
];

async function save(ws: WorkspaceTx, saved: readonly Change[]): Promise<void> {
  if (saved.length === 0) return;
  const rows = saved.map(({ after }) => after);
  await sql`insert into errors (workspace_id, ${namesOf(columns)})
    select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, rows)}
    on conflict (workspace_id, id) do update set ${overwrite(columns)}`.execute(ws.tx);
  await sql`insert into error_groups as t (workspace_id, ${namesOf(groupColumns)})
    select distinct on (v.fingerprint) ${ws.workspaceId}::uuid, v.*
    from ${unnest(groupColumns, saved)} order by v.fingerprint, v.pattern nulls last
    on conflict (workspace_id, fingerprint) do update set pattern = excluded.pattern
    where t.pattern is null and excluded.pattern is not null`.execute(ws.tx);
  const lost = saved.filter(({ before, record }) => before?.has_stack && record.stack === null);
  if (lost.length > 0) {
    const ids = lost.map(({ after }) => after.id);
    await sql`delete from error_stacks
      where ${ws.of()} and error_id = any(${ids}::uuid[])`.execute(ws.tx);
  }
  const stacks = saved.filter(({ record }) => record.stack !== null);
  if (stacks.length === 0) return;
  await sql`insert into error_stacks (workspace_id, ${namesOf(stackColumns)})
    select ${ws.workspaceId}::uuid, v.* from ${unnest(stackColumns, stacks)}
    on conflict (workspace_id, error_id) do update set stack = excluded.stack`.execute(ws.tx);
}

type SumOf = Pick<ErrorGroupSumTable, 'severity' | 'fingerprint'>;

function count(counts: Counts<SumOf>, row: Row, sign: Sign): void {
  const { severity, fingerprint } = row;
  counts.add(row.at.getTime(), row.domain, { severity, fingerprint }, sign);
}

const sums: Rollup<Count & SumOf> = {
  table: 'error_group_sums',
  keys: [
    ...slotKeys,
    domainKey,
    ['severity', 'text', ({ severity }) => severity],
    ['fingerprint', 'text', ({ fingerprint }) => fingerprint],
  ],
  sums: [countColumn],
  counts: ['n'],
};

/** The contract's `LiveFailure` data: each error as it is now, or was before it went. */
function eventsOf(saved: readonly Change[], removed: readonly Row[]): NewEvent[] {
  const moved = saved.flatMap(({ before, after }) =>
    before && before.domain !== after.domain ? [before] : [],
  );
  const tell = (row: Row, deleted: boolean): NewEvent => ({
    domain: row.domain,
    topic: 'errors',
    payload: { error: loggedErrorOf(row), deleted },
  });
  return [
    ...[...removed, ...moved].map((row) => tell(row, true)),
    ...saved.map(({ after }) => tell(after, false)),
  ];
}
