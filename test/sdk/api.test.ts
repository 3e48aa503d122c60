import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CloudBrain } from '@cloudbrain/sdk';
import { problem, startLoopback } from '../support/loopback.ts';
import { execution, me, overview } from './samples.ts';

describe('cb.api', () => {
  test('sends every call: its middleware sees the calls of resources as well', async (t) => {
    const server = await startLoopback(t, () => ({ json: overview }));
    const cb = new CloudBrain({ baseUrl: server.url });
    const seen: unknown[] = [];
    const middleware = {
      onRequest({ schemaPath, request }: { schemaPath: string; request: Request }) {
        seen.push(schemaPath, request.method);
        request.headers.set('x-trace', '1');
      },
    };
    cb.api.use(middleware);
    await cb.stats.overview({ timeframe: '7d' });
    await cb.executions.get('a b');
    await cb.api.GET('/api/auth/me');
    assert.deepEqual(seen, [
      '/api/stats/overview',
      'GET',
      '/api/executions/{id}',
      'GET',
      '/api/auth/me',
      'GET',
    ]);
    assert.ok(server.seen.every(({ headers }) => headers['x-trace'] === '1'));
    cb.api.eject(middleware);
    await cb.auth.me();
    assert.equal(server.seen.at(-1)?.headers['x-trace'], undefined);
  });

  test('takes the calls of a middleware that answers itself', async () => {
    const cb = new CloudBrain({ baseUrl: 'https://cloudbrain.example.com' });
    cb.api.use({ onRequest: () => Response.json(me) });
    assert.equal((await cb.auth.me()).name, 'Ada');
    assert.equal((await cb.auth.me().withResponse()).response.status, 200);
  });
});

describe('the response of a call', () => {
  test('can still be read, as JSON or as a text', async (t) => {
    const page = { data: [execution(1)], nextCursor: null };
    const server = await startLoopback(t, ({ path }) => ({
      json: path === '/api/auth/me' ? me : page,
    }));
    const cb = new CloudBrain({ baseUrl: server.url });
    const one = await cb.auth.me().withResponse();
    assert.deepEqual(await one.response.json(), one.data);
    const list = await cb.executions.list().withResponse();
    assert.equal(list.response.bodyUsed, false);
    assert.deepEqual(JSON.parse(await list.response.text()), page);
  });

  test('can still be read where health is down, which is no error', async (t) => {
    const down = { status: 'down' };
    const server = await startLoopback(t, () => ({ status: 503, json: down }));
    const { data, response } = await new CloudBrain({ baseUrl: server.url }).health
      .get()
      .withResponse();
    assert.deepEqual(data, down);
    assert.deepEqual(await response.json(), down);
    server.handle = () => problem(503);
    await assert.rejects(new CloudBrain({ baseUrl: server.url }).health.get(), { status: 503 });
  });
});
