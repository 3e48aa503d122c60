import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { nameOf } from '../../../server/api/cursor.ts';
import type { Schemas } from '../../../server/contract/index.ts';
import { TestServer } from '../../support/server.ts';
import { traceOf } from './traces.ts';

const MINUTE = 60_000;

describe('executions', () => {
  let server: TestServer;
  let token: string;
  let limited: string;
  const now = Date.now();
  before(async () => {
    server = await TestServer.start();
    token = await server.apiKey('support');
    limited = await server.apiKey('support', { domains: ['shop.example.com'] });
    const key = await server.ingestKey();
    const send = (run: Parameters<typeof traceOf>[0]) =>
      server.call('/v1/traces', { token: key, body: traceOf(run) });
    for (let index = 0; index < 7; index++) {
      const service = index === 0 ? 'shop.example.com' : 'app.example.com';
      await send({ startedAt: now - (index + 1) * MINUTE, service, user: `user-${index}` });
    }
    await send({ startedAt: now - 5_000, endedAt: null });
    await send({ startedAt: now - 48 * 60 * MINUTE });
    // Its client's clock is two minutes ahead.
    await send({ startedAt: now + 2 * MINUTE, user: 'early' });
  });
  after(() => server.close());

  const list = (query = '', as = token) =>
    server.call<Schemas['ExecutionPage']>(`/api/executions${query}`, { token: as });

  it('are listed newest first, page by page', async () => {
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { status, body }: { status: number; body: Schemas['ExecutionPage'] } = await list(
        `?limit=3${cursor && `&cursor=${cursor}`}`,
      );
      assert.equal(status, 200);
      ids.push(...body.data.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    assert.equal(ids.length, 9);
    assert.equal(new Set(ids).size, 9);
  });

  it('of the last 24 hours, if nothing else is asked for', async () => {
    assert.equal((await list()).body.data.length, 9);
    assert.equal((await list('?timeframe=all')).body.data.length, 10);
    assert.equal((await list('?status=running')).body.data.length, 1);
    assert.equal((await list('?user=early')).body.data.length, 1);
    const { body } = await list(`?from=${new Date(now - 150_000).toISOString()}`);
    assert.equal(body.data.length, 4);
  });

  it('have a task and steps, one by one', async () => {
    const [running] = (await list('?status=running')).body.data;
    const { status, body } = await server.call<Schemas['ExecutionDetail']>(
      `/api/executions/${running?.id ?? ''}`,
      { token },
    );
    assert.equal(status, 200);
    assert.equal(body.status, 'running');
    assert.equal(body.durationMs, null);
    assert.ok(body.stepList.some(({ tool }) => tool === 'search'));
  });

  it('are not there for whoever may not see them', async () => {
    assert.equal((await list('', limited)).body.data.length, 1);
    assert.equal((await list('?domain=app.example.com', limited)).status, 404);
    const { body } = await list('?domain=app.example.com');
    const path = `/api/executions/${body.data[0]?.id ?? ''}`;
    assert.equal((await server.call(path, { token })).status, 200);
    assert.equal((await server.call(path, { token: limited })).status, 404);
    const workspaceId = await server.tenancy.createWorkspace('Other');
    const theirs = await server.apiKey('admin', { workspaceId });
    assert.equal((await server.call(path, { token: theirs })).status, 404);
    assert.equal((await list('', theirs)).body.data.length, 0);
  });

  it('have cursors that nobody can make up', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const id = '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b11';
    const LIST = nameOf(['executions.list']);
    const good = encode(['n', '2026-11-21T10:00:00.000Z', id, LIST]);
    assert.equal((await server.call(`/api/executions?cursor=${good}`, { token })).status, 200);
    for (const cursor of [
      'x',
      '%00',
      encode(null),
      encode([]),
      encode(['n', '2026-11-21', id, LIST]),
      encode(['n', '2026-11-21T10:00:00.000Z', 'id', LIST]),
      encode(['n', '+275760-09-13T00:00:00.001Z', id, LIST]),
      encode(['n', '2026-11-21T10:00:00.000Z', id, nameOf(['admin.listErrors'])]),
      `${good}A`,
      good.slice(0, -4),
    ]) {
      const { status, body } = await server.call(`/api/executions?cursor=${cursor}`, { token });
      assert.equal(status, 400, cursor);
      assert.equal(body.errors[0]?.path, 'cursor');
    }
  });
});
