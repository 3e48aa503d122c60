/**
 * The service's process is killed again and again while four clients send telemetry. What a client saw
 * acknowledged must be there afterwards, and the rollups and the outbox must agree with the rows.
 */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Schemas } from '../../server/contract/index.ts';
import { agents } from '../../server/demo/cast.ts';
import { tracesBody, type Span } from '../../server/demo/otlp.ts';
import { random, type Random } from '../../server/demo/random.ts';
import { conversation } from '../../server/demo/run.ts';
import { openStore, type Store } from '../../server/store/database/database.ts';
import { isFull, seed } from '../support/effort.ts';
import { patience } from '../support/patience.ts';
import { ServiceProcess } from '../support/service-process.ts';

const KILLS = isFull ? 10 : 2;
const WRITERS = 4;

interface Batch {
  service: string;
  spans: readonly Span[];
  acknowledged: boolean;
}

/** Some runs that follow each other, cut into exports wherever the exporter's time was up. */
function batches(r: Random): Batch[] {
  // A helper whose caller is lost is a run of its own, and this is about runs that are one.
  const { helper: _helper, ...agent } = r.pick(agents);
  // Long enough ago for all of it to be over: statistics end now.
  const start = Date.now() - r.whole(60, 20 * 60) * 60_000;
  const spans = conversation(r, agent, start).flatMap((run) => run.spans);
  const all: Batch[] = [];
  while (spans.length > 0) {
    const part = spans.splice(0, r.whole(1, 40));
    all.push({ service: agent.domain, spans: part, acknowledged: false });
  }
  return all;
}

/** Clients that send without pause, and again what was not acknowledged. */
class Writers {
  readonly sent: Batch[] = [];
  readonly #service: ServiceProcess;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>[];
  #acknowledged = 0;
  #waiting: { count: number; resolve: () => void } | undefined;
  #up = Promise.withResolvers<void>();

  constructor(service: ServiceProcess) {
    this.#service = service;
    this.#up.resolve();
    this.#running = Array.from({ length: WRITERS }, (_, index) =>
      this.#write(random(seed + index)),
    );
  }

  /** Resolves once so many more batches have been acknowledged. */
  acknowledges(more: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting = { count: this.#acknowledged + more, resolve };
    return promise;
  }

  /** The service is down until `resume`. */
  pause(): void {
    this.#up = Promise.withResolvers();
  }

  resume(): void {
    this.#up.resolve();
  }

  /** Resolves once each client has what it was sending acknowledged. */
  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
  }

  async #write(r: Random): Promise<void> {
    while (!this.#ending.signal.aborted) {
      for (const batch of batches(r)) {
        this.sent.push(batch);
        await this.#send(batch, r);
      }
    }
  }

  async #send(batch: Batch, r: Random): Promise<void> {
    for (;;) {
      await this.#up.promise;
      if (await this.#post(batch)) {
        batch.acknowledged = true;
        this.#acknowledged++;
        if (this.#waiting && this.#acknowledged >= this.#waiting.count) this.#waiting.resolve();
        return;
      }
      // Some clients are killed as well, or have no patience.
      if (r.chance(0.3)) return;
      // Until the kill has been noticed, there is nobody to ask.
      await delay(5);
    }
  }

  async #post({ service, spans }: Batch): Promise<boolean> {
    try {
      const answer = await fetch(`${this.#service.url}/v1/traces`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${this.#service.key}`,
        },
        body: tracesBody([{ service, scope: 'demo', items: [...spans] }]),
      });
      await answer.text();
      assert.ok(answer.ok || answer.status === 503, `It was answered with ${answer.status}.`);
      return answer.ok;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return false;
    }
  }
}

const isRequest = ({ name }: Span): boolean => name.startsWith('chat ');

describe('a service that is killed again and again', { timeout: patience(60_000) }, () => {
  let service: ServiceProcess;
  let store: Store;
  let sent: readonly Batch[];
  /** What the service itself said when it ran for the last time. */
  let overview: Schemas['StatsOverview'];
  let days: Schemas['StatsTimeline'];

  before(async () => {
    service = await ServiceProcess.start();
    const writers = new Writers(service);
    const r = random(seed - 1);
    for (let kill = 0; kill < KILLS; kill++) {
      await writers.acknowledges(r.whole(5, 60));
      // Somewhere in the midst of what is under way.
      await delay(r.whole(0, 40));
      writers.pause();
      await service.kill();
      await service.start();
      writers.resume();
    }
    await writers.end();
    sent = writers.sent;
    const headers = { authorization: `Bearer ${await service.login()}` };
    const ask = async (path: string): Promise<unknown> =>
      (await fetch(service.url + path, { headers })).json();
    overview = (await ask('/api/stats/overview?timeframe=all')) as Schemas['StatsOverview'];
    days = (await ask('/api/stats/timeline?timeframe=7d')) as Schemas['StatsTimeline'];
    await service.stop();
    store = await openStore(service.database);
  });

  after(async () => {
    await store.close();
    await service.close();
  });

  const rows = <Row>(text: string): Promise<Row[]> =>
    store.asSystem(async (tx) => (await sql.raw<Row>(text).execute(tx)).rows);

  it('has all that was acknowledged, and of all else a batch or nothing of it', async (t) => {
    t.diagnostic(`TEST_SEED=${seed}`);
    const kept = new Set(
      (await rows<{ span_id: string }>('select span_id from requests')).map((it) => it.span_id),
    );
    const runs = new Map(
      (
        await rows<{ trace_id: string; status: string }>('select trace_id, status from executions')
      ).map((it) => [it.trace_id, it.status]),
    );
    const acknowledged = sent.filter((batch) => batch.acknowledged);
    t.diagnostic(`${acknowledged.length} of ${sent.length} batches acknowledged`);
    for (const { spans, acknowledged: isAcknowledged } of sent) {
      const requests = spans.filter(isRequest);
      const there = requests.filter(({ spanId }) => kept.has(spanId)).length;
      if (isAcknowledged || there > 0) assert.equal(there, requests.length);
      if (!isAcknowledged) continue;
      for (const span of spans) {
        if (!isRequest(span)) assert.ok(runs.has(span.traceId), `the run of ${span.name}`);
        if (span.name.startsWith('invoke_agent')) {
          assert.equal(runs.get(span.traceId), span.error ? 'failed' : 'completed');
        }
      }
    }
  });

  it('has each thing once', async () => {
    const [{ requests, spans, executions, traces } = assert.fail()] = await rows<
      Record<'requests' | 'spans' | 'executions' | 'traces', number>
    >(`select
      (select count(*) from requests) as requests,
      (select count(distinct span_id) from requests) as spans,
      (select count(*) from executions) as executions,
      (select count(distinct trace_id) from executions) as traces`);
    assert.equal(requests, spans);
    assert.equal(executions, traces);
  });

  it('has rollups that equal the rows', async () => {
    const sums = await rows(`
      with raw as (
        select g.grain, date_bin(g.grain * interval '1 minute', started_at, 'epoch') as slot,
          domain, model, count(*) as requests,
          count(*) filter (where error_type is not null) as errors,
          count(*) filter (where cost_usd is null) as unpriced,
          sum(coalesce(uncached_input, 0)) as uncached_input,
          sum(coalesce(cache_read, 0)) as cache_read,
          sum(coalesce(output, 0)) as output,
          sum(coalesce(cost_usd, 0)) as cost_usd
        from requests, (values (15), (60), (1440)) as g (grain)
        group by 1, 2, 3, 4
      )
      select raw.*, kept.* from raw
      full join model_sums as kept using (grain, slot, domain, model)
      where (raw.requests, raw.errors, raw.unpriced, raw.uncached_input, raw.cache_read,
          raw.output, raw.cost_usd)
        is distinct from (kept.requests, kept.errors, kept.unpriced, kept.uncached_input,
          kept.cache_read, kept.output, kept.cost_usd)`);
    assert.deepEqual(sums, []);
    const counts = await rows(`
      with raw as (
        select g.grain, date_bin(g.grain * interval '1 minute', started_at, 'epoch') as slot,
          domain, count(*) as executions,
          count(*) filter (where status = 'completed') as completed,
          count(*) filter (where status = 'failed') as failed,
          count(*) filter (where status = 'running') as running,
          count(*) filter (where status = 'abandoned') as abandoned
        from executions, (values (15), (60), (1440)) as g (grain)
        group by 1, 2, 3
      )
      select raw.*, kept.* from raw
      full join domain_sums as kept using (grain, slot, domain)
      where (coalesce(raw.executions, 0), coalesce(raw.completed, 0), coalesce(raw.failed, 0),
          coalesce(raw.running, 0), coalesce(raw.abandoned, 0))
        is distinct from (kept.executions, kept.completed, kept.failed, kept.running,
          kept.abandoned)`);
    assert.deepEqual(counts, []);
    // The domain '' stands for all of them.
    const latencies = await rows(`
      with raw as (
        select latency_bucket as bucket, place.domain, count(*) as n
        from requests, lateral (values (requests.domain), ('')) as place (domain)
        where latency_bucket is not null group by 1, 2
      ), kept as (
        select bucket, domain, sum(n) as n from sketches
        where measure = 'latency' and label = '' and grain = 1440 group by 1, 2
      )
      select raw.*, kept.* from raw full join kept using (bucket, domain)
      where raw.n is distinct from kept.n`);
    assert.deepEqual(latencies, []);
  });

  it('told of every run as it is in the end', async () => {
    const untold = await rows(`
      select e.id, e.status, told.status as told from executions as e
      left join lateral (
        select payload -> 'execution' ->> 'status' as status from live_events
        where topic = 'executions' and payload -> 'execution' ->> 'id' = e.id::text
        order by id desc limit 1
      ) as told on true
      where told.status is distinct from e.status`);
    assert.deepEqual(untold, []);
  });

  it('shows in its statistics what the rows say', async () => {
    const [raw] = await rows<Record<string, string>>(`select
      (select count(*) from requests) as requests,
      (select count(*) from requests where error_type is not null) as errors,
      (select sum(coalesce(uncached_input, 0) + coalesce(cache_read, 0)
        + coalesce(cache_write, 0) + coalesce(output, 0)) from requests) as tokens,
      (select count(*) from executions) as executions,
      (select count(*) from executions where status = 'completed') as completed,
      (select count(*) from conversations) as conversations,
      (select count(distinct user_id) from requests) as users`);
    const { requests, errors, tokens, executions, conversations, users } = overview;
    assert.deepEqual(
      {
        requests,
        errors,
        tokens: tokens.total,
        executions: executions.total,
        completed: executions.completed,
        conversations,
        users: users.active,
      },
      Object.fromEntries(Object.entries(raw ?? {}).map(([name, n]) => [name, Number(n)])),
    );
    const byDay = days.points.reduce((sum, point) => sum + point.requests, 0);
    assert.equal(byDay, requests);
  });
});
