import type { StatsTimeline, TimelinePoint } from '@cloudbrain/sdk';
import { assert } from 'chai';
import { messages } from '../../components/cb-usage-timeline/cb-usage-timeline.messages.ts';
import { queryBefore, valuesBefore } from '../../components/cb-usage-timeline/before.ts';
import {
  hasUsage,
  labelsOf,
  metricOf,
  seriesOf,
  timesOf,
  type UsageMetric,
} from '../../components/cb-usage-timeline/series.ts';
import { cursorAfter } from '../../src/chart/cursor.ts';
import { linesOption } from '../../src/chart/lines.ts';
import { axisValue, scaleOf, ticksOf } from '../../src/chart/scale.ts';
import type { ChartTheme } from '../../src/chart/theme.ts';
import { describePosition } from '../../src/chart/view.ts';
import type { ValueFormat } from '../../src/format/value.ts';
import { translate } from '../../src/i18n/catalogue.ts';

const point = (at: string, requests: number, more: Partial<TimelinePoint> = {}): TimelinePoint => ({
  at,
  partial: false,
  noData: false,
  requests,
  conversations: 0,
  executions: { total: 0, completed: 0, failed: 0, running: 0, abandoned: 0 },
  errors: 1,
  tokens: {
    input: 1_500_000,
    uncachedInput: 0,
    cacheRead: 0,
    cacheWrite: 0,
    output: 20,
    reasoning: 0,
    total: 1_500_020,
  },
  cost: { usd: '4.5', unpricedRequests: 0 },
  latencyMs: { p50: null, p95: null, p99: null },
  ...more,
});

const timeline = (...points: TimelinePoint[]): StatsTimeline => ({
  period: { from: '2026-10-24T22:00:00Z', to: '2026-10-25T03:00:00Z', timezone: 'Europe/Berlin' },
  granularity: 'hour',
  points,
  anomalies: null,
  unavailable: [],
});

const linesOf = (data: StatsTimeline, metric: UsageMetric, locale = 'en') =>
  seriesOf(data, metric).map(({ name, ...line }) => ({
    ...line,
    key: name,
    name: translate(messages, locale, name),
  }));

/** Each point in words. */
function described(data: StatsTimeline, metric: UsageMetric, locale = 'en'): string[] {
  const series = linesOf(data, metric, locale);
  const view = { series, positions: timesOf(data, locale) };
  return data.points.map((_, index) => describePosition(view, index, locale));
}

describe('the cursor of a timeline', () => {
  const moves: [key: string, at: number, target: number | undefined, fromTheRight?: number][] = [
    ['ArrowRight', 5, 6, 4],
    ['ArrowLeft', 5, 4, 6],
    ['ArrowUp', 5, 6],
    ['ArrowDown', 5, 4],
    ['PageUp', 5, 15],
    ['PageDown', 15, 5],
    ['PageDown', 5, 0],
    ['PageUp', 15, 20],
    ['Home', 5, 0],
    ['End', 5, 20],
    ['ArrowRight', 20, 20, 19],
    ['ArrowLeft', 0, 0, 1],
    ['Enter', 5, undefined],
    ['constructor', 5, undefined],
  ];
  for (const [key, at, target, fromTheRight = target] of moves) {
    it(`goes by ${key} from ${at} to ${target ?? 'nowhere'}`, () => {
      assert.equal(cursorAfter(key, at, 20, false), target);
      assert.equal(cursorAfter(key, at, 20, true), fromTheRight);
    });
  }

  it('goes nowhere where there is nothing', () => {
    assert.isUndefined(cursorAfter('End', 0, -1, false));
    assert.isUndefined(cursorAfter('ArrowLeft', 0, -1, true));
  });
});

describe('the cursor over cells', () => {
  // Three rows of four.
  const moves: [key: string, at: number, target: number, fromTheRight?: number][] = [
    ['ArrowRight', 5, 6, 4],
    ['ArrowLeft', 5, 4, 6],
    ['ArrowRight', 7, 7, 6],
    ['ArrowLeft', 4, 4, 5],
    ['ArrowUp', 5, 1],
    ['ArrowUp', 1, 1],
    ['ArrowDown', 5, 9],
    ['ArrowDown', 9, 9],
    ['PageUp', 9, 1],
    ['PageDown', 1, 9],
    ['Home', 6, 4],
    ['End', 6, 7],
  ];
  for (const [key, at, target, fromTheRight = target] of moves) {
    it(`goes by ${key} from ${at} to ${target}`, () => {
      assert.equal(cursorAfter(key, at, 11, false, 4), target);
      assert.equal(cursorAfter(key, at, 11, true, 4), fromTheRight);
    });
  }
});

describe('a point of a timeline, in words', () => {
  const night = timeline(
    point('2026-10-24T23:00:00Z', 1),
    point('2026-10-25T00:00:00Z', 1_200),
    point('2026-10-25T01:00:00Z', 3),
  );

  it('has its time and all its figures', () => {
    const [text] = described(timeline(point('2026-10-24T10:00:00Z', 1_200)), 'requests');
    assert.match(text!, /^Sat, Oct 24, 12:00: Requests 1,200 and Errors 1$/);
    assert.match(described(night, 'tokens')[0]!, /: Input 1\.5M and Output 20$/);
    assert.match(described(night, 'cost')[0]!, /: Cost \$4\.50$/);
  });

  it('says which of two it is where the clocks go back and an hour comes twice', () => {
    const [before, first, second] = described(night, 'requests');
    assert.match(before!, /^Sun, Oct 25, 01:00 GMT\+2: /);
    assert.match(first!, /^Sun, Oct 25, 02:00 GMT\+2: Requests 1,200/);
    assert.match(second!, /^Sun, Oct 25, 02:00 GMT\+1: Requests 3/);
  });

  it('leaves an hour out where the clocks go forward, and names no zone', () => {
    const spring = timeline(point('2026-03-29T00:00:00Z', 1), point('2026-03-29T01:00:00Z', 2));
    const [before, after] = described(spring, 'requests');
    assert.match(before!, /^Sun, Mar 29, 01:00: /);
    assert.match(after!, /^Sun, Mar 29, 03:00: /);
  });

  it('is written as the reader’s locale writes it', () => {
    assert.match(described(night, 'cost', 'de')[1]!, /^So\., 25\. Okt\., 02:00 MESZ: .* 4,50\s\$$/);
  });
});

describe('the axes of a timeline', () => {
  const values: [value: number, format: ValueFormat, text: string, locale?: string][] = [
    [0, 'currency', '$0'],
    [9, 'currency', '$9'],
    [1.5, 'currency', '$1.5'],
    [0.05, 'currency', '$0.05'],
    [0.0004, 'currency', '$0.0004'],
    [10_000, 'currency', '$10K'],
    [10_000, 'currency', '$10k', 'en-GB'],
    [0, 'number', '0'],
    [1_500, 'number', '1.5K'],
    [10_000, 'currency', '10.000\u00a0$', 'de'],
    [2_000, 'duration', '2s'],
    [120_000, 'duration', '2 min'],
  ];
  for (const [value, format, text, locale = 'en'] of values) {
    it(`have ${text} for ${value} (${format}), in ${locale}`, () => {
      assert.equal(axisValue(value, format, locale), text);
    });
  }

  const scales: [highest: number, format: ValueFormat, ticks: number[]][] = [
    [0, 'number', [0, 1]],
    [1, 'number', [0, 1]],
    [2, 'number', [0, 1, 2]],
    [90, 'number', [0, 50, 100]],
    [29_000, 'number', [0, 10_000, 20_000, 30_000]],
    [0.3, 'currency', [0, 0.1, 0.2, 0.3]],
    [0, 'currency', [0, 0.5, 1]],
    [170_000, 'duration', [0, 60_000, 120_000, 180_000]],
  ];
  for (const [highest, format, ticks] of scales) {
    it(`count from 0 to ${highest} (${format}) in steps that are easy to read`, () => {
      const found = ticksOf(scaleOf(highest, format)).map((tick) => Number(tick.toFixed(9)));
      assert.deepEqual(found, ticks);
    });
  }

  const days = (count: number): StatsTimeline => ({
    ...timeline(
      ...Array.from({ length: count }, (_, day) =>
        point(new Date(Date.UTC(2026, 9, 2 + day, 10)).toISOString(), 1),
      ),
    ),
    granularity: 'day',
  });

  it('tell the days of a week apart, also where it ends on the day it began', () => {
    assert.deepEqual(labelsOf(days(7), 'en'), ['Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed', 'Thu']);
    const dates = [2, 3, 4, 5, 6, 7, 8, 9].map((day) => `Oct ${day}`);
    assert.deepEqual(labelsOf(days(8), 'en'), dates, 'all dates, or all days of the week');
    assert.deepEqual(labelsOf(days(1), 'en'), ['Fri']);
    assert.deepEqual(labelsOf(days(0), 'en'), []);
  });
});

describe('the weeks of a timeline', () => {
  // The second has 169 hours.
  const weeks: StatsTimeline = {
    ...timeline(
      point('2026-10-11T22:00:00Z', 1),
      point('2026-10-18T22:00:00Z', 1),
      point('2026-12-27T23:00:00Z', 1),
    ),
    granularity: 'week',
  };

  it('start on Monday at the axis, and have both ends in words', () => {
    assert.deepEqual(labelsOf(weeks, 'en'), ['Oct 12', 'Oct 19', 'Dec 28']);
    assert.deepEqual(
      timesOf(weeks, 'en').map((text) => text.replaceAll(/[\u2009\u202f]/g, ' ')),
      ['Oct 12 – 18, 2026', 'Oct 19 – 25, 2026', 'Dec 28, 2026 – Jan 3, 2027'],
    );
    assert.match(timesOf(weeks, 'de')[0] ?? '', /^12\.\s?–\s?18\. Okt\. 2026$/);
  });
});

describe('the months of a timeline', () => {
  it('have their year', () => {
    const months = timeline(point('2026-08-31T22:00:00Z', 1), point('2026-09-30T22:00:00Z', 1));
    assert.deepEqual(labelsOf({ ...months, granularity: 'month' }, 'en'), ['Sep 2026', 'Oct 2026']);
  });
});

describe('a timeline that is covered only in part', () => {
  const data = timeline(
    point('2026-10-24T08:00:00Z', 0, { noData: true }),
    point('2026-10-24T09:00:00Z', 5, { partial: true }),
    point('2026-10-24T10:00:00Z', 90),
    point('2026-10-24T11:00:00Z', 80),
    point('2026-10-24T12:00:00Z', 7, { partial: true }),
  );
  const theme: ChartTheme = {
    ...{ text: '#000', quiet: '#000', border: '#000', surface: '#123', series: ['#00f', '#f00'] },
    ...{ font: 'serif', fontSize: 11, isRtl: false, still: true },
    measure: (text) => text.length * 6,
  };
  const size = { width: 640, height: 240 };

  it('has no value where there are no data yet, in words neither', () => {
    assert.deepEqual(
      seriesOf(data, 'requests').map(({ values }) => values[0]),
      [null, null],
    );
    assert.match(described(data, 'requests')[0]!, /: Requests – and Errors –$/);
  });

  it('is drawn apart at both ends, and with a gap', () => {
    const [requests] = linesOf(data, 'requests');
    const { series } = linesOption(
      {
        series: [requests!],
        labels: labelsOf(data, 'en'),
        locale: 'en',
        partial: data.points.map(({ partial }) => partial),
      },
      theme,
      size,
    ) as {
      series: {
        smooth?: unknown;
        data: { value: number | null; symbol?: string; itemStyle?: object }[];
        showAllSymbol: boolean;
        areaStyle?: { opacity: number };
      }[];
    };
    const [solid, ...dotted] = series.map((line) => line.data.map(({ value }) => value));
    assert.deepEqual(solid, [null, null, 90, 80, null]);
    assert.deepEqual(dotted, [
      [null, 5, 90, null, null],
      [null, null, null, 80, 7],
    ]);
    assert.deepEqual(
      series[1]?.data.map(({ symbol }) => symbol),
      ['none', 'circle', 'none', 'none', 'none'],
    );
    // Filled with what is behind it, which is not white in the dark.
    assert.deepEqual(series[2]?.data[4]?.itemStyle, {
      color: '#123',
      borderColor: '#00f',
      borderWidth: 2,
    });
    for (const { smooth } of series) assert.isUndefined(smooth, 'straight from point to point');
    for (const { showAllSymbol, areaStyle } of series) {
      assert.isTrue(showAllSymbol, 'also where points are close to each other');
      assert.isDefined(areaStyle, 'the fill has no cliff');
    }
    assert.isBelow(series[1]!.areaStyle!.opacity, series[0]!.areaStyle!.opacity);
  });
});

describe('the period before a timeline', () => {
  const days: StatsTimeline = {
    ...timeline(point('2026-10-24T22:00:00Z', 1), point('2026-10-25T23:00:00Z', 1)),
    granularity: 'day',
  };

  it('has as many intervals, and ends where the timeline starts', () => {
    assert.deepEqual(queryBefore({ timeframe: '7d', domain: 'a' }, days), {
      domain: 'a',
      from: '2026-10-22T22:00:00.000Z',
      to: '2026-10-24T22:00:00Z',
      granularity: 'day',
      timezone: 'Europe/Berlin',
    });
    const months = queryBefore({}, { ...days, granularity: 'month' });
    assert.equal(months?.from, '2026-08-24T22:00:00.000Z');
  });

  it('is nothing before everything, or without an interval', () => {
    assert.isUndefined(queryBefore({ timeframe: 'all' }, days));
    assert.isUndefined(queryBefore({}, timeline()));
  });

  it('lies point by point beside it, and both end together', () => {
    const [line] = seriesOf(timeline(point('a', 1), point('b', 2), point('c', 3)), 'requests');
    assert.deepEqual(valuesBefore(line!, 2), [2, 3]);
    assert.deepEqual(valuesBefore(line!, 4), [null, 1, 2, 3]);
  });
});

describe('what a timeline shows', () => {
  it('is requests where the attribute names no figure', () => {
    assert.equal(metricOf('cost'), 'cost');
    assert.equal(metricOf('latency'), 'latency');
    assert.equal(metricOf('runes'), 'requests');
    assert.equal(metricOf(undefined), 'requests');
  });

  it('is something where there was a request, or an execution without one', () => {
    const idle = point('2026-10-24T10:00:00Z', 0);
    const ran = { ...idle, executions: { ...idle.executions, total: 1 } };
    assert.isFalse(hasUsage(timeline(idle)));
    assert.isFalse(hasUsage(timeline()));
    assert.isTrue(hasUsage(timeline(idle, ran)));
  });
});
