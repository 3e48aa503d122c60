/** How providers answer, by their calls: in any order of arrival, and past what is kept of them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { ProviderStore } from '../../../server/store/read/admin/providers.ts';
import type { Observation } from '../../../server/model/observation.ts';
import { Retention } from '../../../server/store/write/retention.ts';
import { DAY, HOUR, MINUTE } from '../../../server/store/time/zones.ts';
import { runs } from '../../support/effort.ts';
import { failure, observation } from './derivation.ts';
import { Telemetry } from './telemetry.ts';

describe('providers', () => {
  let telemetry: Telemetry;
  let store: ProviderStore;
  let now: number;
  before(async () => {
    telemetry = await Telemetry.open();
    store = new ProviderStore(telemetry.store);
    now = telemetry.clock.now;
  });
  after(() => telemetry.close());

  const traceId = (place: number): string => place.toString(16).padStart(32, '0');

  interface Call {
    ago: number;
    error?: boolean;
    domain?: string;
    provider?: string;
    /** What is told of it later wins over what was told sooner. */
    endsAfter?: number | null;
  }

  const call = (place: number, { ago, error = false, domain, provider, endsAfter = 1 }: Call) =>
    observation({
      traceId: traceId(place),
      domain: domain ?? 'a.example.com',
      startedAt: now - ago,
      endedAt: endsAfter === null ? null : now - ago + endsAfter,
      data: { provider: provider ?? 'openai', model: 'gpt-5', error: error ? failure : null },
    });

  const statuses = async (calls: readonly Call[], domains: readonly string[] | null = null) => {
    const workspace = telemetry.workspace();
    for (const [place, each] of calls.entries()) await workspace.write(call(place, each));
    const told = await store.health(workspace.id, domains, now);
    return Object.fromEntries(told.map(({ name, status }) => [name, status]));
  };

  it('are down once their calls fail for over 5 minutes, not after a quiet time', async () => {
    const quiet: Call = { ago: 9 * HOUR };
    const failed = (ago: number, more: Partial<Call> = {}): Call => ({ ago, error: true, ...more });
    assert.deepEqual(await statuses([quiet, failed(3_000)]), { openai: 'degraded' });
    assert.deepEqual(await statuses([failed(3_000)]), { openai: 'degraded' });
    const long = [failed(6 * MINUTE), failed(3_000), quiet];
    assert.deepEqual(await statuses(long), { openai: 'down' });
    assert.deepEqual(await statuses([...long, { ago: 4 * MINUTE }]), { openai: 'degraded' });
    assert.deepEqual(await statuses([...long, { ago: 1_000 }]), { openai: 'healthy' });
    // Before the last success somewhere, no failure counts.
    const elsewhere = { domain: 'b.example.com' };
    const both = [...long, { ago: 4 * MINUTE, ...elsewhere }, failed(2_000, elsewhere)];
    assert.deepEqual(await statuses(both), { openai: 'degraded' });
    assert.deepEqual(await statuses(both, ['a.example.com']), { openai: 'down' });
    assert.deepEqual(await statuses(both, ['b.example.com']), { openai: 'degraded' });
    assert.deepEqual(await statuses([...long, failed(1, { provider: 'x' })]), {
      openai: 'down',
      x: 'degraded',
    });
  });

  it('are the same in whatever order calls arrive and turn out', async () => {
    const step = fc.record({
      place: fc.nat(5),
      error: fc.boolean(),
      provider: fc.constantFrom('openai', 'anthropic'),
      domain: fc.constantFrom('a.example.com', 'b.example.com'),
      ago: fc.constantFrom(0, 1_000, 4 * MINUTE, 10 * MINUTE),
      endsAfter: fc.option(fc.nat(5)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const observations = steps.map(({ place, ...each }) => call(place, each));
        const written = async (batches: readonly Observation[][]) => {
          const workspace = telemetry.workspace();
          for (const batch of batches) await workspace.write(...batch);
          return workspace;
        };
        const straight = await written(observations.map((each) => [each]));
        const { providers } = await straight.operations();
        assert.deepEqual(providers, await straight.providersFromRows());
        const backwards = await written(observations.toReversed().map((each) => [each]));
        const together = await written([observations]);
        const expected = await store.health(straight.id, null, now);
        for (const other of [backwards, together]) {
          assert.deepEqual((await other.operations()).providers, providers);
          assert.deepEqual(await store.health(other.id, null, now), expected);
        }
      }),
      { numRuns: runs(8) },
    );
  });

  it('keep what they told before, where its rows are gone', async () => {
    const workspace = telemetry.workspace();
    await workspace.write(call(1, { ago: 40 * DAY }));
    await workspace.write(call(2, { ago: 1_000, error: true, endsAfter: null }));
    await new Retention({ store: telemetry.store, rowDays: 10 }).run(now);
    // The failure turns out to be another one's.
    await workspace.write(call(2, { ago: 1_000, error: true, provider: 'anthropic' }));
    const told = await store.health(workspace.id, null, now);
    assert.deepEqual(
      told.map(({ name, lastSuccessAt, lastErrorAt }) => [name, lastSuccessAt, lastErrorAt]),
      [
        ['anthropic', null, new Date(now - 1_000).toISOString()],
        ['openai', new Date(now - 40 * DAY).toISOString(), null],
      ],
    );
  });
});
