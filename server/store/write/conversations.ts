/** Keeps `conversations` current as requests come and go. */
import { sql, type Selectable } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { ConversationTable } from '../schema/telemetry.ts';
import { namesOf, overwrite, time, unnest, type Column } from '../unnest.ts';
import type { Deltas } from './deltas.ts';
import type { CountedRequest, RequestChanges } from './requests.ts';

interface Conversation {
  key: string;
  domain: string;
  user: string | null;
  firstAt: number;
  firstKey: string;
  lastAt: number;
  requests: number;
}

interface Change {
  added: CountedRequest[];
  removed: CountedRequest[];
}

/** Runs after the requests are written: where the first or last is gone, they tell the next. */
export async function updateConversations(
  ws: WorkspaceTx,
  changes: RequestChanges,
  deltas: Deltas,
): Promise<void> {
  const touched = new Map<string, Change>();
  const changeOf = (key: string): Change => {
    const change = touched.get(key) ?? { added: [], removed: [] };
    touched.set(key, change);
    return change;
  };
  for (const request of changes.added) {
    if (request.conversation !== null) changeOf(request.conversation).added.push(request);
  }
  for (const request of changes.removed) {
    if (request.conversation !== null) changeOf(request.conversation).removed.push(request);
  }
  if (touched.size === 0) return;

  const stored = await load(ws, [...touched.keys()]);
  const ragged = [...touched].flatMap(([key, { removed }]) => {
    const before = stored.get(key);
    const atAnEnd = removed.some(
      (request) => request.key === before?.firstKey || request.startedAt === before?.lastAt,
    );
    return atAnEnd ? [key] : [];
  });
  const ends = await findEnds(ws, ragged);
  const saved: Conversation[] = [];
  const gone: string[] = [];
  for (const [key, change] of touched) {
    const before = stored.get(key) ?? null;
    const requests = (before?.requests ?? 0) + change.added.length - change.removed.length;
    const known = ragged.includes(key) ? (ends.get(key) ?? null) : before;
    const after = requests > 0 ? extend(key, known, change.added, requests) : null;
    if (after) saved.push(after);
    else if (before) gone.push(key);
    if (before) deltas.addConversation(before, -1);
    if (after) deltas.addConversation(after, 1);
  }
  await save(ws, saved, gone);
}

type Ends = Omit<Conversation, 'key' | 'requests'>;

function extend(
  key: string,
  known: Ends | null,
  added: readonly CountedRequest[],
  requests: number,
): Conversation | null {
  let ends = known;
  for (const { key: firstKey, startedAt, domain, user } of added) {
    const isFirst =
      !ends || startedAt < ends.firstAt || (startedAt === ends.firstAt && firstKey < ends.firstKey);
    const lastAt = Math.max(ends?.lastAt ?? startedAt, startedAt);
    ends =
      isFirst || !ends
        ? { domain, user, firstAt: startedAt, firstKey, lastAt }
        : { ...ends, lastAt };
  }
  return ends && { key, ...ends, requests };
}

async function load(ws: WorkspaceTx, keys: readonly string[]): Promise<Map<string, Conversation>> {
  const { rows } = await sql<Selectable<ConversationTable>>`
    select * from conversations where ${ws.of()} and key = any(${keys}::text[])`.execute(ws.tx);
  return new Map(
    rows.map((row) => [
      row.key,
      {
        key: row.key,
        domain: row.domain,
        user: row.user_id,
        firstAt: row.first_at.getTime(),
        firstKey: row.first_key,
        lastAt: row.last_at.getTime(),
        requests: row.requests,
      },
    ]),
  );
}

/** First and last request of each conversation, as the table has them now. */
async function findEnds(ws: WorkspaceTx, keys: readonly string[]): Promise<Map<string, Ends>> {
  if (keys.length === 0) return new Map();
  const mine = sql`${ws.of('r.workspace_id')} and r.conversation = k.conversation`;
  const { rows } = await sql<{
    conversation: string;
    domain: string;
    user_id: string | null;
    first_at: Date;
    first_key: string;
    last_at: Date;
  }>`select k.conversation, first.*, last.last_at
    from unnest(${keys}::text[]) as k(conversation)
    cross join lateral (
      select r.domain, r.user_id, r.started_at as first_at, r.key as first_key
      from requests r where ${mine} order by r.started_at, r.key collate "C" limit 1
    ) first
    cross join lateral (
      select r.started_at as last_at from requests r where ${mine} order by r.started_at desc limit 1
    ) last`.execute(ws.tx);
  return new Map(
    rows.map((row) => [
      row.conversation,
      {
        domain: row.domain,
        user: row.user_id,
        firstAt: row.first_at.getTime(),
        firstKey: row.first_key,
        lastAt: row.last_at.getTime(),
      },
    ]),
  );
}

const columns: readonly Column<Conversation>[] = [
  ['key', 'text', ({ key }) => key],
  ['domain', 'text', ({ domain }) => domain],
  ['user_id', 'text', ({ user }) => user],
  ['first_at', 'timestamptz', ({ firstAt }) => time(firstAt)],
  ['first_key', 'text', ({ firstKey }) => firstKey],
  ['last_at', 'timestamptz', ({ lastAt }) => time(lastAt)],
  ['requests', 'integer', ({ requests }) => requests],
];

async function save(
  ws: WorkspaceTx,
  saved: readonly Conversation[],
  gone: readonly string[],
): Promise<void> {
  if (saved.length > 0) {
    await sql`insert into conversations (workspace_id, ${namesOf(columns)})
      select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, saved)}
      on conflict (workspace_id, key) do update set ${overwrite(columns)}`.execute(ws.tx);
  }
  if (gone.length > 0) {
    await sql`delete from conversations
      where ${ws.of()} and key = any(${gone}::text[])`.execute(ws.tx);
  }
}
