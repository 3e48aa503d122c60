import type { StatsTimeline, TimelinePoint } from '@cloudbrain/sdk';
import { assert } from 'chai';
import { messages } from '../../components/cb-usage-timeline/cb-usage-timeline.messages.ts';
import { cursorAfter } from '../../components/cb-usage-timeline/cursor.ts';
import { describePoint, type Translate } from '../../components/cb-usage-timeline/plot.ts';
import { axisValue, timelineOption } from '../../components/cb-usage-timeline/option.ts';
import {
  hasUsage,
  labelsOf,
  metricOf,
  seriesOf,
  timesOf,
  type UsageMetric,
} from '../../components/cb-usage-timeline/series.ts';
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

/** What the reader is told of each point. */
function described(data: StatsTimeline, metric: UsageMetric, locale = 'en'): string[] {
  const t: Translate = (key, values) => translate(messages, locale, key, values);
  const view = { series: seriesOf(data, metric), times: timesOf(data, locale), locale, t };
  return data.points.map((_, index) => describePoint(view, index));
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
  const values: [value: number, isMoney: boolean, text: string, locale?: string][] = [
    [0, true, '$0'],
    [9, true, '$9'],
    [1.5, true, '$1.5'],
    [0.05, true, '$0.05'],
    [0.0004, true, '$0.0004'],
    [10_000, true, '$10K'],
    [0, false, '0'],
    [1_500, false, '1.5K'],
    [10_000, true, '10.000\u00a0$', 'de'],
  ];
  for (const [value, isMoney, text, locale = 'en'] of values) {
    it(`have ${text} for ${value}${isMoney ? ' dollars' : ''}, in ${locale}`, () => {
      assert.equal(axisValue(value, isMoney, locale), text);
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
  const theme = {
    ...{ text: '#000', quiet: '#000', border: '#000', surface: '#123', series: ['#00f', '#f00'] },
    ...{ font: 'serif', isRtl: false, still: true },
  };

  it('has no value where there are no data yet, in words neither', () => {
    assert.deepEqual(
      seriesOf(data, 'requests').map(({ values }) => values[0]),
      [null, null],
    );
    assert.match(described(data, 'requests')[0]!, /: Requests – and Errors –$/);
  });

  it('is drawn apart at both ends, and with a gap', () => {
    const [requests] = seriesOf(data, 'requests');
    const { series } = timelineOption(
      {
        series: [requests!],
        labels: labelsOf(data, 'en'),
        locale: 'en',
        partial: data.points.map(({ partial }) => partial),
      },
      theme,
    ) as {
      series: {
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
    for (const { showAllSymbol, areaStyle } of series) {
      assert.isTrue(showAllSymbol, 'also where points are close to each other');
      assert.isDefined(areaStyle, 'the fill has no cliff');
    }
    assert.isBelow(series[1]!.areaStyle!.opacity, series[0]!.areaStyle!.opacity);
  });
});

describe('what a timeline shows', () => {
  it('is requests where the attribute names no figure', () => {
    assert.equal(metricOf('cost'), 'cost');
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
