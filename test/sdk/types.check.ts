/** Compiles, or the SDK's types have changed: nothing here runs. */
import {
  type Call,
  type CleanupRun,
  type CloudBrain,
  type CloudBrainError,
  type components,
  type Execution,
  type ExecutionDetail,
  type LiveExecution,
  type LiveStream,
  type Me,
  type Page,
  passwordAuth,
  type StatsCosts,
  type StatsDomain,
  type StatsOverview,
  type StatsOverviewQuery,
  type StatsPeaks,
  type UserUsage,
} from '@cloudbrain/sdk';
import { FakeServer } from '@cloudbrain/sdk/testing';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Holds where both are the same type. */
const same = <A, B>(_proof: Equal<A, B>): void => {};
/** Holds where the value's type is B. */
const is =
  <B>() =>
  <A>(_value: A, _proof: Equal<A, B>): void => {};

export async function check(cb: CloudBrain): Promise<void> {
  // Answers have the contract's types.
  const overview = cb.stats.overview({ timeframe: '7d', domain: 'a.example' });
  same<typeof overview, Call<StatsOverview>>(true);
  same<Awaited<typeof overview>, components['schemas']['StatsOverview']>(true);
  same<Awaited<ReturnType<typeof cb.auth.me>>, Me>(true);
  same<Awaited<ReturnType<typeof cb.executions.get>>, ExecutionDetail>(true);
  same<Awaited<ReturnType<typeof cb.cleanup.run>>, CleanupRun>(true);
  const { data, requestId } = await overview.withResponse();
  is<StatsOverview>()(data, true);
  is<string | undefined>()(requestId, true);

  // A statistic is asked by its name; what it needs is required.
  same<Awaited<ReturnType<typeof cb.stats.peaks>>, StatsPeaks>(true);
  same<Awaited<ReturnType<typeof cb.stats.domain>>, StatsDomain>(true);
  for await (const user of cb.stats.users({ sort: 'cost' })) is<UserUsage>()(user, true);
  const { anomalies } = await cb.stats.timeline({ anomalies: true });
  for (const anomaly of anomalies ?? []) {
    if (anomaly.metric === 'cost') is<string>()(anomaly.expected, true);
    else is<number>()(anomaly.expected, true);
  }
  // @ts-expect-error: which models?
  void cb.stats.compareModels({ timeframe: '7d' });
  // @ts-expect-error: no such breakdown
  void cb.stats.costs({ breakdown: 'weather' });

  // A list is a page when it is awaited, and entries when it is iterated.
  const list = cb.executions.list({ status: 'failed' });
  same<Awaited<typeof list>, Page<Execution>>(true);
  for await (const execution of list) is<Execution>()(execution, true);

  // All that the server answers beside the entries is there, and only where it is.
  const conversations = await cb.conversations.list();
  is<{ value: number; isExact: boolean }>()(conversations.count, true);
  const costs = await cb.stats.costs({ breakdown: 'agent' });
  is<StatsCosts['total']>()(costs.total, true);
  is<StatsCosts['unavailable']>()((await costs.previous()).unavailable, true);
  // @ts-expect-error: executions are not counted
  void (await list).count;
  same<Awaited<ReturnType<typeof list.toArray>>, Execution[]>(true);

  // What the contract doesn't have, no call takes.
  // @ts-expect-error: no such timeframe
  void cb.stats.overview({ timeframe: '8d' });
  // @ts-expect-error: no such filter
  void cb.executions.list({ color: 'red' });
  // @ts-expect-error: dryRun is required
  void cb.cleanup.run({});
  // @ts-expect-error: an array needs a limit
  void list.toArray();
  // @ts-expect-error: only writes have a key
  void cb.stats.overview({}, { idempotencyKey: 'k' });
  // Refreshing is the session's own affair.
  same<'refresh' extends keyof typeof cb.auth ? true : false, false>(true);

  // Each answer of a batch has the type of its call, and its place tells which it is.
  const batch = cb.batch((b) => [b.auth.me(), b.executions.list({ limit: 5 })]);
  const [me, runs] = await batch;
  if (me.status === 'fulfilled') same<typeof me.value, Me>(true);
  else same<typeof me.reason, CloudBrainError>(true);
  if (runs.status === 'fulfilled') same<typeof runs.value, Page<Execution>>(true);
  for await (const entry of batch) {
    same<typeof entry.index, 0 | 1>(true);
    if (entry.index === 0 && entry.status === 'fulfilled') same<typeof entry.value, Me>(true);
  }
  const all = await cb.batch((b) => ['a', 'b'].map((id) => b.executions.get(id)));
  const [one] = all;
  if (one?.status === 'fulfilled') same<typeof one.value, ExecutionDetail>(true);
  // @ts-expect-error: there are only two
  void (async () => (await batch)[2]);

  // Live events are told apart by their name; that a token ended is no event.
  const stream = cb.live.subscribe({ topics: ['executions'] });
  same<typeof stream, LiveStream>(true);
  for await (const update of stream) {
    same<
      typeof update.event,
      | 'hello'
      | 'execution'
      | 'stats'
      | 'conversation'
      | 'cleanup'
      | 'session'
      | 'failure'
      | 'executive'
      | 'reset'
    >(true);
    if (update.event === 'execution') same<typeof update.data, LiveExecution['data']>(true);
    if (update.event === 'reset') same<typeof update.data.reason, 'unknown_id' | 'too_old'>(true);
  }
  // @ts-expect-error: no such topic
  void cb.live.subscribe({ topics: ['weather'] });

  // Listeners know what they are told.
  cb.auth.on('change', (me) => is<Me | null>()(me, true));
  // @ts-expect-error: no such event
  cb.auth.on('renewed', () => {});

  // A time is a text or a Date, where it is sent; where it is answered it is a text.
  const from = new Date();
  void cb.stats.overview({ from, to: '2026-11-21T10:00:00Z' });
  void cb.executions.list({ from });
  void cb.conversations.exportMany({ filter: { from } });
  void cb.business.ingest({ credits: [{ at: from, updatedAt: from } as never] });
  void cb.api.GET('/api/stats/overview', { params: { query: { from } } });
  const period: StatsOverviewQuery = { from };
  void cb.stats.overview(period);
  is<string>()((await overview).period.from, true);
  // @ts-expect-error: no number
  void cb.stats.overview({ from: 5 });

  // The way out is typed as well.
  const { data: detail } = await cb.api.GET('/api/executions/{id}', {
    params: { path: { id: '1' } },
  });
  is<ExecutionDetail | undefined>()(detail, true);
  // @ts-expect-error: no such path
  void cb.api.GET('/api/weather');

  // Any storage of that shape will do.
  passwordAuth({ storage: localStorage });
  passwordAuth({ storage: { getItem: async () => null, setItem: () => {}, removeItem: () => {} } });

  // A fake answers by the contract.
  new FakeServer().on('health.get', { status: 'healthy' });
  // @ts-expect-error: no such health
  new FakeServer().on('health.get', { status: 'fine' });
}
