import { html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { StatsOverview, StatsTimeline } from '@cloudbrain/sdk';
import { sparkline } from '../../src/charts/sparkline.ts';
import { CountUpController } from '../../src/count-up.ts';
import { CbElement, type AnyQuery } from '../../src/element.ts';
import { isValue, type Value, type ValueFormat } from '../../src/format/value.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { QueryController } from '../../src/query-controller.ts';
import type { Scope } from '../../src/scope.ts';
import type { Status } from '../../src/status.ts';
import { messages, type StatCardMessage } from './cb-stat-card.messages.ts';
import { styles } from './cb-stat-card.styles.ts';
import { contextOf, type Translate } from './context.ts';
import { formatOf, hasTrend, polarityOf, readMetric, readTrend } from './metrics.ts';
import type { Polarity, Reading } from './metrics.ts';
import { renderBar, renderChange, renderPill, renderValue } from './parts.ts';

/**
 * @summary One figure with its change and trend: live from the server by `metric`, or plain by
 * `value`.
 *
 * @slot description - Says more than the built-in context beside the change.
 * @slot loading - Instead of the skeleton.
 * @slot empty - Instead of the words for no figure.
 * @slot error - Instead of the words for a failure or a refusal.
 *
 * @csspart base - The card.
 * @csspart header - Heading and freshness.
 * @csspart heading - The heading.
 * @csspart freshness - The live dot, or the age of what is shown.
 * @csspart value - The figure.
 * @csspart change - The change against the period before.
 * @csspart description - The context beside the change.
 * @csspart sparkline - The trend.
 * @csspart bar - The bar of a rate.
 *
 * @cssproperty [--cb-stat-card-padding-block=16px] - Padding above and below.
 * @cssproperty [--cb-stat-card-padding-inline=18px] - Padding at the sides.
 * @cssproperty [--cb-stat-card-value-size=30px] - Size of the figure.
 * @cssproperty [--cb-stat-card-trend-color] - Colour of the trend.
 *
 * @cssstate loading - Nothing is known yet.
 * @cssstate fresh - What is shown is up to date.
 * @cssstate stale - What is shown is old; its age is shown.
 * @cssstate partial - The figure can't be told; the reason is shown.
 * @cssstate forbidden - The token may not see it.
 * @cssstate empty - There is no such figure, or none was given.
 * @cssstate error - Nothing could be had.
 * @cssstate live - Changes are pushed as they happen.
 *
 * @event cb-error - A question to the server failed.
 */
export class CbStatCard extends CbElement {
  static override styles = [CbElement.styles, styles];
  static override readonly messages = messages;

  readonly #overview = new QueryController<Scope, StatsOverview>(this, {
    define: async () => (await import('../../src/session/index.ts')).overview,
    params: () => (this.metric ? this.scope : undefined),
  });
  readonly #timeline = new QueryController<Scope, StatsTimeline>(this, {
    define: async () => (await import('../../src/session/index.ts')).timeline,
    params: () => (this.#hasTrend && this.metric ? this.scope : undefined),
  });
  readonly #counted = new CountUpController(this);

  /** A path in the overview, such as `latencyMs.p95`. */
  @property({ reflect: true }) metric?: string;

  /** The figure itself, where no `metric` is asked; null where it can't be told. */
  @property() value?: Value | null;

  /** Its relative change as a ratio: 0.12 is 12 % more. */
  @property({ type: Number }) change?: number | null;

  /** The figure over time, oldest first; gaps are null. */
  @property({ attribute: false }) trend?: readonly (number | null)[];

  /** How the figure is written; taken from the metric where left out. */
  @property({ reflect: true }) format?: ValueFormat;

  /** What a rise means; taken from the metric where left out. */
  @property({ reflect: true }) polarity?: Polarity;

  /** A limit the figure should keep to: above it, or below it where `polarity` says so. */
  @property({ type: Number, reflect: true }) target?: number;

  /** Says more, instead of the built-in context. */
  @property({ reflect: true }) description?: string;

  /** Leaves the sparkline out. */
  @property({ type: Boolean, reflect: true, attribute: 'without-trend' }) withoutTrend = false;

  protected override get query(): AnyQuery | undefined {
    return this.metric ? this.#overview : undefined;
  }

  protected override get defaultHeading(): string {
    const metric = this.metric ?? '';
    return Object.hasOwn(messages.en, metric) ? this.#text(metric as StatCardMessage) : metric;
  }

  protected override computeStatus(): Status {
    if (this.metric) return super.computeStatus();
    if (this.value === undefined) return 'empty';
    return isValue(this.value) ? 'fresh' : 'partial';
  }

  protected override assess(): Status {
    const { value } = this.#reading;
    if (value === undefined) return 'empty';
    return isValue(value) ? 'fresh' : 'partial';
  }

  protected override renderContent(): TemplateResult {
    const reading = this.#reading;
    const { value, change } = reading;
    const [format, polarity, locale] = [this.#format, this.#polarity, this.usedLocale];
    const shown = isValue(value) ? this.#counted.show(Number(value)) : NaN;
    const t = this.#text;
    return html`<div class="content">
      <div part="value" class="value">
        ${renderValue(shown === Number(value) ? value : shown, format, locale)}
      </div>
      <div class="foot">
        ${renderPill(value, this.target, format, polarity, locale, t)}
        ${change == null ? nothing : renderChange(change, polarity, locale, t)}
        <slot name="description" part="description" class="note">${this.#context(reading)}</slot>
      </div>
      ${this.#renderTrend(value)}
    </div>`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div class="content">
      <div class="skeleton value"></div>
      <div class="skeleton note"></div>
      ${this.#hasTrend ? html`<div class="trend"></div>` : nothing}
    </div>`;
  }

  protected override renderEmpty(): TemplateResult {
    const { metric = '' } = this;
    return html`<div>${this.#text(metric ? 'unknownMetric' : 'unset', { metric })}</div>`;
  }

  #renderTrend(value: Value | null | undefined): TemplateResult | typeof nothing {
    if (this.#format === 'percent' && !this.trend && isValue(value))
      return html`<div class="trend">
        ${renderBar(Number(value), this.target, this.#polarity)}
      </div>`;
    if (!this.#hasTrend) return nothing;
    const values = this.metric ? readTrend(this.#timeline.state.data, this.metric) : this.trend;
    return html`<div class="trend">${values?.length ? sparkline(values) : nothing}</div>`;
  }

  #context(reading: Reading): string {
    if (this.description) return this.description;
    if (reading.reason) return reading.reason;
    const { data } = this.#overview.state;
    if (this.metric && data)
      return contextOf(this.metric, data, this.scope, this.usedLocale, this.#text);
    return isValue(reading.value) ? '' : this.#text('unknown');
  }

  get #reading(): Reading {
    const { metric, value, change = null } = this;
    const { data } = this.#overview.state;
    if (metric) return data ? readMetric(data, metric) : { value: undefined, change: null };
    return { value, change };
  }

  get #format(): ValueFormat {
    return this.format ?? formatOf(this.metric);
  }

  get #polarity(): Polarity {
    return this.polarity ?? polarityOf(this.metric);
  }

  get #hasTrend(): boolean {
    if (this.withoutTrend) return false;
    return this.metric ? hasTrend(this.metric) : this.trend !== undefined;
  }

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-stat-card': CbStatCard;
  }
}
