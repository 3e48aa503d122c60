/**
 * Removes what is kept for a while only. Sums by model, domain and error stay, and so do daily
 * sketches and daily sums by user, agent, team and link, so that figures of any age can be told.
 */
import { sql, type RawBuilder } from 'kysely';
import { removeOperations } from './admin-retention.ts';
import type { Store, WorkspaceTx } from '../database/database.ts';
import { floorsAt, readFloors, type RetentionFloors } from '../time/retention-floors.ts';
import { OUTBOX_HOURS } from '../outbox.ts';
import { slotOf } from '../time/segments.ts';
import { time } from '../database/batch-columns.ts';
import { lockWorkspace } from '../database/workspace-lock.ts';
import { forgetMessages, namedBy } from './message-bodies.ts';
import { dropMonths, monthsBefore } from './months.ts';
import { DAY, HOUR } from '../time/zones.ts';

export interface RetentionOptions {
  store: Store;
  /** Days after which nothing more is expected of a trace or session. */
  observationDays?: number;
  /** Days for which single requests, executions and conversations are kept; months go as a whole. */
  rowDays?: number;
  /** Days after which a request is not gone on from any more; more than `observationDays`. */
  historyDays?: number;
}

/** Scopes that are sealed in one transaction: writers of the workspace wait for it. */
const CHUNK = 500;

/** What a run has removed. */
export interface Removed {
  events: number;
  scopes: number;
  months: number;
}

export class Retention {
  readonly #store: Store;
  readonly #observationDays: number;
  readonly #rowDays: number;
  readonly #historyDays: number;

  constructor({ store, observationDays = 8, rowDays = 400, historyDays = 30 }: RetentionOptions) {
    this.#store = store;
    this.#historyDays = historyDays;
    this.#observationDays = observationDays;
    this.#rowDays = rowDays;
  }

  /**
   * Removes what is too old. Several processes may do it at once.
   * @param now epoch milliseconds
   */
  async run(now: number): Promise<Removed> {
    const events = await this.#removeEvents(now - OUTBOX_HOURS * HOUR);
    const silentSince = time(now - this.#observationDays * DAY);
    let scopes = await this.#seal(sql`o.received_at < ${silentSince} and ${isSilent(silentSince)}`);
    const rowsBefore = now - this.#rowDays * DAY;
    // First, so that nobody takes what is being removed for all that there was.
    await this.#moveFloors(now, rowsBefore);
    const months = await monthsBefore(this.#store, rowsBefore);
    if (months.length > 0) {
      // Read again, a scope would put rows back that are counted already.
      scopes += await this.#seal(sql`o.started_at < ${time(rowsBefore)}`);
      await dropMonths(this.#store, months);
    }
    await this.#removeRows(rowsBefore);
    await this.#forgetHistories(now - this.#historyDays * DAY);
    await this.#store.asSystem((tx) => removeOperations(tx, rowsBefore, now));
    await this.#tidyUp();
    return { events, scopes, months: months.length };
  }

  /** The newest of the old ones stays: it marks that there were others (see live.ts). */
  #removeEvents(before: number): Promise<number> {
    return this.#store.asSystem(async (tx) => {
      const { numAffectedRows } = await sql`
        delete from live_events e using (
          select workspace_id, max(id) as id from live_events where at < ${time(before)}
          group by workspace_id
        ) last
        where e.workspace_id = last.workspace_id and e.id < last.id`.execute(tx);
      return Number(numAffectedRows ?? 0);
    });
  }

  /** @param which of the observations `o` are to go, with their whole scopes */
  async #seal(which: RawBuilder<unknown>): Promise<number> {
    let total = 0;
    for (const workspaceId of await this.#workspacesOf(sql`observations o where ${which}`)) {
      let sealed: number;
      do {
        sealed = await this.#store.inWorkspace(workspaceId, (ws) => sealChunk(ws, which));
        total += sealed;
      } while (sealed === CHUNK);
    }
    return total;
  }

  /** Conversations go by their end, so that a long one keeps its beginning. */
  async #removeRows(before: number): Promise<void> {
    const limit = time(before);
    await this.#store.asSystem(async (tx) => {
      await sql`delete from execution_details d using executions e
        where e.workspace_id = d.workspace_id and e.id = d.execution_id
          and e.started_at < ${limit} and e.scope is null`.execute(tx);
      await sql`delete from executions where started_at < ${limit} and scope is null`.execute(tx);
      await sql`delete from conversations where last_at < ${limit}`.execute(tx);
      for (const table of OF_CONVERSATIONS) {
        await sql`delete from ${sql.table(table)} t where not exists (select from conversations c
          where c.workspace_id = t.workspace_id and c.domain = t.domain
            and c.key = t.conversation)`.execute(tx);
      }
      await sql`delete from message_bodies where seen_at < ${limit}`.execute(tx);
      await sql`delete from message_search t where not exists (select from message_bodies b
        where b.workspace_id = t.workspace_id and b.hash = t.hash)`.execute(tx);
      await sql`delete from sealed_scopes where sealed_at < ${limit}`.execute(tx);
      await sql`delete from trace_sessions t
        where not exists (select from sealed_scopes s
            where s.workspace_id = t.workspace_id and s.scope = t.session)
          and not exists (select from observations o
            where o.workspace_id = t.workspace_id and o.scope = t.session)`.execute(tx);
    });
  }

  /** A conversation that pauses for longer is not gone on with: its history need not be looked up. */
  async #forgetHistories(before: number): Promise<void> {
    await this.#store.asSystem(async (tx) => {
      await sql`delete from history_marks m using histories h
        where h.workspace_id = m.workspace_id and h.key = m.key
          and h.started_at < ${time(before)}`.execute(tx);
      await sql`delete from histories where started_at < ${time(before)}`.execute(tx);
    });
  }

  async #moveFloors(now: number, rowsBefore: number): Promise<void> {
    // Once a day, whatever the hour.
    const target = { ...floorsAt(now), rows: slotOf(rowsBefore, 1440) + DAY };
    const behind = sql`floors where fine < ${time(target.fine)} or hour < ${time(target.hour)}
      or rows is null or rows < ${time(target.rows)}`;
    for (const workspaceId of await this.#workspacesOf(behind)) {
      await this.#store.inWorkspace(workspaceId, (ws) => moveFloors(ws, target));
    }
  }

  async #workspacesOf(source: RawBuilder<unknown>): Promise<string[]> {
    const { rows } = await this.#store.asSystem((tx) =>
      sql<{ workspace_id: string }>`select distinct workspace_id from ${source}`.execute(tx),
    );
    return rows.map(({ workspace_id }) => workspace_id);
  }

  /** The embedded database has no process that does this by itself. */
  async #tidyUp(): Promise<void> {
    if (this.#store.dialect !== 'pglite') return;
    for (const table of TIDIED) await this.#store.exec(`vacuum (analyze) ${table}`);
  }
}

/** Tables whose rows come and go; one after the other, so that requests get in between. */
const TIDIED = [
  'observations',
  'requests',
  'executions',
  'execution_details',
  'conversations',
  'histories',
  'history_marks',
  'message_places',
  'message_search',
  'model_sums',
  'domain_sums',
  'sketches',
  'user_sets',
  'label_sums',
  'error_sums',
  'link_sums',
  'domain_totals',
  'users',
  'agent_sums',
  'customers',
  'customer_domains',
  'credits',
  'credit_sums',
  'subscription_changes',
  'live_events',
  'cli_sessions',
  'cli_transitions',
  'session_sums',
  'errors',
  'error_group_sums',
  'provider_calls',
  'heartbeats',
  'security_events',
  'known_addresses',
] as const;

/** What is kept beside a conversation, and goes with it. */
const OF_CONVERSATIONS = ['conversation_tags', 'conversation_favorites', 'message_places'] as const;

/** Nothing of the scope has come since, and nothing in it is still to be given up. */
const isSilent = (since: string): RawBuilder<unknown> => sql`
  not exists (select from observations later
    where later.workspace_id = o.workspace_id and later.scope = o.scope
      and later.received_at >= ${since})
  and not exists (select from executions e
    where e.workspace_id = o.workspace_id and e.scope = o.scope and e.status = 'running')
  and not exists (select from cli_sessions s
    where s.workspace_id = o.workspace_id and s.scope = o.scope and s.due_at is not null)`;

/**
 * Lets go of the observations of some scopes. What was derived from them stays as it is, and what
 * is older than their end comes too late from now on.
 */
async function sealChunk(ws: WorkspaceTx, which: RawBuilder<unknown>): Promise<number> {
  await lockWorkspace(ws);
  const { rows } = await sql<{ scope: string; until: Date }>`
    select scope, max(coalesce(ended_at, started_at)) as until
    from observations where ${ws.of()} and scope in (
      select o.scope from observations o where ${ws.of('o.workspace_id')} and ${which}
      group by o.scope limit ${CHUNK}
    ) group by scope`.execute(ws.tx);
  if (rows.length === 0) return 0;
  const scopes = rows.map(({ scope }) => scope);
  const untils = rows.map(({ until }) => until.toISOString());
  await sql`insert into sealed_scopes as t (workspace_id, scope, until)
    select ${ws.workspaceId}::uuid, v.*
    from unnest(${scopes}::text[], ${untils}::timestamptz[]) as v(scope, until)
    on conflict (workspace_id, scope) do update
    set until = greatest(t.until, excluded.until)`.execute(ws.tx);
  const mine = sql`${ws.of()} and scope = any(${scopes}::text[])`;
  await sql`update requests set scope = null where ${mine}`.execute(ws.tx);
  await sql`update executions set scope = null where ${mine}`.execute(ws.tx);
  await sql`update cli_sessions set scope = null where ${mine}`.execute(ws.tx);
  await sql`update errors set scope = null where ${mine}`.execute(ws.tx);
  const { rows: unsaid } = await sql<{ hash: string }>`
    select distinct m.hash from observations o cross join lateral ${namedBy('o')} m(hash)
    where ${ws.of('o.workspace_id')} and o.scope = any(${scopes}::text[])
      and not exists (select from message_places p
        where ${ws.of('p.workspace_id')} and p.hash = m.hash)`.execute(ws.tx);
  await sql`delete from observations where ${mine}`.execute(ws.tx);
  // Nothing will come any more that says it.
  await forgetMessages(
    ws,
    unsaid.map(({ hash }) => hash),
  );
  return rows.length;
}

async function moveFloors(ws: WorkspaceTx, target: RetentionFloors): Promise<void> {
  await lockWorkspace(ws);
  const floors = await readFloors(ws);
  const higher = (name: keyof RetentionFloors) => time(Math.max(floors?.[name] ?? 0, target[name]));
  const [fine, hour, rows] = [higher('fine'), higher('hour'), higher('rows')];
  await sql`update floors set fine = ${fine}, hour = ${hour}, rows = ${rows}
    where ${ws.of()}`.execute(ws.tx);
  await sql`delete from sketches where ${ws.of()} and (
      grain = 15 and slot < ${fine}
      or grain = 60 and slot < ${fine} and label <> ''
      or grain = 60 and slot < ${hour}
    )`.execute(ws.tx);
  for (const table of ['user_sets', 'label_sums', 'link_sums'] as const) {
    await sql`delete from ${sql.table(table)}
      where ${ws.of()} and grain = 60 and slot < ${hour}`.execute(ws.tx);
  }
}
