/** Statistics by the reader's clock, against cases worked out by hand. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { StatsQuery } from '../../../server/store/rollups/query.ts';
import { fixedOffsetSpans } from '../../../server/store/time/fixed-offset-spans.ts';
import { hoursOf } from '../../../server/store/read/stats/week.ts';
import { HOUR } from '../../../server/store/time/zones.ts';
import { at, call } from './calls.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

/** A Saturday. */
const NOW = at('2026-11-21T10:07:00Z');

const cellsOf = (from: string, to: string, timezone: string): number[] =>
  hoursOf(fixedOffsetSpans({ from: at(from), to: at(to) }, timezone));
/** @param day 1 is Monday */
const cell = (day: number, hour: number): number => (day - 1) * 24 + hour;

describe('the hours of a week', () => {
  it('of a week are an hour each', () => {
    for (const zone of ['UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York']) {
      const cells = cellsOf('2026-11-14T10:07:00Z', '2026-11-21T10:07:00Z', zone);
      assert.ok(
        cells.every((hours) => Math.abs(hours - 1) < 1e-9),
        zone,
      );
    }
  });

  it('begin where the clock of the reader says', () => {
    // 5:45 ahead: midnight on Friday in London is a quarter to six.
    const cells = cellsOf('2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z', 'Asia/Kathmandu');
    assert.equal(cells[cell(5, 5)], 0.25);
    assert.equal(cells[cell(5, 6)], 0.75);
    assert.equal(
      cells.reduce((sum, hours) => sum + hours, 0),
      1,
    );
  });

  it('are none, or two, on the days when clocks change', () => {
    const spring = cellsOf('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 'Europe/Berlin');
    assert.deepEqual(
      [1, 2, 3].map((hour) => spring[cell(7, hour)]),
      [1, 0, 1],
    );
    const autumn = cellsOf('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 'Europe/Berlin');
    assert.deepEqual(
      [1, 2, 3].map((hour) => autumn[cell(7, hour)]),
      [1, 2, 1],
    );
    // Lord Howe's clock is set back by half an hour, from 2:00 to 1:30.
    const half = cellsOf('2026-04-04T13:00:00Z', '2026-04-05T13:30:00Z', 'Australia/Lord_Howe');
    assert.deepEqual(
      [0, 1, 2].map((hour) => half[cell(7, hour)]),
      [1, 1.5, 1],
    );
  });

  it('of a year have the clock changed when it was', () => {
    const year = { from: at('2026-01-01T00:00:00Z'), to: at('2027-01-01T00:00:00Z') };
    const begins = (zone: string) =>
      fixedOffsetSpans(year, zone).map(({ from, offset }) => [
        new Date(from).toISOString().slice(0, 16),
        offset / HOUR,
      ]);
    assert.deepEqual(begins('Europe/Berlin'), [
      ['2026-01-01T00:00', 1],
      ['2026-03-29T01:00', 2],
      ['2026-10-25T01:00', 1],
    ]);
    assert.deepEqual(begins('Australia/Lord_Howe'), [
      ['2026-01-01T00:00', 11],
      ['2026-04-04T15:00', 10.5],
      ['2026-10-03T15:30', 11],
    ]);
    assert.deepEqual(begins('Asia/Kathmandu'), [['2026-01-01T00:00', 5.75]]);
    // Not at a full quarter of UTC's day, nor at the end of a day that is looked at.
    const short = { from: at('2026-03-29T00:59:59.999Z'), to: at('2026-03-29T01:00:00.001Z') };
    assert.deepEqual(
      fixedOffsetSpans(short, 'Europe/Berlin').map(({ from, to }) => to - from),
      [1, 1],
    );
  });
});

describe('statistics by the clock', () => {
  let telemetry: Telemetry;
  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = NOW;
  });
  after(() => telemetry.close());

  const ask = (query: Partial<StatsQuery> = {}): StatsQuery => ({
    domains: null,
    now: NOW,
    ...query,
  });
  /** The cells that have any, as weekday, hour, requests and tokens. */
  const heat = async (workspace: Workspace, query: Partial<StatsQuery>) => {
    const { cells } = await telemetry.stats.tokenHeatmap(workspace.id, ask(query));
    assert.equal(cells.length, 168);
    return cells
      .filter(({ requests }) => requests > 0)
      .map(({ weekday, hour, requests, tokens }) => [weekday, hour, requests, tokens.total]);
  };

  describe('tokens by hour of the week', () => {
    it('are in the hour that the reader saw', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-11-20T18:14:59.999Z', tokens: 1 }),
        call({ at: '2026-11-20T18:15:00Z', tokens: 2 }),
        call({ at: '2026-11-20T18:29:59.999Z', tokens: 4 }),
        call({ at: '2026-11-20T18:30:00Z', tokens: 8, output: 8 }),
      );
      assert.deepEqual(await heat(workspace, { timezone: 'UTC' }), [[5, 18, 4, 23]]);
      assert.deepEqual(await heat(workspace, { timezone: 'Asia/Kathmandu' }), [
        [5, 23, 1, 1],
        [6, 0, 3, 22],
      ]);
      assert.deepEqual(await heat(workspace, { timezone: 'Asia/Kolkata' }), [
        [5, 23, 3, 7],
        [6, 0, 1, 16],
      ]);
    });

    it('are of the period alone, to the millisecond', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-11-20T18:05:59.999Z', tokens: 1 }),
        call({ at: '2026-11-20T18:06:00Z', tokens: 2 }),
        call({ at: '2026-11-20T20:05:59.999Z', tokens: 4 }),
        call({ at: '2026-11-20T20:06:00Z', tokens: 8 }),
      );
      const period = { from: '2026-11-20T18:06:00Z', to: '2026-11-20T20:06:00Z' };
      assert.deepEqual(await heat(workspace, period), [
        [5, 18, 1, 2],
        [5, 20, 1, 4],
      ]);
    });

    it('of the hour that comes twice are in one cell', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-10-25T00:30:00Z', tokens: 1 }),
        call({ at: '2026-10-25T01:30:00Z', tokens: 2 }),
        call({ at: '2026-10-25T02:30:00Z', tokens: 4 }),
        call({ at: '2026-03-29T00:30:00Z', tokens: 8 }),
        call({ at: '2026-03-29T01:30:00Z', tokens: 16 }),
      );
      const timezone = 'Europe/Berlin';
      assert.deepEqual(await heat(workspace, { timezone, timeframe: 'all' }), [
        [7, 1, 1, 8],
        [7, 2, 2, 3],
        [7, 3, 2, 20],
      ]);
    });

    it('are the same in any zone, where there is one request', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(call({ at: '2026-11-16T00:00:00Z', tokens: 7 }));
      const all = { timeframe: 'all' as const };
      assert.deepEqual(await heat(workspace, all), [[1, 0, 1, 7]]);
      assert.deepEqual(await heat(workspace, { ...all, timezone: 'America/New_York' }), [
        [7, 19, 1, 7],
      ]);
      assert.deepEqual(await heat(telemetry.workspace(), all), []);
    });
  });

  describe('peaks', () => {
    it('are where there are most requests an hour, however often an hour comes', async () => {
      const workspace = telemetry.workspace();
      // The period has two Fridays and one Saturday: 4 requests on one are more than 6 on two.
      const fridays = ['2026-11-13', '2026-11-20'].flatMap((day) =>
        ['08:00', '09:00', '09:30'].map((time) => call({ at: `${day}T${time}:00Z` })),
      );
      const saturday = ['06:00', '06:15', '06:30', '12:00'].map((time) =>
        call({ at: `2026-11-14T${time}:00Z`, tokens: 1 }),
      );
      await workspace.write(...fridays, ...saturday);
      const told = await telemetry.stats.peaks(
        workspace.id,
        ask({ from: '2026-11-13T00:00:00Z', to: '2026-11-21T00:00:00Z' }),
      );
      assert.deepEqual(told.peak, { hour: 9, weekday: 6 });
      assert.deepEqual(told.unavailable, []);
      const weekday = (day: number) => told.weekdays[day - 1];
      assert.deepEqual(weekday(5), {
        weekday: 5,
        hours: 48,
        requests: 6,
        tokens: weekday(5)?.tokens,
        requestsPerHour: 0.125,
      });
      assert.deepEqual([weekday(6)?.hours, weekday(6)?.requestsPerHour], [24, 4 / 24]);
      assert.deepEqual([told.hours[9]?.hours, told.hours[9]?.requestsPerHour], [8, 0.5]);
      assert.deepEqual(
        told.busiest.map((hour) => [hour.at, hour.requests, hour.tokens.total]),
        [
          ['2026-11-14T06:00:00.000Z', 3, 3],
          ['2026-11-13T09:00:00.000Z', 2, 20],
          ['2026-11-20T09:00:00.000Z', 2, 20],
          ['2026-11-13T08:00:00.000Z', 1, 10],
          ['2026-11-14T12:00:00.000Z', 1, 1],
          ['2026-11-20T08:00:00.000Z', 1, 10],
        ],
      );
    });

    it('are not in an hour that has only just begun', async () => {
      const workspace = telemetry.workspace();
      const now = at('2026-11-21T10:00:02Z');
      const calls = Array.from({ length: 50 }, (_, minute) =>
        call({ at: `2026-11-21T09:${String(minute).padStart(2, '0')}:00Z` }),
      );
      await workspace.write(...calls, call({ at: '2026-11-21T10:00:01Z' }));
      const query = { ...ask({ timeframe: 'today' }), now };
      const told = await telemetry.stats.peaks(workspace.id, query);
      assert.deepEqual(told.peak, { hour: 9, weekday: 6 });
      assert.equal(told.hours[10]?.requests, 1);
    });

    it('are told of the hours that are over', async () => {
      const query = ask({ from: '2026-11-16T00:00:00Z', to: '2026-12-31T00:00:00Z' });
      const { hours } = await telemetry.stats.peaks(telemetry.workspace().id, query);
      const over = hours.reduce((sum, part) => sum + part.hours, 0);
      assert.ok(Math.abs(over - (NOW - at('2026-11-16T00:00:00Z')) / HOUR) < 1e-6, String(over));
    });

    it('tell the hour that comes twice as the two that it is', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-10-25T00:30:00Z' }),
        call({ at: '2026-10-25T01:30:00Z' }),
        call({ at: '2026-04-04T14:40:00Z', domain: 'howe' }),
        call({ at: '2026-04-04T15:10:00Z', domain: 'howe' }),
      );
      const busiest = async (timezone: string, domain: string) => {
        const query = ask({ timeframe: 'all', timezone, domains: [domain] });
        return (await telemetry.stats.peaks(workspace.id, query)).busiest.map((hour) => hour.at);
      };
      assert.deepEqual(await busiest('Europe/Berlin', 'a.example.com'), [
        '2026-10-25T00:00:00.000Z',
        '2026-10-25T01:00:00.000Z',
      ]);
      // From 1:00 to 2:00, and again from 1:30.
      assert.deepEqual(await busiest('Australia/Lord_Howe', 'howe'), [
        '2026-04-04T14:00:00.000Z',
        '2026-04-04T15:00:00.000Z',
      ]);
    });

    it('are none where nothing happened', async () => {
      const told = await telemetry.stats.peaks(telemetry.workspace().id, ask());
      assert.deepEqual(told.peak, { hour: null, weekday: null });
      assert.deepEqual(told.busiest, []);
      // Of the last 24 hours, which are of two days, five days have no hour at all.
      assert.equal(told.weekdays.filter((day) => day.requestsPerHour === null).length, 5);
      assert.deepEqual(
        told.unavailable.map(({ path }) => path),
        ['peak'],
      );
    });
  });

  describe('errors', () => {
    let workspace: Workspace;
    before(async () => {
      workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-11-20T10:06:59.999Z', failed: 'timeout' }),
        call({ at: '2026-11-20T18:20:00Z', failed: 'timeout' }),
        call({ at: '2026-11-20T18:40:00Z', failed: 'timeout' }),
        call({ at: '2026-11-20T18:40:00Z', failed: 'overloaded', model: 'claude-sonnet-4-5' }),
        call({ at: '2026-11-20T18:50:00Z', failed: 'refused' }),
        call({ at: '2026-11-20T18:50:00Z' }),
        call({ at: '2026-11-20T18:50:00Z', domain: 'b.example.com' }),
      );
    });
    const errors = (query: Partial<Parameters<Telemetry['stats']['errors']>[1]> = {}) =>
      telemetry.stats.errors(workspace.id, { ...ask(), limit: 20, ...query });

    it('by type, in all and over time', async () => {
      const told = await errors({ granularity: 'hour', timezone: 'Asia/Kolkata' });
      assert.deepEqual([told.requests, told.errors, told.errorRate], [6, 4, 2 / 3]);
      assert.deepEqual(told.data, [
        { type: 'timeout', errors: 2, share: 0.5 },
        { type: 'overloaded', errors: 1, share: 0.25 },
        { type: 'refused', errors: 1, share: 0.25 },
      ]);
      assert.equal(told.other, null);
      const busy = told.points.filter(({ requests }) => requests > 0);
      assert.deepEqual(busy, [
        {
          at: '2026-11-20T17:30:00.000Z',
          // The first data came long before it, though just outside of the period.
          partial: false,
          noData: false,
          requests: 1,
          errors: 1,
          counts: [1, 0, 0],
          other: 0,
        },
        {
          at: '2026-11-20T18:30:00.000Z',
          partial: false,
          noData: false,
          requests: 5,
          errors: 3,
          counts: [1, 1, 1],
          other: 0,
        },
      ]);
    });

    it('beyond the limit are one', async () => {
      const told = await errors({ limit: 1, granularity: 'day' });
      assert.deepEqual(told.other, { entries: 2, errors: 2, share: 0.5 });
      assert.deepEqual(
        told.points.map(({ counts, other }) => [counts, other]),
        [
          [[2], 2],
          [[0], 0],
        ],
      );
    });

    it('of a model, and of a domain', async () => {
      const claude = await errors({ model: 'claude-sonnet-4-5' });
      assert.deepEqual([claude.requests, claude.errors, claude.errorRate], [1, 1, 1]);
      const calm = await errors({ domains: ['b.example.com'] });
      assert.deepEqual([calm.errorRate, calm.data, calm.unavailable], [0, [], []]);
      const never = await errors({ model: 'never used' });
      assert.equal(never.errorRate, null);
      assert.deepEqual(never.unavailable[0]?.path, 'errorRate');
    });
  });

  describe('latency', () => {
    it('by model and over time; of one value all percentiles are that', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-11-20T18:14:00Z', latencyMs: 1_000 }),
        call({ at: '2026-11-20T18:16:00Z', latencyMs: 3_000 }),
        call({ at: '2026-11-20T18:17:00Z', latencyMs: 200, model: 'claude-sonnet-4-5' }),
        call({ at: '2026-11-20T19:17:00Z', latencyMs: null, model: 'claude-sonnet-4-5' }),
      );
      const told = await telemetry.stats.latency(workspace.id, {
        ...ask({ timezone: 'Asia/Kathmandu' }),
        granularity: 'hour',
        limit: 20,
      });
      const near = (value: number | null | undefined, exact: number) =>
        assert.ok(value != null && Math.abs(value - exact) <= exact * 0.02, `${value} ${exact}`);
      // percentile_cont of 200, 1,000 and 3,000
      near(told.latencyMs.p50, 1_000);
      near(told.latencyMs.p95, 2_800);
      assert.deepEqual(
        told.data.map(({ model, requests }) => [model, requests]),
        [
          ['claude-sonnet-4-5', 2],
          ['gpt-5', 2],
        ],
      );
      const one = told.data[0]?.latencyMs;
      for (const value of [one?.p50, one?.p95, one?.p99]) near(value, 200);
      near(told.data[1]?.latencyMs.p50, 2_000);
      const points = told.points.filter(({ requests }) => requests > 0);
      assert.deepEqual(
        points.map((point) => [point.at, point.requests]),
        [
          ['2026-11-20T17:15:00.000Z', 1],
          ['2026-11-20T18:15:00.000Z', 2],
          ['2026-11-20T19:15:00.000Z', 1],
        ],
      );
      near(points[0]?.latencyMs.p99, 1_000);
      near(points[1]?.latencyMs.p50, 1_600);
      assert.equal(points[2]?.latencyMs.p50, null);
      assert.deepEqual(told.unavailable, []);
    });

    it('says why there is none', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(call({ at: '2026-11-20T19:17:00Z', latencyMs: null }));
      const query = { ...ask(), granularity: 'day' as const, limit: 20 };
      const { unavailable, other } = await telemetry.stats.latency(workspace.id, query);
      assert.equal(other, null);
      assert.deepEqual(
        unavailable.map(({ path, reason }) => [path, reason]),
        [
          ['latencyMs', 'No request reported its latency.'],
          ['data.0.latencyMs', 'No request reported its latency.'],
        ],
      );
    });
  });

  it('by the day, days and months are as long as they are', async () => {
    const workspace = telemetry.workspace();
    await workspace.write(
      call({ at: '2026-02-28T22:59:59Z', failed: true }),
      call({ at: '2026-02-28T23:00:00Z', failed: true }),
      call({ at: '2026-03-28T23:00:00Z', failed: true }),
      call({ at: '2026-03-29T21:59:59Z', failed: true }),
      call({ at: '2026-03-29T22:00:00Z', failed: true }),
    );
    const berlin = { ...ask({ timezone: 'Europe/Berlin' }), limit: 20 };
    const points = async (query: Partial<Parameters<Telemetry['stats']['errors']>[1]>) => {
      const told = await telemetry.stats.errors(workspace.id, { ...berlin, ...query });
      return told.points.map((point) => [point.at, point.errors]);
    };
    assert.deepEqual(
      await points({
        from: '2026-02-10T00:00:00Z',
        to: '2026-04-10T00:00:00Z',
        granularity: 'month',
      }),
      [
        ['2026-01-31T23:00:00.000Z', 1],
        ['2026-02-28T23:00:00.000Z', 4],
        ['2026-03-31T22:00:00.000Z', 0],
      ],
    );
    assert.deepEqual(
      await points({
        from: '2026-03-28T23:00:00Z',
        to: '2026-03-30T22:00:00Z',
        granularity: 'day',
      }),
      [
        ['2026-03-28T23:00:00.000Z', 2],
        ['2026-03-29T22:00:00.000Z', 1],
      ],
    );
  });

  describe('of a whole day, week or month', () => {
    const figures = async (workspace: Workspace, query: Partial<StatsQuery>) => {
      const told = await telemetry.stats.overview(workspace.id, ask(query));
      return { requests: told.requests, change: told.change.requests };
    };

    it('have nothing of the current one, and are held against the one before', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        call({ at: '2026-01-01T00:00:00Z' }),
        // The first and last moments of 24, 25 and 26 October in Berlin; the 25th has 25 hours.
        call({ at: '2026-10-23T22:00:00Z' }),
        call({ at: '2026-10-24T21:59:59.999Z' }),
        call({ at: '2026-10-24T22:00:00Z' }),
        call({ at: '2026-10-25T12:00:00Z' }),
        call({ at: '2026-10-25T22:59:59.999Z' }),
        call({ at: '2026-10-25T23:00:00Z' }),
      );
      assert.deepEqual(
        await figures(workspace, {
          ...{ timeframe: 'yesterday', timezone: 'Europe/Berlin' },
          now: at('2026-10-26T09:00:00Z'),
        }),
        { requests: 3, change: 0.5 },
      );
    });

    it('compare a month with the whole month before, however long each is', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(
        // 28 days in February, 31 in March: a period of equal length would start on 29 January.
        call({ at: '2025-12-01T00:00:00Z' }),
        call({ at: '2026-01-30T00:00:00Z' }),
        call({ at: '2026-02-01T00:00:00Z' }),
        call({ at: '2026-02-28T23:59:59.999Z' }),
        call({ at: '2026-03-01T00:00:00Z' }),
        call({ at: '2026-03-31T23:59:59.999Z' }),
        call({ at: '2026-03-15T00:00:00Z' }),
        call({ at: '2026-04-01T00:00:00Z' }),
      );
      const now = at('2026-04-10T00:00:00Z');
      assert.deepEqual(await figures(workspace, { timeframe: 'last-month', now }), {
        requests: 3,
        change: 0.5,
      });
    });

    it('say where the data do not cover the one before', async () => {
      const workspace = telemetry.workspace();
      await workspace.write(call({ at: '2026-11-03T00:00:00Z' }));
      const told = await telemetry.stats.overview(workspace.id, ask({ timeframe: 'last-week' }));
      assert.match(
        told.unavailable.find(({ path }) => path === 'change')?.reason ?? '',
        /starts at/,
      );
    });
  });
});
