import { html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { StatsModels, StatsModelsQuery } from '@cloudbrain/sdk';
import { CbChartElement, type ChartSkeleton } from '../../src/chart/chart-element.ts';
import type { ChartView } from '../../src/chart/view.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import { models } from '../../src/data/queries/stats.ts';
import type { Status } from '../../src/data/status.ts';
import type { AnyQuery } from '../../src/element/element.ts';
import { formatValue } from '../../src/format/value.ts';
import { translate, type MessageValues } from '../../src/i18n/catalogue.ts';
import { renderSegments } from '../../src/toolbar/segments.ts';
import { messages, type ModelShareMessage } from './cb-model-share.messages.ts';
import { styles } from './cb-model-share.styles.ts';
import { barsOption, ringOption } from './option.ts';
import { FORMATS, metricOf, METRICS, sharesOf, type Share, type ShareMetric } from './shares.ts';

/** More models than anybody compares; the server sums up the rest. */
const LIMIT = 50;

/**
 * @summary How requests, tokens or cost are distributed over models, as a ring or as bars.
 *
 * @slot loading - Replaces the skeleton.
 * @slot empty - Replaces the message for no requests.
 * @slot error - Replaces the message for errors and missing permissions.
 *
 * @csspart base - The card.
 * @csspart header - Heading, freshness and buttons.
 * @csspart heading - The heading.
 * @csspart freshness - The age of the data.
 * @csspart metrics - The buttons that choose the figure.
 * @csspart plot - The chart.
 * @csspart total - The sum, in the middle of the ring.
 * @csspart tooltip - The figures of the model at the cursor.
 * @csspart legend - The names and shares of the models, which switch them off and on.
 * @csspart table - The figures as a table.
 * @csspart error-code - The error code.
 * @csspart retry - The button that retries at once.
 *
 * @cssproperty [--cb-model-share-height=180px] - Height of the chart, at least.
 * @cssproperty [--cb-model-share-padding-inline=18px] - Padding at the sides.
 *
 * @cssstate loading - No data yet.
 * @cssstate fresh - The data is up to date.
 * @cssstate stale - The data is old; its age is shown.
 * @cssstate forbidden - The token has no access to it.
 * @cssstate empty - The period had no requests.
 * @cssstate error - Nothing could be loaded.
 * @cssstate live - Changes are pushed as they happen.
 * @cssstate compact - It, or its provider, has `density="compact"`.
 *
 * @event cb-error - A request to the server failed.
 */
export class CbModelShare extends CbChartElement {
  static override styles = [CbChartElement.styles, styles];
  static override readonly messages = messages;

  readonly #models = new QueryController<StatsModelsQuery, StatsModels>(this, {
    define: () => models,
    params: () => ({ ...this.scope, limit: LIMIT }),
  });

  /** What models are compared by: `requests`, `tokens` or `cost`. */
  @property({ reflect: true }) metric?: ShareMetric;

  /** How it is drawn: `ring` or `bars`. */
  @property({ reflect: true }) shape?: 'ring' | 'bars';

  protected override get query(): AnyQuery {
    return this.#models;
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override get view(): ChartView | undefined {
    const { data } = this.#models.state;
    if (!data) return undefined;
    const t = this.#text;
    const metric = this.#metric;
    const { shares } = sharesOf(data, metric);
    const positions = shares.map((share) => this.#nameOf(share));
    const values = shares.map(({ value }) => value);
    const percentages = shares.map(({ share }) => share);
    const isRing = this.#isRing;
    const legendValues = percentages.map((it) => formatValue(it, 'percent', this.usedLocale));
    return {
      types: [isRing ? 'pie' : 'bar'],
      name: t('chart', { metric: t(metric) }),
      axis: t('model'),
      positions,
      series: [
        { key: metric, name: t(metric), format: FORMATS[metric], values, colour: 0 },
        { key: 'share', name: t('share'), format: 'percent', values: percentages, colour: 0 },
      ],
      layout: 'items',
      legend: isRing ? 'positions' : 'none',
      legendValues,
      option: (theme, size, isShown) =>
        isRing
          ? ringOption(values, theme, isShown)
          : barsOption(positions, values, legendValues, theme, size),
    };
  }

  protected override get skeleton(): ChartSkeleton {
    return { legend: 'none', series: [], positions: [] };
  }

  protected override statusOf(data: StatsModels): Status {
    return data.data.length > 0 ? 'fresh' : 'empty';
  }

  protected override renderActions(): TemplateResult {
    const metrics = METRICS.map((metric) => ({
      label: this.#text(metric),
      isPressed: metric === this.#metric,
      choose: () => {
        this.leaveCursor();
        this.metric = metric;
      },
    }));
    return renderSegments('metrics', this.#text('metric'), metrics);
  }

  protected override renderOver(): TemplateResult | typeof nothing {
    const { data } = this.#models.state;
    if (!data || !this.#isRing) return nothing;
    const metric = this.#metric;
    const { total } = sharesOf(data, metric);
    const format = metric === 'cost' ? 'currency' : 'compact';
    return html`<div part="total" class="total">
      <div class="value">${formatValue(total, format, this.usedLocale)}</div>
      <div class="note">${this.#text(metric)}</div>
    </div>`;
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#text('empty')}</div>
      <div class="note">${this.#text('emptyWhy')}</div>`;
  }

  get #metric(): ShareMetric {
    return metricOf(this.metric);
  }

  get #isRing(): boolean {
    return this.shape !== 'bars';
  }

  #nameOf({ model, models: n }: Share): string {
    if (model === null) return this.#text('other', { n });
    return model === 'unknown' ? this.#text('unknown') : model;
  }

  readonly #text = (key: ModelShareMessage, values?: MessageValues): string =>
    translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-model-share': CbModelShare;
  }
}
