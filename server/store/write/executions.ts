/** Brings the rows of `executions` in line with what the touched scopes tell now. */
import { sql, type Selectable } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { fromPico, toPico } from '../rollups/money.ts';
import type { ExecutionRecord, LinkRecord } from '../../model/execution.ts';
import type { Usage } from '../../model/usage.ts';
import type { ExecutionTable } from '../database/schema/telemetry.ts';
import type { CountedExecution, CountedRequest } from '../rollups/counted.ts';
import {
  namesOf,
  overwrite,
  time,
  timeOrNull,
  unnest,
  type Column,
} from '../database/batch-columns.ts';
import { uuidv7 } from '../database/uuid.ts';
import { cleanJson, cleanName, cleanText, UNKNOWN } from '../database/clean.ts';
import { digestOf } from './requests.ts';

/** An execution that a scope tells of, before it has an id. */
export interface DerivedExecution {
  scope: string;
  key: string;
  record: ExecutionRecord;
}

export interface StoredExecution extends CountedExecution {
  id: string;
  scope: string;
  key: string;
  row: Selectable<ExecutionTable>;
}

export interface ExecutionChanges {
  removed: StoredExecution[];
  /** New ones, and those that changed: `before` is what they were. */
  saved: { before: StoredExecution | null; after: StoredExecution; detail: ExecutionRecord }[];
}

export async function loadExecutions(
  ws: WorkspaceTx,
  scopes: readonly string[],
): Promise<StoredExecution[]> {
  if (scopes.length === 0) return [];
  const { rows } = await sql<Selectable<ExecutionTable>>`
    select * from executions where ${ws.of()} and scope = any(${scopes}::text[])`.execute(ws.tx);
  return rows.map(stored);
}

function stored(row: Selectable<ExecutionTable>): StoredExecution {
  const startedAt = row.started_at.getTime();
  const ended = row.status === 'completed' || row.status === 'failed';
  const duration = ended && row.ended_at ? Math.max(0, row.ended_at.getTime() - startedAt) : null;
  return {
    id: row.id,
    scope: row.scope ?? '',
    key: row.key,
    startedAt,
    domain: row.domain,
    status: row.status,
    agent: row.agent,
    durationMs: duration,
    links: row.links,
    row,
  };
}

/**
 * The id of each derived execution. It keeps the one it has; where its key or scope has changed
 * (its root came, its trace joined a session) it takes over the one it had by its key alone, or
 * by one of its aliases. Whoever watches sees one run.
 */
export function assignIds(
  before: readonly StoredExecution[],
  derived: readonly DerivedExecution[],
): Map<DerivedExecution, string> {
  const ids = new Map<DerivedExecution, string>();
  const free = new Set(before);
  const take = (
    nameOf: (stored: StoredExecution) => string,
    namesOf: (execution: DerivedExecution) => readonly string[],
  ): void => {
    if (free.size === 0) return;
    const byName = new Map([...free].map((candidate) => [nameOf(candidate), candidate]));
    for (const execution of derived) {
      if (ids.has(execution)) continue;
      for (const name of namesOf(execution)) {
        const match = byName.get(name);
        if (!match || !free.delete(match)) continue;
        ids.set(execution, match.id);
        break;
      }
    }
  };
  take(
    ({ scope, key }) => `${scope}\0${key}`,
    ({ scope, key }) => [`${scope}\0${key}`],
  );
  take(
    ({ key }) => key,
    ({ key, record }) => [key, ...record.aliases.map(cleanName)],
  );
  for (const execution of derived) if (!ids.has(execution)) ids.set(execution, uuidv7());
  return ids;
}

export function compareExecutions(
  before: readonly StoredExecution[],
  derived: ReadonlyMap<DerivedExecution, string>,
  requestsOf: (execution: DerivedExecution) => readonly CountedRequest[],
): ExecutionChanges {
  const byId = new Map(before.map((execution) => [execution.id, execution]));
  const saved: ExecutionChanges['saved'] = [];
  for (const [execution, id] of derived) {
    const after = stored(rowOf(execution, id, requestsOf(execution)));
    const earlier = byId.get(id) ?? null;
    byId.delete(id);
    const moved = earlier?.scope !== after.scope || earlier.key !== after.key;
    if (!moved && earlier.row.digest === after.row.digest) continue;
    saved.push({ before: earlier, after, detail: execution.record });
  }
  return { removed: [...byId.values()], saved };
}

function rowOf(
  { scope, key, record }: DerivedExecution,
  id: string,
  requests: readonly CountedRequest[],
): Selectable<ExecutionTable> {
  const usages = requests.flatMap(({ usage }) => usage ?? []);
  let cost = 0n;
  for (const { costUsd } of requests) cost += costUsd === null ? 0n : toPico(costUsd);
  const row = {
    trace_id: record.traceId,
    status: record.status,
    domain: cleanName(record.domain) || UNKNOWN,
    user_id: record.user,
    agent: record.agent === null ? null : cleanName(record.agent),
    model: record.model,
    conversation: record.conversation === null ? null : cleanName(record.conversation),
    started_at: new Date(record.startedAt),
    ended_at: record.endedAt === null ? null : new Date(record.endedAt),
    last_event_at: new Date(record.lastEventAt),
    steps_done: record.stepsDone,
    steps_total: record.stepsTotal,
    requests: requests.length,
    input_tokens: sum(usages.flatMap(inputParts)),
    output_tokens: sum(usages.map(({ output }) => output)),
    cost_usd: fromPico(cost),
    unpriced: requests.filter(({ costUsd }) => costUsd === null).length,
    error_type: record.error === null ? null : cleanText(record.error.type),
    error_message: record.error?.message == null ? null : cleanText(record.error.message),
    links: cleanLinks(record.links),
  };
  const { task, taskLength, steps, stepsTruncated } = record;
  const digest = digestOf([row, task, taskLength, steps, stepsTruncated]);
  return { workspace_id: '', id, key, scope, digest, ...row };
}

/** What is counted is what can be stored: two names that are alike then are one. */
function cleanLinks(links: readonly LinkRecord[]): LinkRecord[] {
  const cleaned = new Map<string, LinkRecord>();
  for (const { kind, calls, errors, ...names } of links) {
    const source = names.source === null ? null : cleanName(names.source) || null;
    const target = cleanName(names.target) || UNKNOWN;
    const key = JSON.stringify([kind, source, target]);
    const link = cleaned.get(key) ?? { kind, source, target, calls: 0, errors: 0 };
    link.calls += calls;
    link.errors += errors;
    cleaned.set(key, link);
  }
  return [...cleaned.values()];
}

const inputParts = ({ uncachedInput, cacheRead, cacheWrite }: Usage): (number | null)[] => [
  uncachedInput,
  cacheRead,
  cacheWrite,
];

/** The sum of what is known; `null` where nothing is. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

const columns: readonly Column<StoredExecution>[] = [
  ['id', 'uuid', ({ id }) => id],
  ['key', 'text', ({ key }) => key],
  ['scope', 'text', ({ scope }) => scope],
  ['digest', 'text', ({ row }) => row.digest],
  ['trace_id', 'text', ({ row }) => row.trace_id],
  ['status', 'text', ({ status }) => status],
  ['domain', 'text', ({ domain }) => domain],
  ['user_id', 'text', ({ row }) => row.user_id],
  ['agent', 'text', ({ agent }) => agent],
  ['model', 'text', ({ row }) => row.model],
  ['conversation', 'text', ({ row }) => row.conversation],
  ['started_at', 'timestamptz', ({ startedAt }) => time(startedAt)],
  ['ended_at', 'timestamptz', ({ row }) => timeOrNull(row.ended_at?.getTime() ?? null)],
  ['last_event_at', 'timestamptz', ({ row }) => time(row.last_event_at.getTime())],
  ['steps_done', 'integer', ({ row }) => row.steps_done],
  ['steps_total', 'integer', ({ row }) => row.steps_total],
  ['requests', 'integer', ({ row }) => row.requests],
  ['input_tokens', 'bigint', ({ row }) => row.input_tokens],
  ['output_tokens', 'bigint', ({ row }) => row.output_tokens],
  ['cost_usd', 'numeric', ({ row }) => row.cost_usd],
  ['unpriced', 'integer', ({ row }) => row.unpriced],
  ['error_type', 'text', ({ row }) => row.error_type],
  ['error_message', 'text', ({ row }) => row.error_message],
  ['links', 'jsonb', ({ links }) => JSON.stringify(links)],
];

type Saved = ExecutionChanges['saved'][number];
const detailColumns: readonly Column<Saved>[] = [
  ['execution_id', 'uuid', ({ after }) => after.id],
  ['task', 'text', ({ detail }) => (detail.task === null ? null : cleanText(detail.task))],
  ['task_length', 'integer', ({ detail }) => detail.taskLength],
  ['steps', 'jsonb', ({ detail }) => cleanJson(detail.steps)],
  ['steps_truncated', 'boolean', ({ detail }) => detail.stepsTruncated],
];

export async function saveExecutions(
  ws: WorkspaceTx,
  { removed, saved }: ExecutionChanges,
): Promise<void> {
  if (removed.length > 0) {
    const ids = removed.map(({ id }) => id);
    await sql`delete from executions
      where ${ws.of()} and id = any(${ids}::uuid[])`.execute(ws.tx);
    await sql`delete from execution_details
      where ${ws.of()} and execution_id = any(${ids}::uuid[])`.execute(ws.tx);
  }
  if (saved.length > 0) {
    const rows = saved.map(({ after }) => after);
    await sql`insert into executions (workspace_id, ${namesOf(columns)})
      select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, rows)}
      on conflict (workspace_id, id) do update set ${overwrite(columns)}`.execute(ws.tx);
    await sql`insert into execution_details (workspace_id, ${namesOf(detailColumns)})
      select ${ws.workspaceId}::uuid, v.* from ${unnest(detailColumns, saved)}
      on conflict (workspace_id, execution_id) do update set ${overwrite(detailColumns)}`.execute(
      ws.tx,
    );
  }
}
