/** Keeps each message once, however many requests repeat it. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { Message } from '../records.ts';
import { slotOf } from '../segments.ts';
import { time, unnest } from '../unnest.ts';
import { cleanMessage } from './clean.ts';

/** @param now when the messages came, epoch ms: retention goes by the day of it */
export async function keepMessages(
  { tx, workspaceId }: WorkspaceTx,
  messages: ReadonlyMap<string, Message>,
  now: number,
): Promise<void> {
  if (messages.size === 0) return;
  const rows = [...messages].map(([hash, message]) => ({ hash, ...cleanMessage(message) }));
  const batch = unnest<(typeof rows)[number]>(
    [
      ['hash', 'text', ({ hash }) => hash],
      ['role', 'text', ({ role }) => role],
      ['parts', 'jsonb', ({ parts }) => parts],
      ['length', 'integer', ({ length }) => length],
    ],
    rows,
  );
  await sql`insert into message_bodies as t (workspace_id, hash, role, parts, length, seen_at)
    select ${workspaceId}::uuid, v.*, ${time(slotOf(now, 1440))}::timestamptz from ${batch}
    on conflict (workspace_id, hash) do update set seen_at = excluded.seen_at
    where t.seen_at < excluded.seen_at`.execute(tx);
}
