/** The rows of `requests`, written. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { nextEventId } from '../outbox.ts';
import { namesOf, time, unnest, type Column } from '../database/batch-columns.ts';
import { cleanJson, cleanText } from '../database/clean.ts';
import {
  durationOrNull,
  type NewRequest,
  type RequestChanges,
  type StoredRequest,
} from './requests.ts';

const textOrNull = (text: string | null): string | null => (text === null ? null : cleanText(text));

const columns: readonly Column<NewRequest>[] = [
  ['started_at', 'timestamptz', ({ startedAt }) => time(startedAt)],
  ['key', 'text', ({ key }) => key],
  ['scope', 'text', ({ scope }) => scope],
  ['digest', 'text', ({ digest }) => digest],
  ['trace_id', 'text', ({ record }) => record.traceId],
  ['span_id', 'text', ({ record }) => record.spanId],
  ['domain', 'text', ({ domain }) => domain],
  ['family', 'text', ({ record }) => record.family],
  ['provider', 'text', ({ provider }) => provider],
  ['model', 'text', ({ model }) => model],
  ['agent', 'text', ({ agent }) => agent],
  ['team', 'text', ({ team }) => team],
  ['user_id', 'text', ({ user }) => user],
  ['conversation', 'text', ({ conversation }) => conversation],
  ['link', 'text', ({ link }) => link],
  ['branch', 'text', ({ branch }) => branch],
  ['execution_id', 'uuid', ({ executionId }) => executionId],
  ['latency_ms', 'double precision', ({ latencyMs }) => latencyMs],
  ['latency_bucket', 'smallint', ({ latencyBucket }) => latencyBucket],
  ['first_token_ms', 'double precision', ({ record }) => durationOrNull(record.timeToFirstTokenMs)],
  ['first_token_bucket', 'smallint', ({ firstTokenBucket }) => firstTokenBucket],
  ['uncached_input', 'bigint', ({ usage }) => usage?.uncachedInput ?? null],
  ['cache_read', 'bigint', ({ usage }) => usage?.cacheRead ?? null],
  ['cache_write', 'bigint', ({ usage }) => usage?.cacheWrite ?? null],
  ['output', 'bigint', ({ usage }) => usage?.output ?? null],
  ['reasoning', 'bigint', ({ usage }) => usage?.reasoning ?? null],
  ['cost_usd', 'numeric', ({ costUsd }) => costUsd],
  ['price_version', 'text', ({ priceVersion }) => priceVersion],
  ['response_id', 'text', ({ record }) => textOrNull(record.responseId)],
  ['finish_reason', 'text', ({ record }) => textOrNull(record.finishReason)],
  ['error_type', 'text', ({ errorType }) => errorType],
  ['error_message', 'text', ({ record }) => textOrNull(record.error?.message ?? null)],
  ['input_messages', 'jsonb', ({ record }) => cleanJson(record.inputMessages)],
  ['output_messages', 'jsonb', ({ record }) => cleanJson(record.outputMessages)],
];

const keyColumns: readonly Column<StoredRequest>[] = [
  ['started_at', 'timestamptz', ({ startedAt }) => time(startedAt)],
  ['key', 'text', ({ key }) => key],
];

const tieColumns: readonly Column<StoredRequest>[] = [
  ...keyColumns,
  ['conversation', 'text', ({ conversation }) => conversation],
  ['link', 'text', ({ link }) => link],
  ['branch', 'text', ({ branch }) => branch],
];

/** Takes the old rows out and puts the new ones in. */
export async function saveRequests(
  ws: WorkspaceTx,
  { removed, added, moved }: RequestChanges,
): Promise<void> {
  if (removed.length + added.length + moved.length === 0) return;
  const arrived = await nextEventId(ws);
  if (moved.length > 0) {
    const rows = moved.map(({ after }) => after);
    await sql`update requests t
      set conversation = v.conversation, link = v.link, branch = v.branch,
        arrived = case when t.conversation = v.conversation then t.arrived else ${arrived} end
      from ${unnest(tieColumns, rows)}
      where ${ws.of('t.workspace_id')} and t.started_at = v.started_at and t.key = v.key`.execute(
      ws.tx,
    );
  }
  const told = await loadTold(ws, removed);
  if (removed.length > 0) {
    await sql`delete from requests t using ${unnest(keyColumns, removed)}
      where ${ws.of('t.workspace_id')} and t.started_at = v.started_at and t.key = v.key`.execute(
      ws.tx,
    );
  }
  if (added.length > 0) {
    const rows = added.map((request) => ({
      ...request,
      arrived: told.get(arrivalKey(request)) ?? arrived,
    }));
    await sql`insert into requests (workspace_id, ${namesOf(arrivedColumns)})
      select ${ws.workspaceId}::uuid, v.* from ${unnest(arrivedColumns, rows)}`.execute(ws.tx);
  }
}

const arrivedColumns: readonly Column<NewRequest & { arrived: number }>[] = [
  ...columns,
  ['arrived', 'bigint', ({ arrived }) => arrived],
];

/** What a request says, and where: whoever follows the conversation need not be told of it again. */
const arrivalKey = ({ key, startedAt, domain, conversation, record }: NewRequest): string =>
  nameOf(key, startedAt, domain, conversation, record.inputMessages, record.outputMessages);

const nameOf = (...parts: readonly unknown[]): string => cleanJson(parts);

/** When what these say has arrived. */
async function loadTold(
  ws: WorkspaceTx,
  requests: readonly StoredRequest[],
): Promise<Map<string, number>> {
  if (requests.length === 0) return new Map();
  const { rows } = await sql<{
    started_at: Date;
    key: string;
    domain: string;
    conversation: string | null;
    input_messages: string[];
    output_messages: string[];
    arrived: number;
  }>`select t.started_at, t.key, t.domain, t.conversation, t.input_messages, t.output_messages,
      t.arrived
    from ${unnest(keyColumns, requests)}
    join requests t
      on ${ws.of('t.workspace_id')} and t.started_at = v.started_at and t.key = v.key`.execute(
    ws.tx,
  );
  return new Map(
    rows.map(({ started_at: at, key, domain, conversation, arrived, ...said }) => [
      nameOf(key, at.getTime(), domain, conversation, said.input_messages, said.output_messages),
      arrived,
    ]),
  );
}
