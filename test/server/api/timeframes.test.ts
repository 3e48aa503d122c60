/** Timeframes of the calendar, wherever the contract takes a timeframe. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { extractText, getDocumentProxy } from 'unpdf';
import type { Schemas } from '../../../server/contract/index.ts';
import { readDocument } from '../../support/contract.ts';
import { TestServer } from '../../support/server.ts';
import { traceOf } from './traces.ts';

/** A Tuesday; Berlin's clock went back on the Sunday before. */
const NOW = '2026-10-27T09:00:00Z';
const ZONE = 'Europe/Berlin';
const PAST = {
  yesterday: ['2026-10-25T23:00:00.000Z', '2026-10-26T23:00:00.000Z'],
  'last-week': ['2026-10-18T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  'last-month': ['2026-08-31T22:00:00.000Z', '2026-09-30T22:00:00.000Z'],
} as const;

/** One run, one conversation and one error in each of them, and in the current day. */
const RUNS = {
  yesterday: '2026-10-26T22:00:00Z',
  'last-week': '2026-10-25T22:00:00Z',
  'last-month': '2026-09-15T12:00:00Z',
  today: '2026-10-27T08:30:00Z',
} as const;

type Past = keyof typeof PAST;
const past = Object.keys(PAST) as Past[];

/** What an operation needs besides its period. */
const OTHERS: Readonly<Record<string, string>> = {
  'stats.compareModels': 'models=gpt-4o',
  'stats.costs': 'breakdown=model',
  'conversations.search': 'q=order',
  'executive.export': 'format=csv',
};

describe('a timeframe of the calendar', () => {
  let server: TestServer;
  let token: string;
  before(async () => {
    server = await TestServer.start({ now: () => new Date(NOW) });
    token = await server.apiKey('admin');
    const key = await server.ingestKey();
    for (const [name, at] of Object.entries(RUNS)) {
      const run = { startedAt: Date.parse(at), conversation: name, user: name, failed: true };
      await server.call('/v1/traces', { token: key, body: traceOf(run) });
    }
  });
  after(() => server.close());

  const get = async <T>(path: string): Promise<T> => {
    const { status, body } = await server.call<T>(path, { token });
    assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
    return body;
  };

  it('is taken by every operation that takes a timeframe, and answered exactly', async () => {
    const takers = readDocument().operations.filter(
      ({ method, parameters }) =>
        method === 'GET' && parameters.some(({ name }) => name === 'timeframe'),
    );
    assert.ok(takers.length >= 20, `${takers.length} operations`);
    for (const { id, path } of takers) {
      for (const timeframe of past) {
        const address = path.replace('{domain}', 'app.example.com');
        const query = `timeframe=${timeframe}&timezone=${ZONE}&${OTHERS[id] ?? ''}`;
        const body = await get<{ period?: { from: string; to: string } } | string>(
          `${address}?${query}`,
        );
        if (typeof body === 'string' || body.period === undefined) continue;
        const { from, to } = body.period;
        assert.deepEqual([from, to], PAST[timeframe], `${id} ${timeframe}`);
      }
    }
  });

  for (const timeframe of past) {
    it(`lists what happened in it alone: ${timeframe}`, async () => {
      const query = `timeframe=${timeframe}&timezone=${ZONE}`;
      const executions = await get<Schemas['ExecutionPage']>(`/api/executions?${query}`);
      assert.deepEqual(
        executions.data.map(({ user }) => user),
        [timeframe],
      );
      const conversations = await get<Schemas['ConversationPage']>(`/api/conversations?${query}`);
      assert.deepEqual(
        conversations.data.map(({ id }) => id),
        [timeframe],
      );
      const errors = await get<Schemas['LoggedErrorPage']>(`/api/admin/errors?${query}`);
      assert.ok(errors.data.length > 0);
      for (const { at } of errors.data) {
        assert.ok(at >= PAST[timeframe][0] && at < PAST[timeframe][1], at);
      }
      const filter = { filter: { timeframe, timezone: ZONE }, format: 'json' };
      const exported = await server.call<{ id: string }[]>('/api/conversations/export', {
        token,
        body: filter,
      });
      assert.deepEqual(
        exported.body.map(({ id }) => id),
        [timeframe],
      );
    });
  }

  it('is exported by its name and last day, as a table and on paper', async () => {
    const download = (query: string) =>
      fetch(`${server.url}/api/executive/export?timezone=${ZONE}&${query}`, {
        headers: { authorization: `Bearer ${token}` },
      });
    const csv = await download('format=csv&timeframe=last-week');
    assert.equal(
      csv.headers.get('content-disposition'),
      'attachment; filename="executive-last-week-2026-10-25.csv"',
    );
    const lines = (await csv.text()).split('\r\n');
    assert.ok(lines.includes('period,,,timeframe,last-week,'), lines.slice(0, 5).join());
    assert.ok(lines.includes('executionMetrics,,,total,1,'));
    const titles: Record<Past, string> = {
      yesterday: 'Yesterday, compared with the day before: Oct 26, 2026, 12:00 AM to Oct 27',
      'last-week': 'Last week, Monday to Sunday, compared with the week before: Oct 19, 2026',
      'last-month': 'Last month, compared with the month before: Sep 1, 2026, 12:00 AM to Oct 1',
    };
    for (const timeframe of past) {
      const pdf = await download(`format=pdf&timeframe=${timeframe}`);
      const bytes = new Uint8Array(await pdf.arrayBuffer());
      const { text } = await extractText(await getDocumentProxy(bytes), { mergePages: true });
      const flat = text.replaceAll(/\s+/g, ' ');
      assert.ok(flat.includes(titles[timeframe]), flat.slice(0, 300));
    }
  });

  it('goes without from and to, and other names are refused', async () => {
    for (const query of [
      'timeframe=yesterday&from=2026-10-01T00:00:00Z',
      'timeframe=last-year',
      'timeframe=Yesterday',
    ]) {
      const { status, body } = await server.call(`/api/stats/overview?${query}`, { token });
      assert.equal(status, 400, query);
      assert.deepEqual(body.errors[0]?.path, 'timeframe');
    }
  });

  it('has weeks in a timeline, and a limit that names the granularity to use', async () => {
    const query = `from=2026-10-01T00:00:00Z&timezone=${ZONE}&granularity=week`;
    const { points } = await get<Schemas['StatsTimeline']>(`/api/stats/timeline?${query}`);
    assert.deepEqual(
      points.map(({ at, partial, requests }) => [at, partial, requests]),
      [
        ['2026-09-27T22:00:00.000Z', true, 0],
        ['2026-10-04T22:00:00.000Z', false, 0],
        ['2026-10-11T22:00:00.000Z', false, 0],
        ['2026-10-18T22:00:00.000Z', false, 1],
        ['2026-10-25T23:00:00.000Z', true, 2],
      ],
    );
    const long = 'from=2016-01-01T00:00:00Z&granularity=day';
    const { status, body } = await server.call(`/api/stats/timeline?${long}`, { token });
    assert.deepEqual([status, body.errors[0]?.path], [400, 'granularity']);
    assert.match(body.detail, /use week/);
  });
});
