import type { ChartSize } from '../../src/chart/chart-controller.ts';
import type { ChartOption } from '../../src/chart/echarts.ts';
import { decalOf } from '../../src/chart/palette.ts';
import type { ChartTheme } from '../../src/chart/theme.ts';
import type { Value } from '../../src/format/value.ts';

/** The ring's inner and outer radius, in relation to half of its box. */
const RING = ['66%', '96%'];

/**
 * A ring of the values, clockwise from the top, each with its colour and pattern.
 *
 * @param isShown whether a slice is switched on; the others share the ring
 */
export function ringOption(
  values: readonly (Value | null)[],
  theme: ChartTheme,
  isShown: (index: number) => boolean,
): ChartOption {
  return {
    animation: !theme.still,
    animationDuration: 200,
    animationDurationUpdate: 200,
    series: {
      type: 'pie',
      radius: RING,
      silent: true,
      clockwise: !theme.isRtl,
      label: { show: false },
      labelLine: { show: false },
      itemStyle: { borderColor: theme.surface, borderWidth: 2, borderRadius: 3 },
      data: values.map((value, index) => ({
        value: isShown(index) ? Number(value ?? 0) : 0,
        itemStyle: { color: theme.series[index], decal: decalOf(index, theme.surface) },
      })),
    },
  };
}

/** Bars with their names and shares, the largest at the top. */
export function barsOption(
  names: readonly string[],
  values: readonly (Value | null)[],
  shares: readonly string[],
  theme: ChartTheme,
  { width }: ChartSize,
): ChartOption {
  const start = theme.isRtl ? 'right' : 'left';
  const label = { color: theme.text, fontFamily: theme.font, fontSize: theme.fontSize + 1 };
  const most = width * 0.4;
  const widest = Math.max(0, ...shares.map(theme.measure)) + 16;
  const end = theme.isRtl ? 'left' : 'right';
  const needed = Math.min(most, Math.max(0, ...names.map(theme.measure)) * 1.1 + 16);
  return {
    animation: !theme.still,
    animationDuration: 200,
    animationDurationUpdate: 200,
    grid: { top: 4, bottom: 4, [start]: needed + 8, [end]: widest + 8, outerBoundsMode: 'none' },
    xAxis: { type: 'value', show: false, min: 0, inverse: theme.isRtl },
    yAxis: {
      type: 'category',
      inverse: true,
      position: start,
      data: [...names],
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...label, width: needed - 8, overflow: 'truncate', margin: 8 },
    },
    series: {
      type: 'bar',
      silent: true,
      barWidth: '56%',
      barMinHeight: 2,
      label: {
        show: true,
        position: end,
        ...label,
        color: theme.quiet,
        formatter: ({ dataIndex }: { dataIndex: number }) => shares[dataIndex] ?? '',
      },
      itemStyle: { color: theme.series[0], borderRadius: 3 },
      data: values.map((value) => (value === null ? '-' : Number(value))),
    },
  };
}
