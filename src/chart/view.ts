import { formatValue, type Value, type ValueFormat } from '../format/value.ts';
import type { ChartSize } from './chart-controller.ts';
import type { ChartOption } from './echarts.ts';
import type { ChartType } from './load.ts';
import type { ChartTheme } from './theme.ts';

/** Figures of a chart that belong together: a line, or a column of the table. */
export interface ChartSeries {
  /** What identifies it when it is switched off and on. */
  key: string;
  /** Its name to the reader. */
  name: string;
  format: ValueFormat;
  /** One for each position; `null` without a value. */
  values: readonly (Value | null)[];
  /** Its colour and pattern: 0 to 7. */
  colour: number;
  /** The axis that it is measured by: 1 is a strip of its own below the others. */
  axis?: 0 | 1 | undefined;
  /** Whether it is there for comparison: drawn faintly, and without an area. */
  isGhost?: boolean | undefined;
  /** Whether it is in tooltip and table only. */
  isHidden?: boolean | undefined;
}

/** What a chart shows, in words and figures: legend, tooltip, table and cursor are made of it. */
export interface ChartView {
  /** The types of its series in ECharts. */
  types: readonly ChartType[];
  /** What it is, to a screen reader; the name of the table. */
  name: string;
  /** What the positions are: the heading of the table's first column. */
  axis: string;
  /** The positions in full: times, names, or the cells row by row. */
  positions: readonly string[];
  series: readonly ChartSeries[];
  /** What the cursor moves over: points along an axis, items such as slices, or cells. */
  layout: 'points' | 'items' | { columns: number };
  /** What the legend names and switches: the series, the positions, or nothing. */
  legend: 'series' | 'positions' | 'none';
  /** What the legend adds to the name of a position. */
  legendValues?: readonly string[];
  /** For each position, whether its interval is partial. */
  partial?: readonly boolean[];
  /** For each position, whether there can't be data. */
  noData?: readonly boolean[];
  /** What the option depends on besides all of this. */
  key?: unknown;
  /**
   * ECharts' option.
   *
   * @param isShown whether the legend's entry with a number is switched on
   */
  option(theme: ChartTheme, size: ChartSize, isShown: (index: number) => boolean): ChartOption;
}

/** A position in words: `Mon, 3 Nov: Requests 120, Errors 2`. */
export function describePosition(
  { positions, series }: Pick<ChartView, 'positions' | 'series'>,
  index: number,
  locale: string,
): string {
  const values = series.map(
    ({ name, format, values }) => `${name} ${formatValue(values[index], format, locale)}`,
  );
  return `${positions[index] ?? ''}: ${new Intl.ListFormat(locale).format(values)}`;
}
