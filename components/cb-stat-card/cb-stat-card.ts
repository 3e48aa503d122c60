import { signal } from '@lit-labs/signals';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { sparkline } from '../../src/chart/sparkline.ts';
import type { Status } from '../../src/data/status.ts';
import { CbBaseElement, type Frame } from '../../src/element/base-element.ts';
import { renderInfo } from '../../src/element/info.ts';
import { formatValue, isValue, type Value, type ValueFormat } from '../../src/format/value.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { english } from '../../src/i18n/english.ts';
import { CountUpController } from '../../src/motion/count-up.ts';
import { freshness } from '../../src/theme/freshness.css.ts';
import { info } from '../../src/theme/info.css.ts';
import { pill } from '../../src/theme/pill.css.ts';
import { messages, type StatCardMessage } from './cb-stat-card.messages.ts';
import { styles } from './cb-stat-card.styles.ts';
import type { LiveFigure } from './figure.ts';
import { boundsOf, byBands, byTarget, type Judgement } from './judgement.ts';
import type { Polarity, Reading } from './metrics.ts';
import {
  renderBar,
  renderBreakdown,
  renderChange,
  renderPill,
  renderValue,
  statusOf,
  type Translate,
} from './parts.ts';
import type { SourceName } from './sources.ts';

type Part = TemplateResult | typeof nothing;

/**
 * @summary One figure with its period, change and trend: live from the server by `metric`, or plain by
 * `value`.
 *
 * @slot icon - An icon before the heading.
 * @slot description - Replaces the built-in context beside the change.
 * @slot loading - Replaces the skeleton.
 * @slot empty - Replaces the message for no figure.
 * @slot error - Replaces the message for errors and missing permissions.
 *
 * @csspart base - The card.
 * @csspart header - Heading, freshness and the mark of the description.
 * @csspart heading - The heading.
 * @csspart freshness - The age of data that isn't live.
 * @csspart info - The mark that opens the description.
 * @csspart tooltip - The description.
 * @csspart value - The figure.
 * @csspart change - The change from the previous period.
 * @csspart description - The context beside the change.
 * @csspart period - The period, and what the change compares with.
 * @csspart breakdown - The figures that it consists of.
 * @csspart sparkline - The trend.
 * @csspart bar - The bar of a rate.
 * @csspart error-code - The error code.
 * @csspart retry - The button that retries at once.
 *
 * @cssproperty [--cb-stat-card-padding-block=16px] - Padding above and below.
 * @cssproperty [--cb-stat-card-padding-inline=18px] - Padding at the sides.
 * @cssproperty [--cb-stat-card-value-size=30px] - Size of the figure, as long as it fits.
 * @cssproperty [--cb-stat-card-accent] - Colour of a line at the start of the card, and of the trend.
 * @cssproperty [--cb-stat-card-trend-color] - Colour of the trend.
 *
 * @cssstate loading - No data yet.
 * @cssstate fresh - The data is up to date.
 * @cssstate stale - The data is old; its age is shown.
 * @cssstate partial - The figure is unavailable; the reason is shown.
 * @cssstate forbidden - The token has no access to it.
 * @cssstate empty - There is no such figure, or none was given.
 * @cssstate error - Nothing could be loaded.
 * @cssstate live - Changes are pushed as they happen.
 * @cssstate updating - The figure of another period or domain is on its way.
 * @cssstate compact - `density` is `compact`, its own or the provider's.
 * @cssstate hidden - `hide-when-forbidden` hides it.
 *
 * @event cb-error - A request to the server failed.
 */
export class CbStatCard extends CbBaseElement {
  static override styles = [CbBaseElement.styles, freshness, info, pill, styles];
  static override readonly messages = messages;

  readonly #counter = new CountUpController(this);
  readonly #figure = signal<LiveFigure | undefined>(undefined);
  /** Why the code for the server's figures could not be loaded. */
  #lost?: string | undefined;

  /** A path in the overview of `source`, such as `latencyMs.p95`. */
  @property({ reflect: true }) metric?: string;

  /** The overview that `metric` is in: `stats` (the default), `executive`, `admin` or `cleanup`. */
  @property({ reflect: true }) source?: SourceName;

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

  /**
   * Two bounds, such as `0.8 0.6`: from the first on the figure is good, from the second fair, and
   * bad below it; with the polarity `good-when-down` the other way round. Success rates have these
   * by default; an empty text is for none.
   */
  @property({ reflect: true }) bands?: string;

  /** Figures beside the metric that it consists of, such as `completed failed running`. */
  @property({ reflect: true }) breakdown?: string;

  /** A description of the figure, which a mark beside the heading opens. */
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

  protected override renderIcon(): TemplateResult {
    return html`<slot name="icon"></slot>`;
  }

  protected override renderActions(): Part {
    const live = this.#live;
    const { changeReason } = live?.reading ?? {};
    const remarks = [this.description, live?.remark].flatMap((text) => text || []);
    return renderInfo(this.#text('about'), remarks, changeReason);
  }

  protected override updated(): void {
    const value = this.renderRoot.querySelector<HTMLElement>('.value');
    value?.style.setProperty('--_cb-length', String(Math.max(4, value.innerText.length)));
  }

  protected override renderContent(): TemplateResult {
    const live = this.#live;
    const { value, change, reason }: Reading = live?.reading ?? this;
    const locale = this.usedLocale;
    const format = this.format ?? live?.format;
    const polarity = this.polarity ?? live?.polarity;
    const isKnown = isValue(value);
    const number = isKnown ? Number(value) : NaN;
    const judgement = this.#judge(number, polarity);
    const rate = format === 'percent' && isKnown ? number : undefined;
    const shown = this.#counter.show(number, `${format}${live?.id}`);
    const why = reason ?? this.#lost ?? this.#text('unknown');
    const isCompared = isValue(change) && this.settings.compare !== 'none';
    return html`<div class="content">
      ${renderValue(shown === number ? value : shown, format, locale)}
      <div class="foot">
        ${judgement && renderPill(judgement, format, this.#text)}
        ${isCompared ? renderChange(change, polarity, locale, this.#text, rate) : nothing}
        <slot name="description" part="description" class="note ${isKnown ? 'more' : ''}">
          ${isKnown ? live?.context : reason ? english(why) : why}
        </slot>
      </div>
      ${live?.period ? html`<div part="period" class="note period">${live.period}</div>` : nothing}
      ${this.#renderBreakdown()}
      ${this.#renderTrend(isKnown ? renderBar(number) : nothing, judgement?.tone)}
    </div>`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div class="content">
      <div class="skeleton value"></div>
      <div class="skeleton note"></div>
      ${this.metric ? html`<div class="skeleton note period"></div>` : nothing}
      ${this.breakdown ? html`<div class="skeleton note breakdown"></div>` : nothing}
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

  #renderBreakdown(): Part {
    const names = this.breakdown?.split(/\s+/).filter(Boolean) ?? [];
    const live = this.#live;
    if (!live || names.length === 0) return nothing;
    const parts = live.readSiblings(names).map(([name, { value }]) => ({
      name: Object.hasOwn(messages.en, `part.${name}`)
        ? this.#text(`part.${name}` as StatCardMessage)
        : name,
      value: formatValue(value, this.format ?? live.format, this.usedLocale),
    }));
    return renderBreakdown(this.#text('breakdown'), parts);
  }

  /** Whether the figure is good, by its target or its bands. */
  #judge(value: number, polarity: Polarity | undefined): Judgement | undefined {
    if (this.target !== undefined) return byTarget(value, this.target, polarity);
    const bands = this.bands === undefined ? this.#live?.bands : boundsOf(this.bands);
    return bands && byBands(value, bands, polarity);
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
