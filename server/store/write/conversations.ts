/**
 * Keeps `conversations` current as requests come and go. One belongs to a domain: ids of two
 * applications, which may both count from 1, are not of the same.
 */
import { sql, type Selectable } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { ConversationTable } from '../schema/telemetry.ts';
import { namesOf, overwrite, time, unnest, type Column } from '../unnest.ts';
import type { Deltas } from './deltas.ts';
import type { CountedRequest, RequestChanges } from './requests.ts';

interface Place {
  domain: string;
  key: string;
}

interface Conversation extends Place {
  user: string | null;
  firstAt: number;
  firstKey: string;
  lastAt: number;
  requests: number;
}

interface Change extends Place {
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
  const changeOf = ({ domain, conversation }: CountedRequest): Change | null => {
    if (conversation === null) return null;
    const place = { domain, key: conversation };
    const change = touched.get(idOf(place)) ?? { ...place, added: [], removed: [] };
    touched.set(idOf(place), change);
    return change;
  };
  for (const request of changes.added) changeOf(request)?.added.push(request);
  for (const request of changes.removed) changeOf(request)?.removed.push(request);
  if (touched.size === 0) return;

  const stored = await load(ws, [...touched.values()]);
  const ragged = [...touched.values()].filter(({ removed, ...place }) => {
    const before = stored.get(idOf(place));
    return removed.some(
      (request) => request.key === before?.firstKey || request.startedAt === before?.lastAt,
    );
  });
  const ends = await findEnds(ws, ragged);
  const saved: Conversation[] = [];
  const gone: Place[] = [];
  for (const [id, change] of touched) {
    const before = stored.get(id) ?? null;
    const requests = (before?.requests ?? 0) + change.added.length - change.removed.length;
    const known = ragged.includes(change) ? (ends.get(id) ?? null) : before;
    const after = requests > 0 ? extend(change, known, requests) : null;
    if (after) saved.push(after);
    else if (before) gone.push(before);
    if (before) deltas.addConversation(before, -1);
    if (after) deltas.addConversation(after, 1);
  }
  await save(ws, saved, gone);
}

const idOf = ({ domain, key }: Place): string => JSON.stringify([domain, key]);

type Ends = Omit<Conversation, 'domain' | 'key' | 'requests'>;

function extend(
  { domain, key, added }: Change,
  known: Ends | null,
  requests: number,
): Conversation | null {
  let ends = known;
  for (const { key: firstKey, startedAt, user } of added) {
    const isFirst =
      !ends || startedAt < ends.firstAt || (startedAt === ends.firstAt && firstKey < ends.firstKey);
    const lastAt = Math.max(ends?.lastAt ?? startedAt, startedAt);
    ends = isFirst || !ends ? { user, firstAt: startedAt, firstKey, lastAt } : { ...ends, lastAt };
  }
  return ends && { ...ends, domain, key, requests };
}

const placeColumns: readonly Column<Place>[] = [
  ['domain', 'text', ({ domain }) => domain],
  ['key', 'text', ({ key }) => key],
];

/** A condition for a table's rows of these places. */
const isIn = (places: readonly Place[]) =>
  sql<boolean>`(domain, key) in (select v.* from ${unnest(placeColumns, places)})`;

async function load(ws: WorkspaceTx, places: readonly Place[]): Promise<Map<string, Conversation>> {
  const { rows } = await sql<Selectable<ConversationTable>>`
    select * from conversations where ${ws.of()} and ${isIn(places)}`.execute(ws.tx);
  return new Map(
    rows.map((row) => [
      idOf(row),
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
async function findEnds(ws: WorkspaceTx, places: readonly Place[]): Promise<Map<string, Ends>> {
  if (places.length === 0) return new Map();
  const mine = sql`${ws.of('r.workspace_id')} and r.conversation = v.key and r.domain = v.domain`;
  const { rows } = await sql<{
    domain: string;
    key: string;
    user_id: string | null;
    first_at: Date;
    first_key: string;
    last_at: Date;
  }>`select v.domain, v.key, first.*, last.last_at
    from ${unnest(placeColumns, places)}
    cross join lateral (
      select r.user_id, r.started_at as first_at, r.key as first_key
      from requests r where ${mine} order by r.started_at, r.key collate "C" limit 1
    ) first
    cross join lateral (
      select r.started_at as last_at from requests r where ${mine} order by r.started_at desc limit 1
    ) last`.execute(ws.tx);
  return new Map(
    rows.map((row) => [
      idOf(row),
      {
        user: row.user_id,
        firstAt: row.first_at.getTime(),
        firstKey: row.first_key,
        lastAt: row.last_at.getTime(),
      },
    ]),
  );
}

const columns: readonly Column<Conversation>[] = [
  ...placeColumns,
  ['user_id', 'text', ({ user }) => user],
  ['first_at', 'timestamptz', ({ firstAt }) => time(firstAt)],
  ['first_key', 'text', ({ firstKey }) => firstKey],
  ['last_at', 'timestamptz', ({ lastAt }) => time(lastAt)],
  ['requests', 'integer', ({ requests }) => requests],
];

async function save(
  ws: WorkspaceTx,
  saved: readonly Conversation[],
  gone: readonly Place[],
): Promise<void> {
  if (saved.length > 0) {
    await sql`insert into conversations (workspace_id, ${namesOf(columns)})
      select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, saved)}
      on conflict (workspace_id, domain, key) do update set ${overwrite(columns)}`.execute(ws.tx);
  }
  if (gone.length > 0) {
    await sql`delete from conversations where ${ws.of()} and ${isIn(gone)}`.execute(ws.tx);
  }
}
