import { html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { CbElement } from '../element/element.ts';
import { isValue } from '../format/value.ts';
import { translate, type Catalogue } from '../i18n/catalogue.ts';
import { directionOf } from '../i18n/languages.ts';
import { chart } from '../theme/chart.css.ts';
import { segments } from '../theme/segments.css.ts';
import { tableTwin } from '../theme/table-twin.css.ts';
import { ChartController, type ChartSpec } from './chart-controller.ts';
import { chartMessages, type ChartMessage } from './chart.messages.ts';
import { CursorController } from './cursor.ts';
import { isOn, middleOf, type Box, type Point } from './geometry.ts';
import { legendEntries, renderEntries, renderPartialNote } from './legend.ts';
import { renderPlot, type CursorPosition } from './plot.ts';
import { runsOf } from './runs.ts';
import { renderTableTwin } from './table-twin.ts';
import { placeTooltip } from './tooltip.ts';
import type { ChartSeries, ChartView } from './view.ts';

/** Where stripes start, in px from the plot's top. */
const GAP_TOP = 12;

/** What a skeleton keeps room for: the legend's entries. */
export type ChartSkeleton = Pick<
  ChartView,
  'legend' | 'series' | 'positions' | 'legendValues' | 'partial'
>;

/**
 * The base of elements that are a chart: plot, legend that switches, table twin, and a cursor by
 * pointer and keyboard. An element says in `view` what is shown.
 */
export abstract class CbChartElement extends CbElement {
  static override styles = [CbElement.styles, chart, tableTwin, segments];

  readonly #chart = new ChartController(this, () => this.#spec());
  readonly #cursor = new CursorController(this, {
    last: () => (this.#current?.positions.length ?? 0) - 1,
    columns: () => columnsOf(this.#current),
    toLocal: (event) => this.#chart.toLocal(event),
    indexAt: (point) => this.#indexAt(point),
    isRtl: () => directionOf(this.usedLocale) === 'rtl',
  });
  /** Keys of what the reader switched off. */
  readonly #hidden = new Set<string>();
  #current?: ChartView | undefined;

  /** Shows the figures as a table. */
  @property({ type: Boolean, reflect: true, attribute: 'as-table' }) asTable = false;

  /** What is shown; undefined without data. */
  protected abstract get view(): ChartView | undefined;

  /** What the legend will be like, before there are data. */
  protected abstract get skeleton(): ChartSkeleton;

  protected override get catalogues(): readonly Catalogue[] {
    return [...super.catalogues, chartMessages];
  }

  protected override update(changed: Map<PropertyKey, unknown>): void {
    this.#current = this.view;
    super.update(changed);
  }

  protected override updated(): void {
    const at = this.#position();
    if (at) placeTooltip(this.renderRoot.querySelector<HTMLElement>('.tooltip'), at.points);
  }

  protected override renderContent(): TemplateResult {
    const view = this.#current;
    if (!view) return this.renderSkeleton();
    const failed = this.#chart.error !== undefined;
    const asTable = this.asTable || failed || this.#chart.isMissingInPrint;
    const t = this.#text;
    return html`<div class="content ${asTable ? 'as-table' : ''}">
      ${failed ? this.#renderFailure() : nothing}
      ${asTable ? renderTableTwin(view, this.usedLocale) : this.#renderPlot(view)}
      <div class="foot">
        ${asTable ? html`<div></div>` : this.#renderLegend(view)}
        ${
          failed
            ? nothing
            : html`<button class="link" type="button" @click=${this.#toggleTable}>
                ${t(asTable ? 'showChart' : 'showTable')}
              </button>`
        }
      </div>
    </div>`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div class="content">
      <div class="plot skeleton"></div>
      <div class="foot to-come">
        ${this.#renderLegend({ ...this.skeleton })}
        <span class="link">${this.#text('showTable')}</span>
      </div>
    </div>`;
  }

  /** Puts the cursor away: what it was on is shown no longer. */
  protected leaveCursor(): void {
    this.#cursor.leave();
  }

  /** In the middle of the plot, such as the sum in a ring. */
  protected renderOver(): TemplateResult | typeof nothing {
    return nothing;
  }

  #renderFailure(): TemplateResult {
    return html`<div class="note failure">
      ${this.#text('noChart')}
      <button class="retry-chart" type="button" @click=${this.#chart.retry}>
        ${this.#text('retryChart')}
      </button>
    </div>`;
  }

  #renderPlot(view: ChartView): TemplateResult {
    const plot = renderPlot({
      view,
      series: this.#shown(view),
      locale: this.usedLocale,
      label: this.#text('read', { name: view.name }),
      cursor: this.#cursor,
      at: this.#position(),
      gaps: this.#gaps(view),
      noData: this.#text('noData'),
    });
    return html`<div class="stage">${plot}${this.renderOver()}</div>`;
  }

  #renderLegend(view: ChartSkeleton): TemplateResult {
    const t = this.#text;
    return html`<div part="legend" class="legend" role="group" aria-label=${t('shown')}>
      ${renderEntries(legendEntries(view, this.#hidden), this.#toggle)}
      ${view.partial?.includes(true) ? renderPartialNote(t('partial')) : nothing}
    </div>`;
  }

  #spec(): ChartSpec | undefined {
    const view = this.#current;
    if (!view || this.asTable) return undefined;
    const { option, types, ...content } = view;
    const hidden = [...this.#hidden];
    const entries = legendEntries(view, this.#hidden);
    const isShown = (index: number) => entries[index]?.isShown ?? true;
    return {
      key: JSON.stringify([types, content, hidden, this.usedLocale]),
      types,
      option: (theme, size) => option(theme, size, isShown),
    };
  }

  /** The series that tooltip and words are about. */
  #shown({ series }: ChartView): readonly ChartSeries[] {
    return series.filter(({ key }) => !this.#hidden.has(key));
  }

  readonly #toggle = (key: string): void => {
    if (!this.#hidden.delete(key)) this.#hidden.add(key);
    this.requestUpdate();
  };

  readonly #toggleTable = (): void => {
    this.asTable = !this.asTable;
    this.#cursor.leave();
  };

  #indexAt(point: Point): number | undefined {
    const view = this.#current;
    if (!view) return undefined;
    if (view.layout === 'items') {
      const index = this.#chart.shapes().findIndex((shape) => shape && isOn(shape, point));
      return index < 0 ? undefined : index;
    }
    const [across, down] = this.#chart.valuesAt(point)?.map(Math.round) ?? [];
    if (across === undefined || down === undefined) return undefined;
    if (view.layout === 'points') return across;
    const { columns } = view.layout;
    const isInside = across >= 0 && across < columns && down >= 0;
    return isInside ? down * columns + across : undefined;
  }

  /** The position of the cursor in the plot; undefined while nothing is drawn. */
  #position(): CursorPosition | undefined {
    const { index } = this.#cursor;
    const view = this.#current;
    if (!view || index === undefined || !this.#chart.isDrawn) return undefined;
    if (view.layout === 'points') return this.#positionOfPoint(view, index);
    const shape =
      view.layout === 'items'
        ? this.#chart.shapes()[index]
        : this.#cell(view.layout.columns, index);
    return shape && { index, shape, points: [middleOf(shape)] };
  }

  #positionOfPoint(view: ChartView, index: number): CursorPosition | undefined {
    const { x } = this.#chart.pixel(0, [index, 0]) ?? {};
    if (x === undefined) return undefined;
    const dots = this.#shown(view).map(({ values, axis = 0, isHidden }) => {
      const value = values[index];
      return isHidden || !isValue(value)
        ? undefined
        : this.#chart.pixel(axis, [index, Number(value)]);
    });
    const points = dots.flatMap((dot) => dot ?? []);
    const { height } = this.#chart.size;
    return {
      index,
      line: { x, dots },
      points: points.length > 0 ? points : [{ x, y: height / 2 }],
    };
  }

  #cell(columns: number, index: number) {
    const column = index % columns;
    const row = Math.floor(index / columns);
    const at = this.#chart.pixel(0, [column, row]);
    const [nextColumn, nextRow] = [
      column > 0 ? column - 1 : column + 1,
      row > 0 ? row - 1 : row + 1,
    ];
    const beside = this.#chart.pixel(0, [nextColumn, nextRow]);
    if (!at || !beside) return undefined;
    const [width, height] = [Math.abs(beside.x - at.x), Math.abs(beside.y - at.y)];
    return { x: at.x - width / 2, y: at.y - height / 2, width, height };
  }

  /** Where there can't be data, down to the axis. */
  #gaps({ noData = [] }: ChartView): Box[] {
    const at = (index: number) => this.#chart.pixel(0, [index, 0]);
    return runsOf(noData).flatMap(([first, last]) => {
      const from = at(first);
      const to = at(Math.min(last + 1, noData.length - 1));
      if (!from || !to) return [];
      const x = Math.min(from.x, to.x);
      return { x, y: GAP_TOP, width: Math.abs(to.x - from.x), height: from.y - GAP_TOP };
    });
  }

  readonly #text = (key: ChartMessage, values?: Record<string, string>): string =>
    translate(chartMessages, this.usedLocale, key, values);
}

const columnsOf = (view: ChartView | undefined): number | undefined =>
  typeof view?.layout === 'object' ? view.layout.columns : undefined;
