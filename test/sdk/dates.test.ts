/** A `Date` wherever the contract has a time. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import vm from 'node:vm';
import { CloudBrain, CloudBrainError } from '@cloudbrain/sdk';
import { startLoopback } from '../support/loopback.ts';

const from = new Date(Date.UTC(2026, 10, 20, 10));
const to = new Date(Date.UTC(2026, 10, 21, 10, 0, 0, 5));
const texts = { from: '2026-11-20T10:00:00.000Z', to: '2026-11-21T10:00:00.005Z' };
const invalid = new Date('soon');

/** Every call that takes a period. */
const periods = {
  'stats.overview': (cb: CloudBrain, period: Period) => cb.stats.overview(period),
  'stats.timeline': (cb: CloudBrain, period: Period) => cb.stats.timeline(period),
  'stats.domains': (cb: CloudBrain, period: Period) => cb.stats.domains(period),
  'stats.domain': (cb: CloudBrain, period: Period) => cb.stats.domain('a', period),
  'stats.models': (cb: CloudBrain, period: Period) => cb.stats.models(period),
  'stats.compareModels': (cb: CloudBrain, period: Period) =>
    cb.stats.compareModels({ models: ['m'], ...period }),
  'stats.costs': (cb: CloudBrain, period: Period) => cb.stats.costs(period),
  'stats.tokenHeatmap': (cb: CloudBrain, period: Period) => cb.stats.tokenHeatmap(period),
  'stats.errors': (cb: CloudBrain, period: Period) => cb.stats.errors(period),
  'stats.users': (cb: CloudBrain, period: Period) => cb.stats.users(period),
  'stats.peaks': (cb: CloudBrain, period: Period) => cb.stats.peaks(period),
  'stats.latency': (cb: CloudBrain, period: Period) => cb.stats.latency(period),
  'stats.flow': (cb: CloudBrain, period: Period) => cb.stats.flow(period),
  'executions.list': (cb: CloudBrain, period: Period) => cb.executions.list(period),
  'conversations.list': (cb: CloudBrain, period: Period) => cb.conversations.list(period),
  'conversations.search': (cb: CloudBrain, period: Period) =>
    cb.conversations.search({ q: 'x', ...period }),
  'admin.listErrors': (cb: CloudBrain, period: Period) => cb.admin.listErrors(period),
  'cb.api': (cb: CloudBrain, period: Period) =>
    cb.api.GET('/api/stats/overview', { params: { query: period } }),
};

interface Period {
  from: Date;
  to: Date;
}

describe('a Date', () => {
  for (const [name, call] of Object.entries(periods)) {
    test(`is a time of ${name}; an invalid one is refused before anything is sent`, async (t) => {
      const server = await startLoopback(t, () => ({ json: { data: [], nextCursor: null } }));
      const cb = new CloudBrain({ baseUrl: server.url });
      await call(cb, { from, to });
      const { query } = server.seen[0] ?? {};
      assert.deepEqual({ from: query?.get('from'), to: query?.get('to') }, texts);
      await assert.rejects(Promise.resolve(call(cb, { from: invalid, to })), (error) => {
        assert.ok(error instanceof CloudBrainError);
        assert.equal(error.message, '`from` must be a valid Date');
        return true;
      });
      assert.equal(server.seen.length, 1);
    });
  }

  test('is a time in a body, however deep', async (t) => {
    const server = await startLoopback(t, () => ({ json: {} }));
    const cb = new CloudBrain({ baseUrl: server.url });
    const customer = { id: 'c', name: 'Acme', domains: [], createdAt: from, updatedAt: to };
    await cb.business.ingest({ customers: [customer] });
    await cb.conversations.exportMany({ filter: { from, to } });
    await cb.api.POST('/api/ingest/business', { body: { customers: [customer] } });
    const sent = { ...customer, createdAt: texts.from, updatedAt: texts.to };
    assert.deepEqual(
      server.seen.map(({ body }) => body),
      [{ customers: [sent] }, { filter: texts }, { customers: [sent] }],
    );
    const bad = { customers: [{ ...customer, updatedAt: invalid }] };
    for (const call of [
      cb.business.ingest(bad),
      cb.api.POST('/api/ingest/business', { body: bad }),
      cb.conversations.exportMany({ filter: { from: invalid } }),
      cb.conversations.exportEach({ filter: { to: invalid } }).next(),
    ]) {
      await assert.rejects(Promise.resolve(call as PromiseLike<unknown>), (error) => {
        assert.ok(error instanceof CloudBrainError);
        assert.match(error.message, /^`(updatedAt|from|to)` must be a valid Date$/);
        return true;
      });
    }
    assert.equal(server.seen.length, 3);
  });

  test('may be of another realm, such as a frame', async (t) => {
    const server = await startLoopback(t, () => ({ json: {} }));
    const foreign = vm.runInNewContext('new Date(0)') as Date;
    await new CloudBrain({ baseUrl: server.url }).stats.overview({ from: foreign, to });
    assert.equal(server.seen[0]?.query.get('from'), '1970-01-01T00:00:00.000Z');
  });

  test('goes on with the pages of a list', async (t) => {
    const server = await startLoopback(t, ({ query }) => ({
      json: { data: [], nextCursor: query.has('cursor') ? null : '2' },
    }));
    const cb = new CloudBrain({ baseUrl: server.url });
    await (await cb.executions.list({ from, to })).next();
    assert.deepEqual(
      server.seen.map(({ query }) => query.get('from')),
      [texts.from, texts.from],
    );
  });
});

test('the types have a Date for each time that is sent, and for none that is answered', async () => {
  const source = await readFile(new URL('../../sdk/generated/openapi.ts', import.meta.url), 'utf8');
  const fields = [
    ...source.matchAll(/Format: date-time(?:(?!\*\/)[^])*\*\/\s*(\w+)\??: ([^;]+);/g),
  ];
  assert.ok(fields.length > 50);
  const sent = new Set(
    fields.filter(([, , type]) => type?.includes('Date')).map(([, name]) => name),
  );
  assert.deepEqual([...sent].sort(), [
    'at',
    'changedAt',
    'createdAt',
    'endedAt',
    'expiresAt',
    'from',
    'to',
    'updatedAt',
  ]);
});
