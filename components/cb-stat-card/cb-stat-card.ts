import { signal } from '@lit-labs/signals';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { CbBaseElement, type Frame } from '../../src/element/base-element.ts';
import { sparkline } from '../../src/chart/sparkline.ts';
import { CountUpController } from '../../src/motion/count-up.ts';
import { isValue, type Value, type ValueFormat } from '../../src/format/value.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import type { Status } from '../../src/data/status.ts';
import { freshness } from '../../src/theme/freshness.css.ts';
import { pill } from '../../src/theme/pill.css.ts';
import { messages } from './cb-stat-card.messages.ts';
import { styles } from './cb-stat-card.styles.ts';
import type { LiveFigure } from './figure.ts';
import type { Polarity, Reading } from './metrics.ts';
import {
  keeping,
  renderBar,
  renderChange,
  renderPill,
  renderValue,
  statusOf,
  type Translate,
} from './parts.ts';

type Part = TemplateResult | typeof nothing;

/**
 * @summary One figure with its change and trend: live from the server by `metric`, or plain by
 * `value`.
 *
 * @slot description - Replaces the built-in context beside the change.
 * @slot loading - Replaces the skeleton.
 * @slot empty - Replaces the message for no figure.
 * @slot error - Replaces the message for errors and missing permissions.
 *
 * @csspart base - The card.
 * @csspart header - Heading and freshness.
 * @csspart heading - The heading.
 * @csspart freshness - The live dot, or the age of the data.
 * @csspart value - The figure.
 * @csspart change - The change from the previous period.
 * @csspart description - The context beside the change.
 * @csspart sparkline - The trend.
 * @csspart bar - The bar of a rate.
 * @csspart error-code - The error code.
 * @csspart retry - The button that retries at once.
 *
 * @cssproperty [--cb-stat-card-padding-block=16px] - Padding above and below.
 * @cssproperty [--cb-stat-card-padding-inline=18px] - Padding at the sides.
 * @cssproperty [--cb-stat-card-value-size=30px] - Size of the figure.
 * @cssproperty [--cb-stat-card-trend-color] - Colour of the trend.
 *
 * @cssstate loading - No data yet.
 * @cssstate fresh - The data is up to date.
 * @cssstate stale - The data is old; its age is shown.
 * @cssstate partial - The figure can't be told; the reason is shown.
 * @cssstate forbidden - The token has no access to it.
 * @cssstate empty - There is no such figure, or none was given.
 * @cssstate error - Nothing could be loaded.
 * @cssstate live - Changes are pushed as they happen.
 * @cssstate compact - `density` is `compact`, its own or the provider's.
 *
 * @event cb-error - A request to the server failed.
 */
export class CbStatCard extends CbBaseElement {
  static override styles = [CbBaseElement.styles, freshness, pill, styles];
  static override readonly messages = messages;

  readonly #counter = new CountUpController(this);
  readonly #figure = signal<LiveFigure | undefined>(undefined);
  /** Why the code for the server's figures could not be loaded. */
  #lost?: string | undefined;

  /** A path in the overview, such as `latencyMs.p95`. */
  @property({ reflect: true }) metric?: string;

  /** The figure itself, without a `metric`; null if it is unavailable. */
  @property() value?: Value | null;

  /**
   * Its relative change as a ratio: 0.12 is 12 % more. The change of a rate is shown in percentage
   * points.
   */
  @property({ type: Number }) change?: number | null;

  /** The figure over time, oldest first; gaps are null. */
  @property({ attribute: false }) trend?: readonly (number | null)[];

  /** The format of the figure; that of the metric by default. */
  @property({ reflect: true }) format?: ValueFormat;

  /** Whether an increase is good or bad; that of the metric by default. */
  @property({ reflect: true }) polarity?: Polarity;

  /** A target: the figure should be above it, or below it if `polarity` is `good-when-down`. */
  @property({ type: Number, reflect: true }) target?: number;

  /** A description that replaces the built-in context. */
  @property({ reflect: true }) description?: string;

  /** Hides the sparkline. */
  @property({ type: Boolean, reflect: true, attribute: 'without-trend' }) withoutTrend = false;

  /** Retries at once, if there is a metric. */
  retry(): void {
    this.#live?.retry();
  }

  protected override get frame(): Frame | undefined {
    return this.#live?.frame;
  }

  protected override get defaultHeading(): string {
    return this.#live?.name ?? '';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('metric') && this.metric && !this.#figure.get()) void this.#goLive();
  }

  protected override computeStatus(): Status {
    if (this.metric) return this.frame?.status ?? (this.#lost ? 'partial' : 'loading');
    return statusOf(this.value);
  }

  protected override renderContent(): TemplateResult {
    const { value, change }: Reading = this.#live?.reading ?? this;
    const locale = this.usedLocale;
    const target = this.target ?? NaN;
    const format = this.format ?? this.#live?.format;
    const polarity = this.polarity ?? this.#live?.polarity;
    const isKnown = isValue(value);
    const number = isKnown ? Number(value) : NaN;
    const tone = keeping(number, target, polarity);
    const rate = format === 'percent' && isKnown ? number : undefined;
    const shown = this.#counter.show(number, `${format}${this.#live?.id}`);
    const context = this.#live?.context ?? (isKnown ? '' : (this.#lost ?? this.#text('unknown')));
    return html`<div class="content">
      <div part="value" class="value">
        ${renderValue(shown === number ? value : shown, format, locale)}
      </div>
      <div class="foot">
        ${tone && renderPill(tone, number, target, format, this.#text)}
        ${isValue(change) ? renderChange(change, polarity, locale, this.#text, rate) : nothing}
        <slot name="description" part="description" class="note ${isKnown ? 'more' : ''}">
          ${this.description ?? context}
        </slot>
      </div>
      ${this.#renderTrend(isKnown ? renderBar(number) : nothing, tone)}
    </div>`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div class="content">
      <div class="skeleton value"></div>
      <div class="skeleton note"></div>
      ${this.#renderTrend()}
    </div>`;
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#live?.unknownMetric ?? this.#text('unset')}</div>`;
  }

  /**
   * The sparkline, or the bar of a rate. Space is reserved for them while they load, because most
   * metrics have one.
   */
  #renderTrend(bar: Part = nothing, tone = ''): Part {
    const live = this.#live;
    if ((this.format ?? live?.format) === 'percent' && !this.trend)
      return html`<div class="trend bar ${tone}">${bar}</div>`;
    if (this.withoutTrend || !(live ? live.hasTrend : (this.trend ?? this.metric))) return nothing;
    return html`<div class="trend">${sparkline(live?.trend ?? this.trend ?? [])}</div>`;
  }

  /** The server's figure, while there is a metric. */
  get #live(): LiveFigure | undefined {
    const figure = this.#figure.get();
    return this.metric ? figure : undefined;
  }

  async #goLive(): Promise<void> {
    try {
      const { LiveFigure } = await import('./figure.ts');
      if (!this.#figure.get()) this.#figure.set(new LiveFigure(this));
    } catch (error) {
      this.#lost = (error as Error).message;
    }
    this.requestUpdate();
  }

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-stat-card': CbStatCard;
  }
}
