import type { LineSeriesOption } from 'echarts/charts';
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartTheme } from '../../src/charts/theme.ts';
import { numberFormat } from '../../src/format/formatters.ts';
import type { Series } from './series.ts';

/** What the picture is made of. */
export interface TimelinePicture {
  series: readonly Series[];
  /** Below the axis, one for each point. */
  labels: readonly string[];
  locale: string;
  /** Whether the last interval goes on. */
  isOpen: boolean;
}

/** Strokes of the lines, and of where they go on. */
const STROKES: ('solid' | number[])[] = ['solid', [6, 4]];
const OPEN_STROKE = [2, 3];
/** Room for half of a label below the end of the axis, in px: the first has that of the values. */
const LAST_LABEL = 26;

/** A value at the axis: `1.5K`, `$10K`, `$0.5`. Its decimals are those that tell ticks apart. */
export function axisValue(value: number, isMoney: boolean, locale: string): string {
  return numberFormat(locale, {
    notation: 'compact',
    maximumSignificantDigits: 3,
    ...(isMoney && { style: 'currency', currency: 'USD' }),
  }).format(value);
}

/**
 * ECharts' option for the lines: hairline grid, no axis line, the second line dashed. The way to
 * an interval that goes on is dotted: it is no fall.
 */
export function timelineOption(
  { series, labels, locale, isOpen }: TimelinePicture,
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
        showSymbol: values.length === 1,
        symbolSize: 6,
        silent: true,
        itemStyle: { color },
      };
      const lineStyle = { color, width: 2, type: STROKES[index] ?? OPEN_STROKE };
      const area = index === 0 && { areaStyle: { color, opacity: 0.1 } };
      const closed = values.length - 1;
      if (!isOpen || closed < 1) return [{ ...line, ...area, data: [...values], lineStyle }];
      return [
        { ...line, ...area, data: values.slice(0, closed), lineStyle },
        {
          ...line,
          data: values.map((value, at) => (at < closed - 1 ? null : value)),
          lineStyle: { ...lineStyle, type: OPEN_STROKE },
        },
      ];
    }),
  };
}
