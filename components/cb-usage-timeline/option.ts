import type { EChartsCoreOption } from 'echarts/core';
import type { ChartTheme } from '../../src/charts/theme.ts';
import { formatValue } from '../../src/format/value.ts';
import type { Series } from './series.ts';

/** What the picture is made of. */
export interface TimelinePicture {
  series: readonly Series[];
  /** Below the axis, one for each point. */
  labels: readonly string[];
  locale: string;
}

/** ECharts' option for the lines: hairline grid, no axis line, the second line dashed. */
export function timelineOption(
  { series, labels, locale }: TimelinePicture,
  theme: ChartTheme,
): EChartsCoreOption {
  const axisLabel = { color: theme.quiet, fontFamily: theme.font, fontSize: 11 };
  const isMoney = series[0]?.format === 'currency';
  const format = (value: number): string =>
    isMoney ? formatValue(value, 'currency', locale) : formatValue(value, 'compact', locale);
  return {
    animation: !theme.still,
    animationDuration: 200,
    animationDurationUpdate: 200,
    aria: { enabled: false, decal: { show: false } },
    textStyle: { fontFamily: theme.font },
    grid: {
      left: 4,
      right: 4,
      top: 12,
      bottom: 4,
      outerBoundsMode: 'same',
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
      axisLabel: { ...axisLabel, formatter: format },
    },
    series: series.map(({ values }, index) => {
      const color = theme.series[index] ?? theme.text;
      return {
        type: 'line',
        data: values,
        smooth: 0.25,
        smoothMonotone: 'x',
        showSymbol: values.length === 1,
        symbolSize: 6,
        silent: true,
        lineStyle: { color, width: 2, type: index === 0 ? 'solid' : [6, 4] },
        itemStyle: { color },
        ...(index === 0 ? { areaStyle: { color, opacity: 0.1 } } : {}),
      };
    }),
  };
}
