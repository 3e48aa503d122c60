/** A store with a writer, and what the tests want to know of its tables. */
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import {
  openStore,
  type Store,
  type StoreOptions,
} from '../../../server/store/database/database.ts';
import { ExecutionStore } from '../../../server/store/read/executions.ts';
import type { Message } from '../../../server/model/message.ts';
import type { Observation } from '../../../server/model/observation.ts';
import { statsOf } from '../../../server/store/read/stats.ts';
import { told, type StatsTold } from '../../support/stats-lists.ts';
import { Writer, type WriterOptions } from '../../../server/store/write/writer.ts';
import { createTestDatabase } from '../../support/database.ts';
import { derivation } from './derivation.ts';

export interface Clock {
  now: number;
}

export class Telemetry {
  readonly store: Store;
  readonly stats: StatsTold;
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
    this.stats = told(statsOf(store));
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
      derivation,
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
          r.provider, r.model, r.agent, r.team, r.user_id, r.conversation, r.latency_ms,
          r.latency_bucket, r.first_token_ms, r.first_token_bucket, r.uncached_input, r.cache_read, r.cache_write, r.output, r.reasoning,
          r.cost_usd, r.error_type, r.input_messages, e.key as execution
        from requests r
        left join executions e on e.workspace_id = r.workspace_id and e.id = r.execution_id
        order by r.key collate "C", r.scope`),
      executions: await this.query(`
        select e.key, e.scope, e.trace_id, e.status, e.domain, e.user_id, e.agent, e.model,
          e.conversation, e.started_at, e.ended_at, e.last_event_at, e.steps_done, e.steps_total,
          e.requests, e.input_tokens, e.output_tokens, e.cost_usd, e.unpriced, e.error_type,
          e.links, d.task, d.steps
        from executions e join execution_details d on d.execution_id = e.id
        order by e.key collate "C", e.scope`),
      conversations: await this.rows('conversations', 'key collate "C", domain collate "C"'),
      ...(await this.operations()),
      ...(await this.rollups()),
    };
  }

  /** Sessions, errors and providers, without ids. */
  async operations(): Promise<Record<string, Row[]>> {
    return {
      cliSessions: await this.query(`
        select key, scope, family, version, domain, user_id, state, reached, started_at,
          last_event_at, turns, requests, transitions, recent, due_at
        from cli_sessions order by key collate "C", scope`),
      cliTransitions: await this.query(`
        select s.key, t.place, t.at, t.domain, t.from_state, t.to_state, t.event
        from cli_transitions t join cli_sessions s on s.id = t.session_id
        order by s.key collate "C", t.place`),
      errors: await this.query(`
        select e.key, e.scope, e.at, e.severity, e.source, e.type, e.message, e.fingerprint,
          e.has_stack, e.domain, e.user_id, e.agent, e.model, x.key as execution, d.stack
        from errors e left join error_stacks d on d.error_id = e.id
        left join executions x on x.id = e.execution_id
        order by e.key collate "C", e.scope`),
      providers: await this.query(`
        select domain, provider, success_at, error_at, error_key, error_type, error_message
        from provider_calls order by domain collate "C", provider collate "C"`),
    };
  }

  /** What `providers` has to be, made from the requests. */
  async providersFromRows(): Promise<Row[]> {
    return this.query(`
      select g.domain, g.provider, g.success_at, f.error_at, f.error_key, f.error_type,
        f.error_message
      from (
        select domain, provider, max(started_at) filter (where error_type is null) as success_at
        from requests where provider is not null group by domain, provider
      ) g left join lateral (
        select started_at as error_at, key as error_key, error_type, error_message
        from requests r
        where r.domain = g.domain and r.provider = g.provider and r.error_type is not null
        order by started_at desc, key collate "C" desc limit 1
      ) f on true order by g.domain collate "C", g.provider collate "C"`);
  }

  /** Which messages are said in which conversations. */
  messagePlaces(): Promise<Row[]> {
    return this.query(`select hash, domain, conversation, first_at from message_places
      order by hash collate "C", domain collate "C", conversation collate "C"`);
  }

  /** What `messagePlaces` has to be, made from the requests. */
  messagePlacesFromRows(): Promise<Row[]> {
    return this.query(`
      select m.hash, r.domain, r.conversation, min(r.started_at) as first_at
      from requests r
      cross join lateral jsonb_array_elements_text(r.input_messages || r.output_messages) m(hash)
      where r.conversation is not null group by 1, 2, 3
      order by m.hash collate "C", r.domain collate "C", r.conversation collate "C"`);
  }

  async rollups(): Promise<Record<string, Row[]>> {
    const slot = 'grain, slot, domain collate "C"';
    return {
      modelSums: await this.rows('model_sums', `${slot}, model collate "C"`),
      domainSums: await this.rows('domain_sums', slot),
      sketches: await this.rows('sketches', `measure, label collate "C", ${slot}, bucket`),
      userSets: await this.rows('user_sets', `${slot}, user_id collate "C"`),
      labelSums: await this.rows('label_sums', `dimension, label, ${slot}, model collate "C"`),
      errorSums: await this.rows('error_sums', `${slot}, error_type, model collate "C"`),
      linkSums: await this.rows('link_sums', `kind, source, target, ${slot}`),
      domainTotals: await this.rows('domain_totals', 'domain collate "C"'),
      users: await this.rows('users', 'user_id collate "C", domain collate "C"'),
      sessionSums: await this.rows('session_sums', `measure, ${slot}, from_state, to_state`),
      errorGroupSums: await this.rows(
        'error_group_sums',
        `${slot}, severity, fingerprint collate "C"`,
      ),
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
    const usage = `count(error_type) as errors,
      count(*) filter (where coalesce(uncached_input, cache_read, cache_write, output,
        reasoning) is null) as unmetered,
      count(*) - count(cost_usd) as unpriced,
      coalesce(sum(uncached_input), 0)::bigint as uncached_input,
      coalesce(sum(cache_read), 0)::bigint as cache_read,
      coalesce(sum(cache_write), 0)::bigint as cache_write,
      coalesce(sum(output), 0)::bigint as output,
      coalesce(sum(reasoning), 0)::bigint as reasoning,
      coalesce(sum(cost_usd), 0.00) as cost_usd`;
    const timed = `error_type is null and output > 0 and latency_ms > 0`;
    const ended = `status in ('completed', 'failed') and ended_at is not null`;
    const durationMs = `greatest(0, round(extract(epoch from ended_at - started_at) * 1000))`;
    return {
      modelSums: await this.query(`
        select workspace_id, g.grain, ${slotOf('started_at')} as slot, domain, model,
          count(*) as requests, ${usage},
          coalesce(sum(coalesce(uncached_input, 0) + coalesce(cache_read, 0)
            + coalesce(cache_write, 0) + coalesce(output, 0))
            filter (where cost_usd is not null), 0)::bigint as priced_tokens,
          coalesce(sum(output) filter (where ${timed}), 0)::bigint as timed_output,
          coalesce(sum(round(latency_ms * 1000)) filter (where ${timed}), 0)::bigint as timed_us
        from requests, ${grains} group by 1, 2, 3, 4, 5
        order by g.grain, slot, domain collate "C", model collate "C"`),
      domainSums: await this.query(`
        select workspace_id, grain, slot, domain, sum(executions)::bigint as executions,
          sum(completed)::bigint as completed, sum(failed)::bigint as failed,
          sum(running)::bigint as running, sum(abandoned)::bigint as abandoned,
          sum(conversations)::bigint as conversations, sum(timed)::bigint as timed,
          sum(duration_ms)::bigint as duration_ms
        from (
          select workspace_id, g.grain, ${slotOf('started_at')} as slot, domain, 1 as executions,
            (status = 'completed')::int as completed, (status = 'failed')::int as failed,
            (status = 'running')::int as running, (status = 'abandoned')::int as abandoned,
            0 as conversations, (${ended})::int as timed,
            case when ${ended} then ${durationMs} else 0 end as duration_ms
          from executions, ${grains}
          union all
          select workspace_id, g.grain, ${slotOf('first_at')}, domain, 0, 0, 0, 0, 0, 1, 0, 0
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
          select r.workspace_id, 'first_token', g.grain, ${slotOf('started_at')}, domain, model,
            case when first_token_ms > 0 then ceil(ln(first_token_ms) / ln(1.04::float8))
              else -1000 end
          from requests r, floors f, ${grains}
          where first_token_ms is not null and g.grain > 15 and ${isKept('model')}
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
          count(*) as n, ${usage}
        from requests r, floors f, ${grains}
        where user_id is not null and g.grain > 15 and ${isKept(`''`)}
        group by 1, 2, 3, 4, 5 order by g.grain, slot, domain collate "C", user_id collate "C"`),
      labelSums: await this.query(`
        select r.workspace_id, dimension, g.grain, ${slotOf('started_at')} as slot, domain, label,
          l.model, count(*) as requests, ${usage}
        from requests r, floors f, ${grains},
          lateral (values ('agent', coalesce(agent, ''), r.model), ('team', team, ''))
            as l(dimension, label, model)
        where label is not null and g.grain > 15 and ${isKept(`''`)} group by 1, 2, 3, 4, 5, 6, 7
        order by dimension, label collate "C", g.grain, slot, domain collate "C",
          l.model collate "C"`),
      errorSums: await this.query(`
        select workspace_id, g.grain, ${slotOf('started_at')} as slot, domain, error_type, model,
          count(*) as n
        from requests, ${grains} where error_type is not null group by 1, 2, 3, 4, 5, 6
        order by g.grain, slot, domain collate "C", error_type collate "C", model collate "C"`),
      linkSums: await this.query(`
        select e.workspace_id, g.grain, ${slotOf('started_at')} as slot, domain, kind,
          coalesce(source, '') as source, target, sum(calls)::bigint as calls,
          sum(errors)::bigint as errors
        from executions e, floors f, ${grains},
          jsonb_to_recordset(links)
            as l(kind text, source text, target text, calls bigint, errors bigint)
        where g.grain > 15 and ${isKept(`''`)} group by 1, 2, 3, 4, 5, 6, 7
        order by kind, source, target, g.grain, slot, domain collate "C"`),
      domainTotals: await this.query(`
        select workspace_id, domain, sum(requests)::bigint as requests,
          sum(executions)::bigint as executions, max(at) as last_request_at
        from (
          select workspace_id, domain, 1 as requests, 0 as executions, started_at as at
          from requests
          union all select workspace_id, domain, 0, 1, null from executions
        ) rows group by 1, 2 order by domain collate "C"`),
      users: await this.query(`
        select workspace_id, user_id, domain, min(started_at) as first_at,
          max(started_at) as last_at
        from requests where user_id is not null group by 1, 2, 3
        order by user_id collate "C", domain collate "C"`),
      sessionSums: await this.query(`
        select workspace_id, measure, grain, slot, domain, from_state, to_state, count(*) as n
        from (
          select workspace_id, 'move' as measure, g.grain, ${slotOf('at')} as slot, domain,
            from_state, to_state from cli_transitions, ${grains}
          union all
          select workspace_id, m.measure, g.grain, ${slotOf('started_at')}, domain, '', m.state
          from cli_sessions, ${grains}, lateral (
            select 'session' as measure, '' as state
            union all select 'last', state
            union all select distinct 'reached', t.to_state
              from cli_transitions t where t.session_id = cli_sessions.id
          ) m
        ) parts group by 1, 2, 3, 4, 5, 6, 7
        order by measure, grain, slot, domain collate "C", from_state, to_state`),
      errorGroupSums: await this.query(`
        select workspace_id, g.grain, ${slotOf('at')} as slot, domain, severity, fingerprint,
          count(*) as n
        from errors, ${grains} group by 1, 2, 3, 4, 5, 6
        order by g.grain, slot, domain collate "C", severity, fingerprint collate "C"`),
      agentSums: await this.query(`
        select workspace_id, g.grain, ${slotOf('started_at')} as slot, domain, agent,
          count(*) as executions, count(*) filter (where status = 'completed') as completed,
          count(*) filter (where status = 'failed') as failed,
          count(*) filter (where ${ended}) as timed,
          coalesce(sum(${durationMs}) filter (where ${ended}), 0)::bigint as duration_ms
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
