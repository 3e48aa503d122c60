import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  before,
  DATA_BEGIN,
  fittingGranularity,
  intervalsOf,
  PeriodError,
  resolvePeriod,
  withData,
  type PeriodQuery,
  type Timeframe,
} from '../../../server/store/time/period.ts';
import { decompose, type GrainLevel } from '../../../server/store/time/segments.ts';
import { DAY, HOUR, QUARTER } from '../../../server/store/time/zones.ts';
import { runs } from '../../support/effort.ts';

const NOW = Date.parse('2026-11-21T10:23:45Z');
const BEGIN = Date.parse('2026-02-03T00:00:00Z');

function told(query: PeriodQuery): [string, string] {
  const { from, to } = resolvePeriod(query, NOW, BEGIN);
  return [new Date(from).toISOString(), new Date(to).toISOString()];
}

function refusal(query: PeriodQuery): string {
  try {
    resolvePeriod(query, NOW, BEGIN);
  } catch (error) {
    if (error instanceof PeriodError) return error.parameter;
    throw error;
  }
  return 'none';
}

describe('a period', () => {
  it('is the last 24 hours if nothing is said', () => {
    assert.deepEqual(told({}), ['2026-11-20T10:23:45.000Z', '2026-11-21T10:23:45.000Z']);
  });

  it("is today, or this month, by the reader's clock", () => {
    const timezone = 'Pacific/Auckland';
    assert.equal(told({ timeframe: 'today', timezone })[0], '2026-11-20T11:00:00.000Z');
    assert.equal(told({ timeframe: 'month', timezone })[0], '2026-10-31T11:00:00.000Z');
    assert.equal(told({ timeframe: 'today' })[0], '2026-11-21T00:00:00.000Z');
  });

  it('is the whole day, week or month before the current one, in the reader’s time zone', () => {
    const whole = (timeframe: 'yesterday' | 'last-week' | 'last-month', timezone?: string) =>
      told({ timeframe, timezone });
    assert.deepEqual(whole('yesterday'), ['2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z']);
    // 21 November 2026 is a Saturday.
    assert.deepEqual(whole('last-week'), ['2026-11-09T00:00:00.000Z', '2026-11-16T00:00:00.000Z']);
    assert.deepEqual(whole('last-month'), ['2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z']);
    const zone = 'Asia/Kathmandu';
    assert.deepEqual(whole('yesterday', zone), [
      '2026-11-19T18:15:00.000Z',
      '2026-11-20T18:15:00.000Z',
    ]);
    assert.deepEqual(whole('last-week', zone), [
      '2026-11-08T18:15:00.000Z',
      '2026-11-15T18:15:00.000Z',
    ]);
    // Berlin’s clock went back on 25 October.
    assert.deepEqual(whole('last-month', 'Europe/Berlin'), [
      '2026-09-30T22:00:00.000Z',
      '2026-10-31T23:00:00.000Z',
    ]);
  });

  it('is another day, week or month where the reader’s clock shows another date', () => {
    const at = (now: string, timeframe: 'yesterday' | 'last-week' | 'last-month', zone: string) =>
      new Date(
        resolvePeriod({ timeframe, timezone: zone }, Date.parse(now), BEGIN).from,
      ).toISOString();
    // Sunday in New York, Monday in Auckland; 31 May there, 1 June here.
    const now = '2026-05-31T20:00:00Z';
    assert.equal(at(now, 'yesterday', 'America/New_York'), '2026-05-30T04:00:00.000Z');
    assert.equal(at(now, 'yesterday', 'Pacific/Auckland'), '2026-05-30T12:00:00.000Z');
    assert.equal(at(now, 'last-week', 'America/New_York'), '2026-05-18T04:00:00.000Z');
    assert.equal(at(now, 'last-week', 'Pacific/Auckland'), '2026-05-24T12:00:00.000Z');
    assert.equal(at(now, 'last-month', 'America/New_York'), '2026-04-01T04:00:00.000Z');
    assert.equal(at(now, 'last-month', 'Pacific/Auckland'), '2026-04-30T12:00:00.000Z');
  });

  it('ends with the day, week or month, and not now', () => {
    for (const timeframe of ['yesterday', 'last-week', 'last-month'] as const) {
      assert.equal(resolvePeriod({ timeframe }, NOW, BEGIN).endsNow, false, timeframe);
    }
    assert.equal(resolvePeriod({ timeframe: '7d' }, NOW, BEGIN).endsNow, true);
    assert.equal(resolvePeriod({ from: '2026-11-01T00:00:00Z' }, NOW, BEGIN).endsNow, true);
  });

  it('reaches back to where the data begin for all', () => {
    assert.equal(told({ timeframe: 'all' })[0], '2026-02-03T00:00:00.000Z');
  });

  it('ends now where only its beginning is given', () => {
    assert.deepEqual(told({ from: '2026-11-01T00:00:00+02:00' }), [
      '2026-10-31T22:00:00.000Z',
      '2026-11-21T10:23:45.000Z',
    ]);
  });

  it('is refused by the name of what is wrong with it', () => {
    assert.equal(refusal({ timezone: 'Europe/Atlantis' }), 'timezone');
    assert.equal(refusal({ from: '2030-01-01T00:00:00Z' }), 'from', 'to was not given');
    assert.equal(refusal({ from: '2026-11-01T00:00:00Z', timeframe: '7d' }), 'timeframe');
    assert.equal(refusal({ to: '2026-11-01T00:00:00Z' }), 'from');
    assert.equal(refusal({ from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' }), 'to');
    assert.equal(refusal({ from: '2026-11-02T00:00:00Z', to: '2026-11-02T00:00:00Z' }), 'to');
    // Offsets lead out of the calendar that answers can write.
    assert.equal(refusal({ from: '0001-01-01T00:00:00+00:01' }), 'from');
    assert.equal(refusal({ from: '2026-11-02T00:00:00Z', to: '9999-12-31T23:59:59-00:01' }), 'to');
  });

  it('follows one of equal length', () => {
    assert.deepEqual(before({ from: 100, to: 130 }), { from: 70, to: 100 });
  });

  it('follows the day, week or month before it where it is a whole one, however long that was', () => {
    const earlier = (timeframe: Timeframe, now: string, timezone: string) => {
      const period = before(resolvePeriod({ timeframe, timezone }, Date.parse(now), BEGIN));
      return [period.from, period.to].map((instant) => new Date(instant).toISOString());
    };
    const berlin = 'Europe/Berlin';
    // Yesterday had 25 hours, the day before it 24.
    assert.deepEqual(earlier('yesterday', '2026-10-26T09:00:00Z', berlin), [
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
    ]);
    // The day before yesterday had 23 hours.
    assert.deepEqual(earlier('yesterday', '2026-03-31T09:00:00Z', berlin), [
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    assert.deepEqual(earlier('last-week', '2026-10-27T09:00:00Z', berlin), [
      '2026-10-11T22:00:00.000Z',
      '2026-10-18T22:00:00.000Z',
    ]);
    assert.deepEqual(earlier('last-month', '2026-04-15T00:00:00Z', 'UTC'), [
      '2026-02-01T00:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
    ]);
    assert.deepEqual(earlier('last-month', '2026-02-15T00:00:00Z', 'UTC'), [
      '2025-12-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
    ]);
    // And the one before that, month by month.
    const march = resolvePeriod({ timeframe: 'last-month' }, Date.parse('2026-04-15Z'), BEGIN);
    assert.equal(before(before(march)).from, Date.parse('2026-01-01T00:00:00Z'));
  });

  it('is cut to where there can be data', () => {
    const { from, to } = withData({ from: Date.parse('0001-01-01T00:00:00Z'), to: 9e15 }, NOW);
    assert.equal(from, DATA_BEGIN);
    assert.equal(to, NOW + 2 * DAY);
    assert.deepEqual(withData({ from: 0, to: 5 }, NOW), { from: DATA_BEGIN, to: DATA_BEGIN });
  });
});

describe('the intervals of a period', () => {
  const period = (from: string, to: string, timezone = 'UTC') => ({
    from: Date.parse(from),
    to: Date.parse(to),
    timezone,
    all: false,
  });

  it('cover it without a gap, the first and the last cut to it', () => {
    const asked = period('2026-11-20T10:23:45Z', '2026-11-21T10:23:45Z', 'Asia/Kolkata');
    const intervals = intervalsOf(asked, 'hour');
    assert.equal(intervals.length, 25);
    assert.equal(intervals[0]?.at, Date.parse('2026-11-20T09:30:00Z'));
    assert.equal(intervals[0].span.from, asked.from);
    assert.equal(intervals.at(-1)?.span.to, asked.to);
    for (const [index, { span }] of intervals.entries()) {
      assert.equal(span.from, intervals[index - 1]?.span.to ?? asked.from);
    }
  });

  it('are 2,000 at most, and the refusal names what to ask for', () => {
    const year = period('2025-11-21T00:00:00Z', '2026-11-21T00:00:00Z');
    const decade = period('2016-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
    const century = period('1926-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
    const ages = period('0001-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
    assert.throws(() => intervalsOf(year, 'hour'), {
      parameter: 'granularity',
      message: /use day/,
    });
    assert.throws(() => intervalsOf(decade, 'day'), { message: /use week/ });
    assert.throws(() => intervalsOf(century, 'week'), { message: /use month/ });
    assert.throws(() => intervalsOf(ages, 'month'), { message: /shorter period/ });
    const most = period('2026-01-01T00:00:00Z', '2026-03-25T08:00:00Z');
    assert.equal(intervalsOf(most, 'hour').length, 2_000);
    assert.throws(() => intervalsOf({ ...most, to: most.to + 1 }, 'hour'), PeriodError);
  });

  it('are weeks from Monday to Sunday, cut to the period at both ends', () => {
    // Wednesday to Saturday of the week after next, in a zone whose clock goes back in between.
    const asked = period('2026-10-21T10:00:00Z', '2026-11-07T10:00:00Z', 'Europe/Berlin');
    assert.deepEqual(
      intervalsOf(asked, 'week').map(({ at, until, span }) =>
        [at, until, span.from, span.to].map((instant) => new Date(instant).toISOString()),
      ),
      [
        [
          ...['2026-10-18T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
          ...['2026-10-21T10:00:00.000Z', '2026-10-25T23:00:00.000Z'],
        ],
        [
          ...['2026-10-25T23:00:00.000Z', '2026-11-01T23:00:00.000Z'],
          ...['2026-10-25T23:00:00.000Z', '2026-11-01T23:00:00.000Z'],
        ],
        [
          ...['2026-11-01T23:00:00.000Z', '2026-11-08T23:00:00.000Z'],
          ...['2026-11-01T23:00:00.000Z', '2026-11-07T10:00:00.000Z'],
        ],
      ],
    );
    const most = period('1960-01-04T00:00:00Z', '1998-05-04T00:00:00Z');
    assert.equal(intervalsOf(most, 'week').length, 2_000);
    assert.throws(() => intervalsOf({ ...most, to: most.to + 1 }, 'week'), {
      parameter: 'granularity',
      message: /use month/,
    });
  });

  it('have a granularity that fits where none is asked for', () => {
    assert.equal(fittingGranularity({ from: 0, to: DAY }), 'hour');
    assert.equal(fittingGranularity({ from: 0, to: 30 * DAY }), 'day');
    assert.equal(fittingGranularity({ from: 0, to: 400 * DAY }), 'month');
  });
});

describe('the pieces of a span', () => {
  const levels: GrainLevel[] = [
    { grain: 1440, floor: -Infinity },
    { grain: 60, floor: 2 * DAY },
    { grain: 15, floor: 3 * DAY },
  ];

  it('cover each moment once, with slots that are whole and kept', () => {
    fc.assert(
      fc.property(fc.nat(6 * DAY), fc.nat(3 * DAY), (from, length) => {
        const pieces = decompose({ from, to: from + length }, levels);
        let reached = from;
        for (const { grain, from: begin, to } of pieces) {
          assert.equal(begin, reached);
          assert.ok(to > begin);
          reached = to;
          if (grain === 0) continue;
          assert.equal(begin % (grain * 60_000), 0);
          assert.equal(to % (grain * 60_000), 0);
          assert.ok(begin >= (levels.find((level) => level.grain === grain)?.floor ?? 0));
        }
        assert.equal(reached, length === 0 ? from : from + length);
      }),
      { numRuns: runs(100) },
    );
  });

  it('leave less than a quarter of an hour to the rows at either end', () => {
    const from = 4 * DAY + 7 * 60_000;
    const rows = decompose({ from, to: from + DAY + HOUR }, levels).filter(
      ({ grain }) => grain === 0,
    );
    assert.equal(rows.length, 2);
    for (const { from: begin, to } of rows) assert.ok(to - begin < QUARTER);
  });
});
