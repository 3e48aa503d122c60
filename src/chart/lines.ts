import type { LineSeriesOption } from 'echarts/charts';
import type { ValueFormat } from '../format/value.ts';
import type { ChartSize } from './chart-controller.ts';
import type { ChartOption } from './echarts.ts';
import { PARTIAL_DASH, strokeOf } from './palette.ts';
import { runsOf } from './runs.ts';
import { axisValue, scaleOf, ticksOf, type Scale } from './scale.ts';
import type { ChartTheme } from './theme.ts';
import type { ChartSeries } from './view.ts';

/** Lines over time. */
export interface Lines {
  /** Those to draw. */
  series: readonly ChartSeries[];
  /** Below the axis, one for each point. */
  labels: readonly string[];
  locale: string;
  /** For each point, whether its interval is partial. */
  partial: readonly boolean[];
}

/** How far the chart's box reaches beyond the plot, for half of a dot at the edge (chart.css.ts). */
export const BLEED = 8;
/** Above the highest value, in px. */
const TOP = 12;
/** Between the values and the plot, and between two labels of the axis of time. */
const GAP = 8;
/** The strip of the second axis, with the space above it. */
const STRIP = { height: 36, above: 22 };

/**
 * ECharts' option for lines: hairline grid, no axis line, straight from point to point, the second
 * line dashed. The segment to a partial interval is dotted and its point hollow, because it is not a
 * real rise or fall. Series of the second axis are in a strip below.
 */
export function linesOption(
  { series, labels, locale, partial }: Lines,
  theme: ChartTheme,
  { width }: ChartSize,
): ChartOption {
  const axes = ([0, 1] as const)
    .map((axis) => axisOf(series, axis))
    .filter((axis) => axis.format !== undefined);
  const texts = axes.map(({ scale, format }) =>
    ticksOf(scale).map((tick) => axisValue(tick, format ?? 'number', locale)),
  );
  // ECharts would give each strip its own width of labels: they'd no longer share the time.
  const valuesWidth = Math.ceil(Math.max(0, ...texts.flat().map(theme.measure))) + GAP;
  const [start, end] = [BLEED + valuesWidth, BLEED];
  const below = theme.fontSize + 2 * GAP;
  const strip = axes.length > 1 ? STRIP.height + STRIP.above : 0;
  const sides = theme.isRtl ? { left: end, right: start } : { left: start, right: end };
  const grids = [{ ...sides, top: TOP, bottom: below + strip }];
  if (strip) grids.push({ ...sides, height: STRIP.height, bottom: below } as never);
  const isLabelled = labelled(labels, width - start - end, theme);
  return {
    animation: !theme.still,
    animationDuration: 200,
    animationDurationUpdate: 200,
    textStyle: { fontFamily: theme.font },
    grid: grids.map((grid) => ({ ...grid, outerBoundsMode: 'none' })),
    xAxis: grids.map((_, index) => ({
      type: 'category',
      gridIndex: index,
      data: [...labels],
      inverse: theme.isRtl,
      boundaryGap: labels.length === 1,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        show: index === grids.length - 1,
        ...labelStyle(theme),
        margin: GAP,
        interval: (at: number) => isLabelled(at),
        ...(labels.length > 1 && edgeLabels(theme, isLabelled(0))),
      },
    })),
    yAxis: axes.map(({ scale, format, names }, index) => ({
      type: 'value',
      gridIndex: index,
      position: theme.isRtl ? 'right' : 'left',
      min: 0,
      ...scale,
      splitLine: { lineStyle: { color: theme.border, width: 1 } },
      axisLabel: {
        ...labelStyle(theme),
        margin: GAP,
        formatter: (value: number) => axisValue(value, format ?? 'number', locale),
      },
      ...(index > 0 && {
        name: names,
        nameGap: 6,
        nameTextStyle: { ...labelStyle(theme), align: theme.isRtl ? 'right' : 'left' },
      }),
    })),
    series: series.flatMap((line, index) => lineOptions(line, index === 0, partial, theme)),
  };
}

const labelStyle = ({ quiet, font, fontSize }: ChartTheme) => ({
  color: quiet,
  fontFamily: font,
  fontSize,
});

/** The labels at the edges are inside of them, where they can't be cut off. */
const edgeLabels = ({ isRtl }: ChartTheme, isFirst: boolean) => ({
  alignMaxLabel: isRtl ? 'left' : 'right',
  ...(isFirst && { alignMinLabel: isRtl ? 'right' : 'left' }),
});

/** Which points have a label: the last one, and those before it at equal distances. */
function labelled(
  labels: readonly string[],
  width: number,
  { measure }: ChartTheme,
): (index: number) => boolean {
  const last = labels.length - 1;
  const widest = Math.max(0, ...[...new Set(labels)].map(measure));
  // The last label lies left of its point whole, the one before by half.
  const needed = widest * 1.5 + GAP;
  const step = Math.max(1, Math.ceil((needed * last) / Math.max(1, width)));
  return (index) => (last - index) % step === 0;
}

interface Axis {
  scale: Scale;
  /** Undefined without series. */
  format: ValueFormat | undefined;
  names: string;
}

function axisOf(series: readonly ChartSeries[], axis: 0 | 1): Axis {
  const own = series.filter((line) => (line.axis ?? 0) === axis);
  const values = own.flatMap((line) => line.values.map(Number));
  const format = own[0]?.format ?? (axis === 0 ? 'number' : undefined);
  const scale = scaleOf(Math.max(0, ...values), format ?? 'number', axis === 0 ? 3 : 1);
  return { scale, format, names: own[0]?.name ?? '' };
}

type Datum = number | null;

/** A whole line, and the dotted segments to its partial intervals. */
function lineOptions(
  { values, colour, axis = 0, isGhost }: ChartSeries,
  isFilled: boolean,
  partial: readonly boolean[],
  theme: ChartTheme,
): LineSeriesOption[] {
  const data = values.map((value): Datum => (value === null ? null : Number(value)));
  const color = isGhost ? theme.quiet : (theme.series[colour] ?? theme.text);
  const line: LineSeriesOption = {
    type: 'line',
    xAxisIndex: axis,
    yAxisIndex: axis,
    symbolSize: 6,
    showSymbol: true,
    // Otherwise ECharts omits some where points are close to each other.
    showAllSymbol: true,
    silent: true,
    itemStyle: { color },
  };
  if (isGhost) {
    const lineStyle = { color, width: 1.5, type: [...PARTIAL_DASH], opacity: 0.7 };
    return [{ ...line, lineStyle, data: dots(data) }];
  }
  const area = (opacity: number) =>
    (isFilled || axis === 1) && {
      areaStyle: { color, opacity: axis === 1 ? opacity * 2 : opacity },
    };
  const lineStyle = { color, width: 2, type: strokeOf(colour) };
  const whole = data.map((value, at) => (partial[at] ? null : value));
  // ECharts' own hollow symbol is filled with white.
  const itemStyle = { color: theme.surface, borderColor: color, borderWidth: 2 };
  return [
    { ...line, ...area(0.1), lineStyle, data: dots(whole) },
    // Each run has its own line, or the segment between two of them would be drawn twice.
    ...runsOf(partial).map(([first, last]) => ({
      ...line,
      ...area(0.05),
      lineStyle: { ...lineStyle, type: [...PARTIAL_DASH] },
      data: data.map((value, at) => {
        if (at < first - 1 || at > last + 1) return { value: null, symbol: 'none' };
        if (at < first || at > last) return { value, symbol: 'none' };
        return { value, symbol: 'circle', itemStyle };
      }),
    })),
  ];
}

/** Values, with those that no line leads to drawn as dots. */
const dots = (values: readonly Datum[]) =>
  values.map((value, at) => {
    const isAlone = (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;
    return { value, symbol: isAlone ? 'circle' : 'none' };
  });
