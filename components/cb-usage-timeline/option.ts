import type { LineSeriesOption } from 'echarts/charts';
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartTheme } from '../../src/chart/theme.ts';
import { numberFormat } from '../../src/format/formatters.ts';
import type { Series } from './series.ts';

/** The data of the chart. */
export interface TimelinePicture {
  series: readonly Series[];
  /** Below the axis, one for each point. */
  labels: readonly string[];
  locale: string;
  /** For each point, whether its interval is partial. */
  partial: readonly boolean[];
}

/** Strokes of the lines, and of the segments that lead to partial intervals. */
const STROKES: ('solid' | number[])[] = ['solid', [6, 4]];
const PARTIAL_STROKE = [2, 3];
/** Room for half of a label below the end of the axis, in px: the first has that of the values. */
const LAST_LABEL = 26;

/**
 * A value at the axis: `1.5K`, `$10K`, `$0.5`. It has just enough decimals to distinguish the
 * ticks.
 */
export function axisValue(value: number, isMoney: boolean, locale: string): string {
  return numberFormat(locale, {
    notation: 'compact',
    maximumSignificantDigits: 3,
    ...(isMoney && { style: 'currency', currency: 'USD' }),
  }).format(value);
}

/**
 * ECharts' option for the lines: hairline grid, no axis line, the second line dashed. The segment
 * to a partial interval is dotted and its point hollow, because it is not a real rise or fall.
 */
export function timelineOption(
  { series, labels, locale, partial }: TimelinePicture,
  theme: ChartTheme,
): EChartsCoreOption {
  const axisLabel = { color: theme.quiet, fontFamily: theme.font, fontSize: 11 };
  const isMoney = series[0]?.format === 'currency';
  return {
    animation: !theme.still,
    animationDuration: 200,
    animationDurationUpdate: 200,
    aria: { enabled: false, decal: { show: false } },
    textStyle: { fontFamily: theme.font },
    grid: {
      left: theme.isRtl ? LAST_LABEL : 4,
      right: theme.isRtl ? 4 : LAST_LABEL,
      top: 12,
      bottom: 4,
      outerBounds: { left: 4, right: 4, top: 4, bottom: 4 },
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'category',
      data: labels,
      inverse: theme.isRtl,
      boundaryGap: labels.length === 1,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...axisLabel, hideOverlap: true, margin: 12 },
    },
    yAxis: {
      type: 'value',
      position: theme.isRtl ? 'right' : 'left',
      min: 0,
      minInterval: isMoney ? 0 : 1,
      splitNumber: 3,
      splitLine: { lineStyle: { color: theme.border, width: 1 } },
      axisLabel: { ...axisLabel, formatter: (value: number) => axisValue(value, isMoney, locale) },
    },
    series: series.flatMap(({ values }, index): LineSeriesOption[] => {
      const color = theme.series[index] ?? theme.text;
      const line: LineSeriesOption = {
        type: 'line',
        smooth: 0.25,
        smoothMonotone: 'x',
        symbolSize: 6,
        showSymbol: true,
        // Otherwise ECharts omits some where points are close to each other.
        showAllSymbol: true,
        silent: true,
        itemStyle: { color },
      };
      const area = (opacity: number) => index === 0 && { areaStyle: { color, opacity } };
      const lineStyle = { color, width: 2, type: STROKES[index] ?? PARTIAL_STROKE };
      const whole = values.map((value, at) => (partial[at] ? null : value));
      const solid = { ...line, ...area(0.1), lineStyle, data: dots(whole) };
      const dotted = { ...line, ...area(0.05), lineStyle: { ...lineStyle, type: PARTIAL_STROKE } };
      // ECharts' own hollow symbol is filled with white.
      const itemStyle = { color: theme.surface, borderColor: color, borderWidth: 2 };
      return [
        solid,
        ...partialRuns(partial).map(([first, last]) => ({
          ...dotted,
          data: values.map((value, at) => {
            if (at < first - 1 || at > last + 1) return { value: null, symbol: 'none' };
            if (at < first || at > last) return { value, symbol: 'none' };
            return { value, symbol: 'circle', itemStyle };
          }),
        })),
      ];
    }),
  };
}

/**
 * The first and last of consecutive partial intervals. Each run has its own line, or the segment
 * between two of them would be drawn twice.
 */
function partialRuns(partial: readonly boolean[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const [at, isPartial] of partial.entries()) {
    const run = runs.at(-1);
    if (isPartial && run?.[1] === at - 1) run[1] = at;
    else if (isPartial) runs.push([at, at]);
  }
  return runs;
}

/** Values, with those that no line leads to drawn as dots. */
const dots = (values: readonly (number | null)[]) =>
  values.map((value, at) => {
    const isAlone = (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;
    return { value, symbol: isAlone ? 'circle' : 'none' };
  });
