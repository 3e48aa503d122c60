/** Which messages are said in which conversations: what a search finds, and what a deletion takes. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { matching, time, unnest, type Column } from '../database/batch-columns.ts';
import { cleanJson } from '../database/clean.ts';
import type { CountedRequest } from '../rollups/counted.ts';
import type { NewRequest, RequestChanges } from './requests.ts';

/** A message in a conversation, and when it is first said there; `at` is in epoch ms. */
export interface IndexedMessage {
  hash: string;
  domain: string;
  conversation: string;
  at: number;
}

const placeColumns: readonly Column<IndexedMessage>[] = [
  ['hash', 'text', ({ hash }) => hash],
  ['domain', 'text', ({ domain }) => domain],
  ['conversation', 'text', ({ conversation }) => conversation],
];

const columns: readonly Column<IndexedMessage>[] = [
  ...placeColumns,
  ['first_at', 'timestamptz', ({ at }) => time(at)],
];

const keyColumns: readonly Column<CountedRequest>[] = [
  ['started_at', 'timestamptz', ({ startedAt }) => time(startedAt)],
  ['key', 'text', ({ key }) => key],
];

const idOf = ({ hash, domain, conversation }: IndexedMessage): string =>
  JSON.stringify([hash, domain, conversation]);

/** Every message of a request `r`, as `m(hash)`. */
const messages = sql`jsonb_array_elements_text(r.input_messages || r.output_messages) m(hash)`;

const saidIn = ({ record }: NewRequest): string[] => [
  ...record.inputMessages,
  ...record.outputMessages,
];

interface Leaving {
  request: CountedRequest;
  /** What the request goes on to say in the same place, as JSON. */
  goesOn: string;
}

const leavingColumns: readonly Column<Leaving>[] = [
  ...keyColumns.map(([name, type, read]): Column<Leaving> => [
    name,
    type,
    ({ request }) => read(request),
  ]),
  ['goes_on', 'jsonb', ({ goesOn }) => goesOn],
];

/**
 * Runs before the requests are written.
 * @returns what those that go, or move elsewhere, were perhaps the first, or the only ones, to say
 */
export async function leavingMessages(
  ws: WorkspaceTx,
  { removed, added, moved }: RequestChanges,
): Promise<IndexedMessage[]> {
  const byKey = new Map(added.map((request) => [request.key, request]));
  const leaving = [
    ...removed.map((request) => {
      const now = byKey.get(request.key);
      return { request, goesOn: now && isWith(now, request) ? cleanJson(saidIn(now)) : '[]' };
    }),
    ...moved.flatMap(({ before: request, after }) =>
      isWith(after, request) ? [] : [{ request, goesOn: '[]' }],
    ),
  ].filter(({ request }) => request.conversation !== null);
  if (leaving.length === 0) return [];
  const { rows } = await sql<Omit<IndexedMessage, 'at'> & { at: Date }>`
    select m.hash, r.domain, r.conversation, min(r.started_at) as at
    from ${unnest(leavingColumns, leaving)}
    join requests r
      on ${ws.of('r.workspace_id')} and r.started_at = v.started_at and r.key = v.key
    cross join lateral ${messages}
    where r.input_messages || r.output_messages <> v.goes_on
    group by m.hash, r.domain, r.conversation`.execute(ws.tx);
  const said = placesOf(added);
  return rows.flatMap((row) => {
    const place = { ...row, at: row.at.getTime() };
    return (said.get(idOf(place))?.at ?? Infinity) <= place.at ? [] : [place];
  });
}

const isWith = (a: CountedRequest, b: CountedRequest): boolean =>
  a.startedAt === b.startedAt && a.domain === b.domain && a.conversation === b.conversation;

function placesOf(requests: readonly NewRequest[]): Map<string, IndexedMessage> {
  const places = new Map<string, IndexedMessage>();
  for (const request of requests) {
    const { conversation, domain, startedAt: at } = request;
    if (conversation === null) continue;
    for (const hash of saidIn(request)) {
      const place = { hash, domain, conversation, at };
      const known = places.get(idOf(place));
      if (!known || at < known.at) places.set(idOf(place), place);
    }
  }
  return places;
}

/**
 * Runs after the requests are written.
 * @param left as `leavingMessages` has told
 * @returns hashes of what is not said any more in some conversation
 */
export async function indexMessages(
  ws: WorkspaceTx,
  { added, moved }: Pick<RequestChanges, 'added' | 'moved'>,
  left: readonly IndexedMessage[],
): Promise<Set<string>> {
  const places = [...placesOf(added).values()];
  const earlier = sql`on conflict (workspace_id, hash, domain, conversation) do update
    set first_at = excluded.first_at where excluded.first_at < t.first_at`;
  if (places.length > 0) {
    await sql`insert into message_places as t
      select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, places)} ${earlier}`.execute(
      ws.tx,
    );
  }
  if (moved.length > 0) {
    const rows = moved.map(({ after }) => after);
    await sql`insert into message_places as t
      select r.workspace_id, m.hash, r.domain, r.conversation, min(r.started_at)
      from ${unnest(keyColumns, rows)}
      join requests r
        on ${ws.of('r.workspace_id')} and r.started_at = v.started_at and r.key = v.key
      cross join lateral ${messages}
      group by r.workspace_id, m.hash, r.domain, r.conversation ${earlier}`.execute(ws.tx);
  }
  return left.length === 0 ? new Set() : settle(ws, left);
}

/** Brings places in line with what the requests of their conversations say now. */
async function settle(ws: WorkspaceTx, left: readonly IndexedMessage[]): Promise<Set<string>> {
  const { rows } = await sql<Omit<IndexedMessage, 'at'> & { at: Date | null }>`
    with said as (
      select m.hash, r.domain, r.conversation, min(r.started_at) as at
      from (select distinct domain, conversation from ${unnest(placeColumns, left)}) c
      join requests r on ${ws.of('r.workspace_id')} and r.conversation = c.conversation
        and r.domain = c.domain
      cross join lateral ${messages}
      group by m.hash, r.domain, r.conversation
    )
    select v.*, said.at from ${unnest(placeColumns, left)}
    left join said on said.hash = v.hash and said.domain = v.domain
      and said.conversation = v.conversation`.execute(ws.tx);
  const mine = sql`${ws.of('t.workspace_id')} and ${matching(placeColumns)}`;
  const still = rows.flatMap(({ at, ...place }) => (at ? [{ ...place, at: at.getTime() }] : []));
  if (still.length > 0) {
    await sql`update message_places t set first_at = v.first_at
      from ${unnest(columns, still)} where ${mine}`.execute(ws.tx);
  }
  const gone = rows.flatMap(({ at, ...place }) => (at ? [] : [{ ...place, at: 0 }]));
  if (gone.length > 0) {
    await sql`delete from message_places t
      using ${unnest(placeColumns, gone)} where ${mine}`.execute(ws.tx);
  }
  return new Set(gone.map(({ hash }) => hash));
}
