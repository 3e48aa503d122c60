import { html, nothing, svg, type TemplateResult } from 'lit';
import { formatValue } from '../../src/format/value.ts';
import type { MessageValues } from '../../src/i18n/catalogue.ts';
import { textLocaleOf } from '../../src/i18n/languages.ts';
import type { UsageTimelineMessage } from './cb-usage-timeline.messages.ts';
import type { CursorController } from './cursor.ts';
import type { Series } from './series.ts';

/** Gives a text of the timeline in the reader's language. */
export type Translate = (key: UsageTimelineMessage, values?: MessageValues) => string;

/** The data, formatted for the reader. */
export interface View {
  series: readonly Series[];
  /** The points' times in full. */
  times: readonly string[];
  locale: string;
  t: Translate;
}

/** The position of the cursor. */
export interface CursorPosition {
  index: number;
  x: number;
  /** For each series, px from the top; `null` without a value. */
  ys: readonly (number | null)[];
}

/** How far from the cursor its tooltip is, in px. */
const BESIDE = 12;

/** A point in words: `Mon, 3 Nov: Requests 120, Errors 2`. */
export function describePoint({ series, times, locale, t }: View, index: number): string {
  const words = textLocaleOf(locale);
  const values = series.map(
    ({ name, format, values }) => `${t(name)} ${formatValue(values[index], format, words)}`,
  );
  return `${times[index] ?? ''}: ${new Intl.ListFormat(words).format(values)}`;
}

const swatch = (index: number): TemplateResult =>
  html`<svg class="swatch" aria-hidden="true">
    <line class="series-${index}" x1="0" x2="100%" y1="2" y2="2" />
  </svg>`;

/** The line and dots at the cursor. */
function renderCursor({ x, ys }: CursorPosition): TemplateResult {
  return html`<svg class="cursor" aria-hidden="true">
    <line x1=${x} x2=${x} y1="8" y2="100%" />
    ${ys.map((y, index) =>
      y === null ? nothing : svg`<circle class="series-${index}" cx=${x} cy=${y} r="4" />`,
    )}
  </svg>`;
}

/** The values at the cursor. */
function renderTooltip({ series, times, locale, t }: View, index: number): TemplateResult {
  return html`<div part="tooltip" class="tooltip" aria-hidden="true">
    <div class="at">${times[index]}</div>
    <dl>
      ${series.map(
        ({ name, format, values }, at) =>
          html`${swatch(at)}
            <dt>${t(name)}</dt>
            <dd>${formatValue(values[index], format, locale)}</dd>`,
      )}
    </dl>
  </div>`;
}

/**
 * The chart's container, which is drawn into and read point by point with the cursor.
 *
 * @param label what it is, to a screen reader
 * @param at where the cursor is, once it is drawn
 */
export function renderPlot(
  view: View,
  label: string,
  cursor: CursorController,
  at: CursorPosition | undefined,
): TemplateResult {
  const last = view.times.length - 1;
  const index = cursor.index ?? last;
  return html`<div
    part="plot"
    class="plot"
    tabindex="0"
    role="slider"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax=${last}
    aria-valuenow=${index}
    aria-valuetext=${describePoint(view, index)}
    @keydown=${cursor.key}
    @pointermove=${cursor.point}
    @pointerleave=${cursor.leave}
    @blur=${cursor.leave}
  >
    <div class="chart" aria-hidden="true"></div>
    ${at ? html`${renderCursor(at)}${renderTooltip(view, at.index)}` : nothing}
  </div>`;
}

/** Places the tooltip beside `x`, in px from the left, on the side with more space. */
export function placeTooltip(tooltip: HTMLElement | null, x: number): void {
  if (!tooltip) return;
  const { offsetWidth: width, parentElement } = tooltip;
  const fits = x + BESIDE + width <= (parentElement?.clientWidth ?? 0);
  const left = fits ? x + BESIDE : x - BESIDE - width;
  tooltip.style.translate = `${Math.max(0, left)}px 0`;
}

/**
 * The legend of the lines, if there are several, and of the dots.
 *
 * @param isPartial whether an interval is partial
 */
export function renderLegend(
  series: readonly Series[],
  t: Translate,
  isPartial: boolean,
): TemplateResult {
  const lines = series.length < 2 ? [] : series;
  return html`${lines.map(
    ({ name }, index) => html`<span class="entry">${swatch(index)}${t(name)}</span>`,
  )}${isPartial ? html`<span class="entry">${partialSwatch}${t('partialLegend')}</span>` : nothing}`;
}

const partialSwatch = html`<svg class="swatch" aria-hidden="true">
  <line class="partial" x1="0" x2="100%" y1="2" y2="2" />
</svg>`;

/** The same figures as a table. */
export function renderTable({ series, times, locale, t }: View): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('showTable')}>
    <table part="table">
      <thead>
        <tr>
          <th scope="col">${t('time')}</th>
          ${series.map(({ name }) => html`<th scope="col">${t(name)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${times.map(
          (time, index) =>
            html`<tr>
              <th scope="row">${time}</th>
              ${series.map(
                ({ format, values }) =>
                  html`<td>${formatValue(values[index], format, locale)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
