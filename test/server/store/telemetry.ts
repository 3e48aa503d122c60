/** A store with a writer, and what the tests want to know of its tables. */
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { openStore, type Store, type StoreOptions } from '../../../server/store/database.ts';
import { ExecutionStore } from '../../../server/store/executions.ts';
import type { Message, Observation } from '../../../server/store/records.ts';
import { StatsStore } from '../../../server/store/stats.ts';
import { Writer, type WriterOptions } from '../../../server/store/write/writer.ts';
import { createTestDatabase } from '../../support/database.ts';
import { reading } from './reading.ts';

export interface Clock {
  now: number;
}

export class Telemetry {
  readonly store: Store;
  readonly stats: StatsStore;
  readonly executions: ExecutionStore;
  readonly clock: Clock = { now: Date.parse('2026-11-21T10:00:00Z') };
  /** What the writer has told listeners: workspace and last event id. */
  readonly notices: [workspaceId: string, lastEventId: number][] = [];
  readonly unreadable: string[] = [];
  readonly writer: Writer;

  readonly #drop: () => Promise<void>;

  private constructor(store: Store, drop: () => Promise<void>, options: Partial<WriterOptions>) {
    this.store = store;
    this.#drop = drop;
    this.stats = new StatsStore(store);
    this.executions = new ExecutionStore(store);
    this.writer = this.anotherWriter(options);
  }

  /** In a database of its own: what sweeps and retention do concerns all workspaces. */
  static async open(
    options: StoreOptions = {},
    writerOptions: Partial<WriterOptions> = {},
  ): Promise<Telemetry> {
    const { databaseUrl, snapshot, drop } = await createTestDatabase();
    const store = await openStore({ databaseUrl, snapshot, ...options });
    return new Telemetry(store, drop, writerOptions);
  }

  anotherWriter(options: Partial<WriterOptions> = {}): Writer {
    return new Writer({
      store: this.store,
      reading,
      notify: (workspaceId, lastEventId) => this.notices.push([workspaceId, lastEventId]),
      onUnreadable: (_workspaceId, scope) => this.unreadable.push(scope),
      now: () => this.clock.now,
      ...options,
    });
  }

  /** A workspace that nothing has been written to. */
  workspace(): Workspace {
    return new Workspace(this, randomUUID());
  }

  async close(): Promise<void> {
    await this.writer.drain();
    await this.store.close();
    await this.#drop();
  }
}

type Row = Record<string, unknown>;

export class Workspace {
  readonly id: string;
  readonly #telemetry: Telemetry;

  constructor(telemetry: Telemetry, id: string) {
    this.#telemetry = telemetry;
    this.id = id;
  }

  /** Writes one batch. */
  write(...observations: Observation[]): Promise<void> {
    return this.writeWith(new Map(), ...observations);
  }

  writeWith(messages: Map<string, Message>, ...observations: Observation[]): Promise<void> {
    return this.#telemetry.writer.write(this.id, { observations, messages });
  }

  /** Rows of this workspace, by a query that may name it as `$workspace`. */
  async query<T = Row>(text: string): Promise<T[]> {
    const { rows } = await this.#telemetry.store.inWorkspace(this.id, ({ tx }) =>
      sql<T>`${sql.raw(text)}`.execute(tx),
    );
    return rows;
  }

  rows<T = Row>(table: string, order = '1'): Promise<T[]> {
    return this.query<T>(`select * from ${table} order by ${order}`);
  }

  async count(table: string): Promise<number> {
    const [row] = await this.query<{ n: number }>(`select count(*) as n from ${table}`);
    return row?.n ?? 0;
  }

  /** All that follows from what was written, without what differs from run to run (ids). */
  async state(): Promise<Record<string, Row[]>> {
    return {
      requests: await this.query(`
        select r.started_at, r.key, r.scope, r.trace_id, r.span_id, r.domain, r.family,
          r.provider, r.model, r.agent, r.user_id, r.conversation, r.latency_ms,
          r.latency_bucket, r.uncached_input, r.cache_read, r.cache_write, r.output, r.reasoning,
          r.cost_usd, r.error_type, r.input_messages, e.key as execution
        from requests r
        left join executions e on e.workspace_id = r.workspace_id and e.id = r.execution_id
        order by r.key collate "C", r.scope`),
      executions: await this.query(`
        select e.key, e.scope, e.trace_id, e.status, e.domain, e.user_id, e.agent, e.model,
          e.conversation, e.started_at, e.ended_at, e.last_event_at, e.steps_done, e.steps_total,
          e.requests, e.input_tokens, e.output_tokens, e.cost_usd, e.unpriced, e.error_type,
          d.task, d.steps
        from executions e join execution_details d on d.execution_id = e.id
        order by e.key collate "C", e.scope`),
      conversations: await this.rows('conversations', 'key collate "C", domain collate "C"'),
      users: await this.rows('users', 'user_id collate "C", domain collate "C"'),
      ...(await this.rollups()),
    };
  }

  async rollups(): Promise<Record<string, Row[]>> {
    const slot = 'grain, slot, domain collate "C"';
    return {
      modelSums: await this.rows('model_sums', `${slot}, model collate "C"`),
      domainSums: await this.rows('domain_sums', slot),
      sketches: await this.rows('sketches', `measure, label collate "C", ${slot}, bucket`),
      userSets: await this.rows('user_sets', `${slot}, user_id collate "C"`),
      agentSums: await this.rows('agent_sums', `${slot}, agent collate "C"`),
    };
  }

  /** What `rollups` has to be, made from the rows alone. */
  async rollupsFromRows(): Promise<Record<string, Row[]>> {
    const grains = `(values (15), (60), (1440)) as g(grain)`;
    const slotOf = (column: string) =>
      `date_bin(make_interval(mins => g.grain), ${column}, timestamptz '2000-01-01T00:00:00Z')`;
    const keptFrom = (label: string) => `case when g.grain = 1440 then '-infinity'
      when g.grain = 15 or ${label} <> '' then f.fine else f.hour end`;
    const isKept = (label: string) => `${slotOf('started_at')} >= ${keptFrom(label)}`;
    return {
      modelSums: await this.query(`
        select workspace_id, g.grain, ${slotOf('started_at')} as slot, domain, model,
          count(*) as requests, count(error_type) as errors,
          count(*) filter (where coalesce(uncached_input, cache_read, cache_write, output,
            reasoning) is null) as unmetered,
          count(*) - count(cost_usd) as unpriced,
          coalesce(sum(uncached_input), 0)::bigint as uncached_input,
          coalesce(sum(cache_read), 0)::bigint as cache_read,
          coalesce(sum(cache_write), 0)::bigint as cache_write,
          coalesce(sum(output), 0)::bigint as output,
          coalesce(sum(reasoning), 0)::bigint as reasoning,
          coalesce(sum(cost_usd), 0.00) as cost_usd
        from requests, ${grains} group by 1, 2, 3, 4, 5
        order by g.grain, slot, domain collate "C", model collate "C"`),
      domainSums: await this.query(`
        select workspace_id, grain, slot, domain, sum(executions)::bigint as executions,
          sum(completed)::bigint as completed, sum(failed)::bigint as failed,
          sum(running)::bigint as running, sum(abandoned)::bigint as abandoned,
          sum(conversations)::bigint as conversations
        from (
          select workspace_id, g.grain, ${slotOf('started_at')} as slot, domain, 1 as executions,
            (status = 'completed')::int as completed, (status = 'failed')::int as failed,
            (status = 'running')::int as running, (status = 'abandoned')::int as abandoned,
            0 as conversations
          from executions, ${grains}
          union all
          select workspace_id, g.grain, ${slotOf('first_at')}, domain, 0, 0, 0, 0, 0, 1
          from conversations, ${grains}
        ) parts group by 1, 2, 3, 4 order by grain, slot, domain collate "C"`),
      sketches: await this.query(`
        select workspace_id, measure, grain, slot, domain, label, bucket, count(*) as n from (
          select r.workspace_id, 'latency' as measure, g.grain, ${slotOf('started_at')} as slot,
            l.domain, label, latency_bucket as bucket
          from requests r, floors f, ${grains},
            lateral (values (domain, model), (domain, ''), ('', '')) as l(domain, label)
          where latency_bucket is not null and ${isKept('label')} and (g.grain > 15 or label = '')
          union all
          select e.workspace_id, 'duration', g.grain, ${slotOf('started_at')}, l.domain, label,
            case when ended_at <= started_at then -1000
              else ceil(ln(extract(epoch from ended_at - started_at) * 1000) / ln(1.04)) end
          from executions e, floors f, ${grains},
            lateral (values (domain, coalesce(agent, 'unknown')), (domain, ''), ('', ''))
              as l(domain, label)
          where status in ('completed', 'failed') and ended_at is not null
            and g.grain > 15 and ${isKept('label')}
        ) parts group by 1, 2, 3, 4, 5, 6, 7
        order by measure, label collate "C", grain, slot, domain collate "C", bucket`),
      userSets: await this.query(`
        select r.workspace_id, g.grain, ${slotOf('started_at')} as slot, domain, user_id,
          count(*) as n
        from requests r, floors f, ${grains}
        where user_id is not null and g.grain > 15 and ${isKept(`''`)}
        group by 1, 2, 3, 4, 5 order by g.grain, slot, domain collate "C", user_id collate "C"`),
      agentSums: await this.query(`
        select workspace_id, g.grain, ${slotOf('started_at')} as slot, domain, agent,
          count(*) as executions, count(*) filter (where status = 'completed') as completed,
          count(*) filter (where status = 'failed') as failed
        from executions, ${grains} where agent <> ''
        group by 1, 2, 3, 4, 5 order by g.grain, slot, domain collate "C", agent collate "C"`),
    };
  }
}

/** Bucket numbers come as text from some queries; what is compared is the numbers. */
export function comparable(state: Record<string, Row[]>): unknown {
  return JSON.parse(
    JSON.stringify(state, (key, value: unknown) => {
      if (key === 'workspace_id') return undefined;
      if (key === 'cost_usd' && typeof value === 'string') return Number(value);
      if (key === 'bucket') return Number(value);
      return value;
    }),
  );
}
