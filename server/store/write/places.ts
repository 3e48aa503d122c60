/** Which messages are said in which conversations: what a search finds, and what a deletion takes. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import { time, unnest, type Column } from '../unnest.ts';
import type { CountedRequest, RequestChanges } from './requests.ts';

interface MessagePlace {
  hash: string;
  domain: string;
  conversation: string;
  at: number;
}

const columns: readonly Column<MessagePlace>[] = [
  ['hash', 'text', ({ hash }) => hash],
  ['domain', 'text', ({ domain }) => domain],
  ['conversation', 'text', ({ conversation }) => conversation],
  ['at', 'timestamptz', ({ at }) => time(at)],
];

const keyColumns: readonly Column<CountedRequest>[] = [
  ['started_at', 'timestamptz', ({ startedAt }) => time(startedAt)],
  ['key', 'text', ({ key }) => key],
];

/** Runs after the requests are written. */
export async function keepPlaces(
  ws: WorkspaceTx,
  { added, moved }: Pick<RequestChanges, 'added' | 'moved'>,
): Promise<void> {
  const places = new Map<string, MessagePlace>();
  for (const { conversation, domain, startedAt: at, record } of added) {
    if (conversation === null) continue;
    for (const hash of [...record.inputMessages, ...record.outputMessages]) {
      const key = `${hash}\0${domain}\0${conversation}`;
      const known = places.get(key);
      if (!known || at < known.at) places.set(key, { hash, domain, conversation, at });
    }
  }
  if (places.size > 0) {
    await sql`insert into message_places as t
      select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, [...places.values()])}
      on conflict (workspace_id, hash, domain, conversation) do update
      set first_at = excluded.first_at where excluded.first_at < t.first_at`.execute(ws.tx);
  }
  if (moved.length === 0) return;
  const rows = moved.map(({ after }) => after);
  await sql`insert into message_places
    select r.workspace_id, m.hash, r.domain, r.conversation, min(r.started_at)
    from ${unnest(keyColumns, rows)}
    join requests r
      on ${ws.of('r.workspace_id')} and r.started_at = v.started_at and r.key = v.key
    cross join lateral jsonb_array_elements_text(r.input_messages || r.output_messages) m(hash)
    group by r.workspace_id, m.hash, r.domain, r.conversation
    on conflict do nothing`.execute(ws.tx);
}
