/** A chart as SVG, drawn on the server. */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { asShort } from './format.ts';

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

export interface Series {
  name: string;
  type: 'bar' | 'line';
  color: string;
  /** `null`: a gap. */
  values: readonly (number | null)[];
  /** Bars of one stack stand on each other. */
  stack?: string;
}

export interface Chart {
  /** What the intervals are called, oldest first. */
  labels: readonly string[];
  series: readonly Series[];
  /** How a value is written on the axis. */
  format?: (value: number) => string;
}

const INK = '#5b6472';
const LINE = '#dde1e7';
const FONT_SIZE = 8;
/** An axis can't be divided into steps that are smaller. */
const TINY = 1e-9;

export function chartSvg(
  { labels, series, format = asShort }: Chart,
  width: number,
  height: number,
): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontSize: FONT_SIZE, color: INK },
      grid: {
        ...{ left: 4, right: 10, top: 26, bottom: 4 },
        // The labels of the axes lie inside.
        ...{ outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      },
      legend: {
        top: 0,
        left: 0,
        itemWidth: 10,
        itemHeight: 6,
        textStyle: { fontSize: FONT_SIZE, color: INK },
      },
      xAxis: {
        type: 'category',
        data: [...labels],
        axisLine: { lineStyle: { color: LINE } },
        axisTick: { show: false },
        axisLabel: { fontSize: FONT_SIZE, color: INK, hideOverlap: true },
      },
      yAxis: {
        type: 'value',
        minInterval: series.every(({ values }) => values.every(isWhole)) ? 1 : 0,
        splitNumber: 4,
        splitLine: { lineStyle: { color: LINE } },
        axisLabel: { fontSize: FONT_SIZE, color: INK, formatter: format },
      },
      series: series.map(({ name, type, color, values, stack }) => ({
        name,
        type,
        data: values.map((value, index) => ({
          value: value !== null && Math.abs(value) < TINY ? 0 : value,
          // Between two gaps there is no line: a point of its own is drawn.
          ...(type === 'line' && !isAlone(values, index) && { symbol: 'none' }),
        })),
        itemStyle: { color },
        ...(stack !== undefined && { stack }),
        ...(type === 'line' && {
          lineStyle: { color, width: 1.5 },
          showAllSymbol: true,
          symbolSize: 4,
        }),
      })),
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** What a chart shows, in words: of each series its ends, its least and its most. */
export function chartText(title: string, { labels, series, format = asShort }: Chart): string {
  const span = `${labels[0] ?? ''} to ${labels.at(-1) ?? ''}`;
  const parts = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    const last = known.at(-1);
    if (last === undefined) return `${name}: nothing known`;
    const [least, most] = [
      known.reduce((a, b) => Math.min(a, b)),
      known.reduce((a, b) => Math.max(a, b)),
    ];
    return `${name}: from ${format(least)} to ${format(most)}, last ${format(last)}`;
  });
  return `${title}, ${span}. ${parts.join('; ')}.`;
}

const isAlone = (values: Series['values'], index: number): boolean =>
  (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;

const isWhole = (value: number | null): boolean => value === null || Number.isInteger(value);
