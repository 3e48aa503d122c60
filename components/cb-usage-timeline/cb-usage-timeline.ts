import { html, nothing, type TemplateResult } from 'lit';
import type { Granularity, StatsTimeline, StatsTimelineQuery } from '@cloudbrain/sdk';
import { ChartController } from '../../src/chart/chart-controller.ts';
import { property } from 'lit/decorators.js';
import { CbElement, type AnyQuery } from '../../src/element/element.ts';
import { CbTimeframeChangeEvent } from '../../src/element/events.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { directionOf, textLocaleOf } from '../../src/i18n/languages.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import { timeline } from '../../src/data/queries/stats.ts';
import { endsNow } from '../../src/settings/scope.ts';
import type { Status } from '../../src/data/status.ts';
import { chart } from '../../src/theme/chart.css.ts';
import { messages } from './cb-usage-timeline.messages.ts';
import { styles } from './cb-usage-timeline.styles.ts';
import { CursorController } from './cursor.ts';
import { timelineOption } from './option.ts';
import {
  placeTooltip,
  renderLegend,
  renderPlot,
  renderTable,
  type CursorPosition,
  type Translate,
  type View,
} from './plot.ts';
import { renderSegments } from './segments.ts';
import {
  hasUsage,
  labelsOf,
  metricOf,
  METRICS,
  seriesOf,
  timesOf,
  type UsageMetric,
} from './series.ts';

const RANGES = ['24h', '7d', '30d', '90d'] as const;

/** The length of a range in days. */
const daysOf = (range: (typeof RANGES)[number]): number =>
  range === '24h' ? 1 : parseInt(range, 10);

/**
 * @summary Requests, tokens or cost over time, with a table twin and a keyboard cursor.
 *
 * @slot loading - Replaces the skeleton.
 * @slot empty - Replaces the message for no usage.
 * @slot error - Replaces the message for errors and missing permissions.
 *
 * @csspart base - The card.
 * @csspart header - Heading, freshness and buttons.
 * @csspart heading - The heading.
 * @csspart freshness - The live dot, or the age of the data.
 * @csspart metrics - The buttons that choose the figure.
 * @csspart ranges - The buttons that choose the period.
 * @csspart plot - The chart.
 * @csspart tooltip - The values at the cursor.
 * @csspart legend - The names of the lines.
 * @csspart table - The figures as a table.
 * @csspart error-code - The error code.
 * @csspart retry - The button that retries at once.
 *
 * @cssproperty [--cb-usage-timeline-height=240px] - Height of the chart, at least: it fills the
 * element's.
 * @cssproperty [--cb-usage-timeline-padding-inline=18px] - Padding at the sides.
 *
 * @cssstate loading - No data yet.
 * @cssstate fresh - The data is up to date.
 * @cssstate stale - The data is old; its age is shown.
 * @cssstate forbidden - The token has no access to it.
 * @cssstate empty - Nothing happened in the period.
 * @cssstate error - Nothing could be loaded.
 * @cssstate live - Changes are pushed as they happen.
 * @cssstate compact - It, or its provider, has `density="compact"`.
 *
 * @event cb-timeframe-change - Another period was selected; `timeframe` is its name.
 * @event cb-error - A request to the server failed.
 */
export class CbUsageTimeline extends CbElement {
  static override styles = [CbElement.styles, chart, styles];
  static override readonly messages = messages;

  readonly #timeline = new QueryController<StatsTimelineQuery, StatsTimeline>(this, {
    define: () => timeline,
    params: () => ({
      ...this.scope,
      ...(this.granularity ? { granularity: this.granularity } : {}),
    }),
  });
  readonly #chart = new ChartController(this, () => {
    const { data } = this.#timeline.state;
    if (!data || this.asTable) return undefined;
    const { usedLocale: locale } = this;
    const series = seriesOf(data, this.#metric);
    const labels = labelsOf(data, textLocaleOf(locale));
    const partial = data.points.map((point) => point.partial);
    return {
      key: JSON.stringify([this.#metric, series, labels, partial]),
      option: (theme) => timelineOption({ series, labels, locale, partial }, theme),
    };
  });
  readonly #cursor = new CursorController(this, {
    last: () => (this.#timeline.state.data?.points.length ?? 0) - 1,
    indexAt: (x) => this.#chart.indexAt(x),
    isRtl: () => directionOf(this.usedLocale) === 'rtl',
  });

  /** What is drawn: `requests`, `tokens` or `cost`. */
  @property({ reflect: true }) metric?: UsageMetric;

  /**
   * The length of an interval: `hour`, `day`, `week` or `month`; one that fits the period by
   * default.
   */
  @property({ reflect: true }) granularity?: Granularity;

  /** Shows the figures as a table. */
  @property({ type: Boolean, reflect: true, attribute: 'as-table' }) asTable = false;

  protected override get query(): AnyQuery {
    return this.#timeline;
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override statusOf(data: StatsTimeline): Status {
    return hasUsage(data) ? 'fresh' : 'empty';
  }

  protected override updated(): void {
    const at = this.#spot();
    if (at) placeTooltip(this.renderRoot.querySelector<HTMLElement>('.tooltip'), at.x);
  }

  protected override renderActions(): TemplateResult {
    const t = this.#text;
    const { timeframe } = this.scope;
    const metrics = METRICS.map((metric) => ({
      label: t(`metric.${metric}`),
      isPressed: metric === this.#metric,
      choose: () => (this.metric = metric),
    }));
    const ranges = RANGES.map((range) => ({
      label: t(`range.${range}`, { n: daysOf(range) }),
      name: t(`rangeName.${range}`, { n: daysOf(range) }),
      isPressed: range === timeframe,
      choose: () => this.#choose(range),
    }));
    return html`${renderSegments('metrics', t('metric'), metrics)}
    ${renderSegments('ranges', t('range'), ranges)}`;
  }

  protected override renderContent(): TemplateResult {
    const { data } = this.#timeline.state;
    if (!data) return this.renderSkeleton();
    const view = this.#view(data);
    const label = this.#text('chart', { metric: this.#text(`metric.${this.#metric}`) });
    const failed = this.#chart.error !== undefined;
    const asTable = this.asTable || failed;
    const isPartial = data.points.some(({ partial }) => partial);
    return html`<div class="content">
      ${failed ? html`<div class="note">${this.#text('noChart')}</div>` : nothing}
      ${asTable ? renderTable(view) : renderPlot(view, label, this.#cursor, this.#spot())}
      <div part="legend" class="legend">
        ${asTable ? nothing : renderLegend(view.series, view.t, isPartial)}
        ${
          failed
            ? nothing
            : html`<button class="link" type="button" @click=${this.#toggleTable}>
                ${this.#text(asTable ? 'showChart' : 'showTable')}
              </button>`
        }
      </div>
    </div>`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div class="content">
      <div class="plot skeleton"></div>
      <div class="legend to-come">
        ${renderLegend(seriesOf({ points: [] }, this.#metric), this.#text, true)}
        <span class="link">${this.#text('showTable')}</span>
      </div>
    </div>`;
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#text('empty')}</div>
      <div class="note">${this.#text('emptyWhy')}</div>`;
  }

  #choose(timeframe: (typeof RANGES)[number]): void {
    this.removeAttribute('from');
    this.removeAttribute('to');
    this.#cursor.leave();
    this.timeframe = timeframe;
    this.dispatchEvent(new CbTimeframeChangeEvent(timeframe));
  }

  readonly #toggleTable = (): void => {
    this.asTable = !this.asTable;
    this.#cursor.leave();
  };

  get #metric(): UsageMetric {
    return metricOf(this.metric);
  }

  /** Whether the last interval isn't over yet. */
  get #isOpen(): boolean {
    return endsNow(this.scope);
  }

  /** The position of the cursor in the box; undefined while nothing is drawn. */
  #spot(): CursorPosition | undefined {
    const { data } = this.#timeline.state;
    const { index } = this.#cursor;
    if (!data || index === undefined) return undefined;
    const x = this.#chart.pixel(index, 0)?.x;
    if (x === undefined) return undefined;
    const ys = seriesOf(data, this.#metric).map(({ values }) => {
      const value = values[index] ?? null;
      return value === null ? null : (this.#chart.pixel(index, value)?.y ?? 0);
    });
    return { index, x, ys };
  }

  #view(data: StatsTimeline): View {
    const { usedLocale: locale } = this;
    const series = seriesOf(data, this.#metric);
    const last = data.points.length - 1;
    const times = timesOf(data, textLocaleOf(locale)).map((time, index) => {
      const { partial, noData } = data.points[index] ?? {};
      if (noData) return this.#text('noDataAt', { time });
      if (!partial) return time;
      return this.#text(this.#isOpen && index === last ? 'soFar' : 'partialAt', { time });
    });
    return { series, times, locale, t: this.#text };
  }

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-usage-timeline': CbUsageTimeline;
  }
}
