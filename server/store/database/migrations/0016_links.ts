import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** As in 0002: compared byte by byte. */
const NAME = 'text collate "C"';

/**
 * The latest request at a point, of a user or of anybody, is one look-up; and so is who went on
 * from a point first in a conversation (see write/points.ts).
 */
const LINKS = [
  `alter table history_marks add at timestamptz, add user_id ${NAME}`,
  `update history_marks m set user_id = h.user_id,
      at = case m.side when 'p' then h.started_at else t.began end
    from histories h
    join (
      select workspace_id, domain, thread, min(started_at) as began
      from histories group by workspace_id, domain, thread
    ) t on t.workspace_id = h.workspace_id and t.domain = h.domain and t.thread = h.thread
    where h.workspace_id = m.workspace_id and h.key = m.key`,
  'delete from history_marks where at is null',
  'alter table history_marks alter at set not null',
  'alter table history_marks drop constraint history_marks_pkey',
  'drop index history_marks_by_key',
  'alter table history_marks add primary key (workspace_id, key, side, hash)',
  `create index history_marks_by_point on history_marks (workspace_id, hash, side, at, key)`,
  `create index history_marks_by_user
    on history_marks (workspace_id, hash, side, user_id, at, key)`,
  'drop index histories_by_point',
  `create index histories_by_point
    on histories (workspace_id, point, conversation, started_at, key) where point is not null`,
];

/**
 * In which order requests came, or were told more of; what is there came in the order in which it
 * began (see conversations/arrivals.ts).
 */
const ARRIVALS = [
  'alter table requests add arrived bigint not null default 0',
  `create index requests_by_arrival on requests (workspace_id, conversation, arrived)
    where conversation is not null`,
];

export const links: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`select set_config('cloudbrain.system', 'on', true)`.execute(db);
    for (const statement of [...LINKS, ...ARRIVALS]) {
      await sql.raw(statement).execute(db);
    }
  },
};
