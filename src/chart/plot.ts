import { html, nothing, svg, type TemplateResult } from 'lit';
import { formatValue } from '../format/value.ts';
import type { CursorController } from './cursor.ts';
import { outlineOf, type Box, type Point, type Shape } from './geometry.ts';
import { renderSwatch } from './legend.ts';
import { describePosition, type ChartSeries, type ChartView } from './view.ts';

/** The position of the cursor, in px from the left and top of the plot. */
export interface CursorPosition {
  index: number;
  /** What the tooltip must not cover. */
  points: readonly Point[];
  /** The line and dots of points, by series. */
  line?: { x: number; dots: readonly (Point | undefined)[] };
  /** The outline of a cell or an item. */
  shape?: Shape;
}

/** Everything that the plot is made of. */
export interface Plot {
  view: ChartView;
  /** The series that are switched on. */
  series: readonly ChartSeries[];
  locale: string;
  label: string;
  cursor: CursorController;
  at: CursorPosition | undefined;
  /** Where there can't be data. */
  gaps: readonly Box[];
  /** What is written there. */
  noData: string;
}

/** The chart's container, which is drawn into and read position by position with the cursor. */
export function renderPlot(plot: Plot): TemplateResult {
  const { view, series, locale, label, cursor, at, gaps, noData } = plot;
  const last = Math.max(0, view.positions.length - 1);
  const index = cursor.index ?? (view.layout === 'points' ? last : 0);
  const text = describePosition({ ...view, series }, index, locale);
  return html`<div
    part="plot"
    class="plot"
    tabindex="0"
    role="slider"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax=${last}
    aria-valuenow=${index}
    aria-valuetext=${text}
    @keydown=${cursor.key}
    @pointerdown=${cursor.point}
    @pointermove=${cursor.point}
    @pointerleave=${cursor.leave}
    @blur=${cursor.leave}
  >
    ${gaps.length > 0 ? renderGaps(gaps, noData) : nothing}
    <div class="chart" aria-hidden="true"></div>
    ${at ? html`${renderCursor(at, series)}${renderTooltip(plot, at.index)}` : nothing}
    <div class="hidden" role="status">${at && cursor.isTouched ? text : nothing}</div>
  </div>`;
}

/** The narrowest gap that has room for words, in px. */
const LABELLED_GAP = 90;

/** Stripes where there can't be data: an empty place could be a 0. */
function renderGaps(gaps: Plot['gaps'], noData: string): TemplateResult {
  return html`<svg class="over gaps" aria-hidden="true">
    <pattern
      id="no-data"
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <line x1="0" x2="0" y1="0" y2="6" />
    </pattern>
    ${gaps.map(
      ({ x, y, width, height }) =>
        svg`<rect x=${x} y=${y} width=${width} height=${height} fill="url(#no-data)" />
        ${width < LABELLED_GAP ? nothing : svg`<text x=${x + width / 2} y=${y + 20}>${noData}</text>`}`,
    )}
  </svg>`;
}

function renderCursor(
  { line, shape }: CursorPosition,
  series: readonly ChartSeries[],
): TemplateResult {
  return html`<svg class="over cursor" aria-hidden="true">
    ${line && svg`<line x1=${line.x} x2=${line.x} y1="8" y2="100%" />`}
    ${line?.dots.map((dot, index) =>
      dot
        ? svg`<circle class="series-${series[index]?.colour}" cx=${dot.x} cy=${dot.y} r="4" />`
        : nothing,
    )}
    ${shape && svg`<path d=${outlineOf(shape)} />`}
  </svg>`;
}

/** The values at the cursor. */
function renderTooltip({ view, series, locale }: Plot, index: number): TemplateResult {
  return html`<div part="tooltip" class="tooltip" aria-hidden="true">
    <div class="at">${view.positions[index]}</div>
    <dl>
      ${series.map(
        (it) =>
          html`${renderSwatch(view, it, index)}
            <dt>${it.name}</dt>
            <dd>${formatValue(it.values[index], it.format, locale)}</dd>`,
      )}
    </dl>
  </div>`;
}
