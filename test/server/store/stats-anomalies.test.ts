/** What is marked as far from usual, against cases worked out by hand. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { judgeCounts, judgeSums, median } from '../../../server/store/read/stats/anomalies.ts';
import type { Observation } from '../../../server/model/observation.ts';
import { DAY, HOUR } from '../../../server/store/time/zones.ts';
import { at, call } from './calls.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

const judgeCount = (value: number, seasons: readonly number[]) =>
  judgeCounts([{ value, seasons }])[0] ?? null;
const judgeSum = (value: number, seasons: readonly number[], requests: readonly number[]) =>
  judgeSums([{ value, seasons, requests }])[0] ?? null;

describe('a value', () => {
  it('has the median of an odd and of an even number of weeks', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([7]), 7);
  });

  it('is unusual more than 3.5 times as far off as the weeks before are', () => {
    // Median 100, deviations 10 10 0 0 20 20: median 10, noise 14.826; beyond 51.891 off.
    const weeks = [90, 110, 100, 100, 80, 120];
    assert.equal(judgeCount(151, weeks), null);
    assert.deepEqual(judgeCount(152, weeks), { direction: 'high', score: 3.51, expected: 100 });
    assert.equal(judgeCount(49, weeks), null);
    assert.deepEqual(judgeCount(48, weeks), { direction: 'low', score: 3.51, expected: 100 });
  });

  it('may be as far off as chance brings single events, though all weeks were alike', () => {
    // Noise is the square root of 64, which is more than a tenth of it: beyond 28 off.
    const alike = [64, 64, 64, 64];
    assert.equal(judgeCount(92, alike), null);
    assert.equal(judgeCount(93, alike)?.score, 3.63);
    // Of 10,000 a tenth is more: beyond 3,500 off.
    assert.equal(judgeCount(13_500, [10_000, 10_000, 10_000, 10_000]), null);
    assert.equal(judgeCount(6_499, [10_000, 10_000, 10_000, 10_000])?.direction, 'low');
    // Where usually there is none, noise is 1.
    assert.equal(judgeCount(3, [0, 0, 0, 0, 0, 1]), null);
    assert.deepEqual(judgeCount(4, [0, 0, 0, 0]), { direction: 'high', score: 4, expected: 0 });
  });

  it('is held against most weeks, not against one that was unusual itself', () => {
    assert.equal(judgeCount(100, [100, 101, 99, 5_000]), null);
    assert.equal(judgeCount(5_000, [100, 101, 99, 5_000])?.expected, 100.5);
  });

  it('is told how far off is usual by its neighbours too', () => {
    // Of 48, 48, 80, 80 each is 32 off the median of the other three, which is 80 or 48: 3.58 or
    // 4.62 of its square root. With four that are not off at all the middle one is 3.58; times
    // 1.4826 and the root of 64 noise is 42.4, and 64 is 1.5 of it. Alone it is 8 of it.
    const quiet = { value: 0, seasons: [64, 64, 64, 64] };
    const others = Array.from({ length: 4 }, () => ({ value: 64, seasons: [48, 48, 80, 80] }));
    assert.equal(judgeCounts([quiet])[0]?.direction, 'low');
    assert.equal(judgeCounts([quiet, ...others])[0], null);
  });

  it('that is a sum varies as its requests do', () => {
    // 25 requests of 400 tokens: noise is 10,000 / 5, beyond 7,000 off.
    const tokens = [10_000, 10_000, 10_000, 10_000];
    const requests = [25, 25, 25, 25];
    assert.equal(judgeSum(17_000, tokens, requests), null);
    assert.deepEqual(judgeSum(17_100, tokens, requests), {
      direction: 'high',
      score: 3.55,
      expected: 10_000,
    });
    // Where there is usually no request, or nothing known of them, the requests tell it alone.
    assert.equal(judgeSum(17_000, [0, 0, 0, 0], [0, 0, 0, 0]), null);
    assert.equal(judgeSum(17_000, [0, 0, 0, 0], requests), null);
  });
});

describe('a timeline', () => {
  let telemetry: Telemetry;
  before(async () => {
    telemetry = await Telemetry.open();
  });
  after(() => telemetry.close());

  /** Calls at a moment. */
  const calls = (moment: number, count: number, more: Parameters<typeof call>[0] | object = {}) =>
    Array.from({ length: count }, (_, index) =>
      call({ at: new Date(moment + index * 1_000).toISOString(), ...more }),
    );
  const marks = async (
    workspace: Workspace,
    now: number,
    query: Omit<Parameters<Telemetry['stats']['timeline']>[1], 'domains' | 'now'>,
  ) => {
    const asked = { domains: null, now, anomalies: true, ...query };
    const { anomalies, unavailable } = await telemetry.stats.timeline(workspace.id, asked);
    return {
      marks: anomalies?.map(({ at: begin, metric, direction, value, expected }) => [
        begin,
        metric,
        direction,
        value,
        expected,
      ]),
      why: unavailable.map(({ path, reason }) => `${path}: ${reason}`),
    };
  };

  it('is held against the same hour of the weeks before, by the clock of the reader', async () => {
    // Clocks change on 25 October: 9:20 in Berlin is 7:20 before, and 8:20 after.
    const zone = { timezone: 'Europe/Berlin', granularity: 'hour' as const };
    const busy = ['2026-10-15', '2026-10-22'].map((day) => at(`${day}T07:20:00Z`));
    const later = ['2026-10-29', '2026-11-05', '2026-11-12'].map((day) => at(`${day}T08:20:00Z`));
    const workspace = telemetry.workspace();
    await workspace.write(
      ...calls(at('2026-10-10T00:00:00Z'), 1),
      ...[...busy, ...later].flatMap((moment) => calls(moment, 30)),
      // The hour before it is always silent, and so is this one.
      ...calls(at('2026-11-19T07:20:00Z'), 9),
    );
    const now = at('2026-11-19T10:00:00Z');
    telemetry.clock.now = now;
    const period = { from: '2026-11-19T07:00:00Z', to: '2026-11-19T09:00:00Z' };
    assert.deepEqual(await marks(workspace, now, { ...zone, ...period }), {
      marks: [
        ['2026-11-19T07:00:00.000Z', 'requests', 'high', 9, 0],
        ['2026-11-19T08:00:00.000Z', 'requests', 'low', 0, 30],
        ['2026-11-19T08:00:00.000Z', 'tokens', 'low', 0, 300],
        ['2026-11-19T08:00:00.000Z', 'cost', 'low', '0.00', '0.003'],
      ],
      why: [],
    });
  });

  it('by the day has days of a zone at the quarter', async () => {
    const workspace = telemetry.workspace();
    // Noon of each of 42 days in Kathmandu, and more on the last but one.
    const first = at('2026-10-09T06:15:00Z');
    const days = Array.from({ length: 43 }, (_, day) => first + day * DAY);
    await workspace.write(
      ...days.flatMap((noon, day) => calls(noon, day === 41 ? 60 : 16, { failed: day === 41 })),
    );
    const now = at('2026-11-21T10:07:00Z');
    telemetry.clock.now = now;
    const period = { from: '2026-11-17T18:15:00Z', timezone: 'Asia/Kathmandu' };
    const told = await marks(workspace, now, { ...period, granularity: 'day' });
    // The 19th begins there at 18:15 of the 18th; the 21st is not over, and not judged.
    assert.deepEqual(told, {
      marks: [
        ['2026-11-18T18:15:00.000Z', 'requests', 'high', 60, 16],
        ['2026-11-18T18:15:00.000Z', 'errors', 'high', 60, 0],
        ['2026-11-18T18:15:00.000Z', 'tokens', 'high', 600, 160],
        ['2026-11-18T18:15:00.000Z', 'cost', 'high', '0.006', '0.0016'],
      ],
      why: [],
    });
  });

  it('of an hour after one that came twice is the same, whatever the period', async () => {
    const workspace = telemetry.workspace();
    const now = at('2026-11-21T10:07:00Z');
    telemetry.clock.now = now;
    const calls = (begin: string, n: number) =>
      Array.from({ length: n }, (_, second) => {
        return call({ at: new Date(at(begin) + second * 1_000).toISOString() });
      });
    // In Berlin the hour from 2:00 came twice on the 25th: with 30 requests, and with 200.
    await workspace.write(
      ...calls('2026-09-27T00:10:00Z', 1),
      ...calls('2026-10-04T00:10:00Z', 10),
      ...calls('2026-10-11T00:10:00Z', 10),
      ...calls('2026-10-18T00:10:00Z', 30),
      ...calls('2026-10-25T00:10:00Z', 30),
      ...calls('2026-10-25T01:10:00Z', 200),
      ...calls('2026-11-01T01:10:00Z', 200),
    );
    const expected = async (from: string) => {
      const query = { from, to: '2026-11-01T02:00:00Z', timezone: 'Europe/Berlin' };
      const asked = { ...query, granularity: 'hour' as const, anomalies: true };
      const told = await telemetry.stats.timeline(workspace.id, { ...asked, domains: null, now });
      const marked = told.anomalies?.filter((mark) => mark.at === '2026-11-01T01:00:00.000Z');
      return marked?.find(({ metric }) => metric === 'requests')?.expected;
    };
    assert.equal(await expected('2026-11-01T01:00:00Z'), 10);
    assert.equal(await expected('2026-10-25T00:00:00Z'), 10);
  });

  it('says where there are too few weeks before', async () => {
    const workspace = telemetry.workspace();
    const now = at('2026-11-21T10:07:00Z');
    telemetry.clock.now = now;
    const none = {
      marks: undefined,
      why: ['anomalies: The points have fewer than 4 weeks of earlier data.'],
    };
    const week = { timeframe: '7d' as const, granularity: 'day' as const };
    assert.deepEqual(await marks(workspace, now, week), none);
    const written: Observation[] = [];
    for (let day = 0; day < 31; day++) written.push(...calls(now - day * DAY - HOUR, 2));
    await workspace.write(...written);
    // In the midst of 22 October it begins: 20 November is the first day with four weeks before.
    assert.deepEqual(await marks(workspace, now, week), {
      marks: [],
      why: ['anomalies: 5 of the points have fewer than 4 weeks of earlier data.'],
    });
    assert.deepEqual(await marks(workspace, now, { timeframe: '90d', granularity: 'week' }), {
      marks: undefined,
      why: ['anomalies: Weeks have no seasonal pattern: use the granularity hour or day.'],
    });
    assert.deepEqual(await marks(workspace, now, { timeframe: '7d', granularity: 'month' }), {
      marks: undefined,
      why: ['anomalies: Months have no seasonal pattern: use the granularity hour or day.'],
    });
  });

  it('has no marks unless they are asked for, nor of what is not over', async () => {
    const workspace = telemetry.workspace();
    const now = at('2026-11-21T10:07:00Z');
    telemetry.clock.now = now;
    const query = { domains: null, now, timeframe: 'today' as const };
    assert.equal((await telemetry.stats.timeline(workspace.id, query)).anomalies, null);
    const begun = { from: '2026-11-21T10:00:00Z', granularity: 'hour' as const };
    assert.deepEqual(await marks(workspace, now, begun), {
      marks: undefined,
      why: ['anomalies: The period contains no complete hour.'],
    });
  });
});
