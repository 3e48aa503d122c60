import { sql, type Expression, type SqlBool } from 'kysely';
import { conversationOf, hidden } from '../event-redaction.ts';
import { OUTBOX_HOURS } from '../outbox.ts';
import type { Store } from '../database/database.ts';
import type { LiveEventTable } from '../database/schema/telemetry.ts';

/** What happened, as a commit left it in the outbox. */
export interface OutboxEvent {
  id: number;
  /** `null`: of the installation, not of a domain. */
  domain: string | null;
  topic: LiveEventTable['topic'];
  /** The `data` of the contract's live event. */
  payload: unknown;
}

/** How far back the outbox of a workspace reaches. */
export interface OutboxBounds {
  /** Whoever has seen this id, or a later one, finds everything that came after it. */
  floor: number;
  /** The newest id; 0 where there was never an event. */
  latest: number;
}

export interface OutboxPage {
  /** Oldest first. */
  events: OutboxEvent[];
  /** As in `OutboxBounds`, when this was read. */
  floor: number;
}

/** The outbox as live streams read it. Within a workspace, ids grow in the order of commits. */
export class LiveStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  bounds(workspaceId: string): Promise<OutboxBounds> {
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      const row = await ws.tx
        .selectFrom('live_events')
        .select((eb) => [eb.fn.max<number | null>('id').as('latest'), floor(ws.of()).as('floor')])
        .where(ws.of())
        .executeTakeFirstOrThrow();
      return { floor: row.floor, latest: row.latest ?? 0 };
    });
  }

  /** At most `limit` events after the id, without what was said in conversations gone since. */
  read(workspaceId: string, after: number, limit: number): Promise<OutboxPage> {
    return this.#store.inWorkspace(workspaceId, async (ws) => {
      const { rows } = await sql<OutboxEvent & { floor: number }>`
        select l.id, l.domain, l.topic, ${floor(ws.of())} as floor,
          case when c.deleted_at is not null or l.topic = 'conversations' and c.key is null
            then ${hidden} else l.payload end as payload
        from live_events l
        left join conversations c on ${ws.of('c.workspace_id')} and c.domain = l.domain
          and c.key = ${conversationOf}
        where ${ws.of('l.workspace_id')} and l.id > ${after}
        order by l.id limit ${limit}`.execute(ws.tx);
      const events = rows.map(({ id, domain, topic, payload }) => ({ id, domain, topic, payload }));
      return { events, floor: rows[0]?.floor ?? 0 };
    });
  }
}

/**
 * What removes old events leaves the newest of them. So where even the oldest is young, none has
 * ever been removed, and whoever has seen nothing yet has missed nothing either. The hour is for
 * clocks that differ. (PostgreSQL names the `case` after its `id`: the order has to name the table.)
 */
const floor = (ofWorkspace: Expression<SqlBool>) =>
  sql<number>`coalesce((
    select case when at > now() - ${`${OUTBOX_HOURS - 1} hours`}::interval then 0 else id end
    from live_events where ${ofWorkspace} order by live_events.id limit 1
  ), 0)`;
