import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page, Place } from '../../../server/store/database/pages.ts';
import type { ExecutionFilter } from '../../../server/store/read/executions.ts';
import type { Execution } from '../../../server/store/to-contract/execution.ts';
import { failure, observation, usage } from './derivation.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

const START = Date.parse('2026-11-21T09:00:00Z');

describe('executions', () => {
  let telemetry: Telemetry;
  let workspace: Workspace;
  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = START + 120_000;
    workspace = telemetry.workspace();
    for (let index = 0; index < 25; index++) {
      const traceId = String(index).padStart(32, '0');
      const domain = index % 5 === 0 ? 'b.example.com' : 'a.example.com';
      // Five at a time start together: pages have to go by more than the time.
      const startedAt = START + Math.floor(index / 5) * 1_000;
      const shared = { traceId, domain, startedAt };
      const data = { user: `user-${index % 3}`, agent: 'support', conversation: 'chat' };
      await workspace.write(
        observation({
          ...shared,
          kind: 'agent',
          spanId: 'f'.repeat(16),
          endedAt: index % 4 === 0 ? null : startedAt + 5_000,
          data: { ...data, error: index % 4 === 1 ? failure : null, task: 'Hello?', taskLength: 9 },
        }),
        observation({
          ...shared,
          endedAt: startedAt + 900,
          data: { ...data, parentSpanId: 'f'.repeat(16), model: 'gpt-5', usage: usage(40, 2) },
        }),
        observation({
          ...shared,
          kind: 'tool',
          spanId: '2'.repeat(16),
          startedAt: startedAt + 1_000,
          data: { ...data, parentSpanId: 'f'.repeat(16), name: 'search', tool: 'search' },
        }),
      );
    }
  });
  after(() => telemetry.close());

  const filter: ExecutionFilter = { domains: null, from: null, to: null };
  const list = (given: Partial<ExecutionFilter> = {}, limit = 100): Promise<Page<Execution>> =>
    telemetry.executions.list(workspace.id, { ...filter, ...given }, { from: null, limit });
  const count = async (given: Partial<ExecutionFilter>) => (await list(given)).entries.length;

  it('are listed newest first, each on one page', async () => {
    const seen: string[] = [];
    let position: Place | null = null;
    do {
      const page: Page<Execution> = await telemetry.executions.list(workspace.id, filter, {
        from: position,
        limit: 4,
      });
      assert.ok(page.entries.length <= 4);
      seen.push(...page.entries.map(({ startedAt, id }) => `${startedAt} ${id}`));
      position = page.next;
    } while (position);
    assert.equal(seen.length, 25);
    assert.deepEqual(seen, [...new Set(seen)].sort().reverse());
  });

  it('keep their place when newer ones come between two pages', async () => {
    const first = await list({}, 10);
    await workspace.write(
      observation({ traceId: 'e'.repeat(32), kind: 'agent', startedAt: START + 60_000 }),
    );
    const next = await telemetry.executions.list(workspace.id, filter, {
      from: first.next,
      limit: 100,
    });
    assert.equal(next.entries.length, 15);
  });

  it('can be narrowed down', async () => {
    const until = { to: START + 50_000 };
    assert.equal(await count({ ...until, domains: ['b.example.com'] }), 5);
    assert.equal(await count({ ...until, domains: ['c.example.com'] }), 0);
    assert.equal(await count({ ...until, domains: [] }), 0);
    assert.equal(await count({ ...until, status: 'running' }), 7);
    assert.equal(await count({ ...until, status: 'failed' }), 6);
    assert.equal(await count({ ...until, user: 'user-0' }), 9);
    assert.equal(await count({ ...until, model: 'gpt-5', agent: 'support' }), 25);
    assert.equal(await count({ ...until, model: 'gpt-4' }), 0);
    assert.equal(await count({ from: START + 1_000, to: START + 3_000 }), 10);
  });

  it('tell what they cost, how far they are, and how they went', async () => {
    const { entries: executions } = await list({ to: START + 1_000, domains: ['a.example.com'] });
    const failed = executions.find(({ status }) => status === 'failed');
    assert.ok(failed);
    assert.deepEqual(failed, {
      id: failed.id,
      status: 'failed',
      domain: 'a.example.com',
      user: 'user-1',
      agent: 'support',
      model: 'gpt-5',
      conversationId: 'chat',
      startedAt: '2026-11-21T09:00:00.000Z',
      endedAt: '2026-11-21T09:00:05.000Z',
      lastEventAt: '2026-11-21T09:00:05.000Z',
      durationMs: 5_000,
      steps: { done: 0, total: 1 },
      tokens: { input: 40, output: 2 },
      cost: { usd: '0.00042', unpricedRequests: 0 },
      requests: 1,
      error: failure,
    });
    const detail = await telemetry.executions.get(workspace.id, failed.id, null);
    assert.ok(detail);
    const { task, taskLength, traceId, stepList, stepsTruncated, ...execution } = detail;
    assert.deepEqual(execution, failed);
    assert.deepEqual([task, taskLength, stepsTruncated], ['Hello?', 9, false]);
    assert.equal(traceId, '1'.padStart(32, '0'));
    assert.deepEqual(stepList, [
      {
        name: 'search',
        kind: 'tool',
        status: 'running',
        startedAt: '2026-11-21T09:00:01.000Z',
        endedAt: null,
        durationMs: null,
        model: null,
        tool: 'search',
        error: null,
      },
    ]);
  });

  it('are not there for whoever may not see their domain or workspace', async () => {
    const { entries: executions } = await list({ domains: ['b.example.com'] });
    const id = executions[0]?.id ?? '';
    const { executions: store } = telemetry;
    assert.ok(await store.get(workspace.id, id, ['b.example.com']));
    assert.equal(await store.get(workspace.id, id, ['a.example.com']), null);
    assert.equal(await store.get(workspace.id, id, []), null);
    assert.equal(await store.get(telemetry.workspace().id, id, null), null);
  });
});
