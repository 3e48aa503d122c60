import type { TemplateResult } from 'lit';
import type { StatsOverview, StatsTimeline } from '@cloudbrain/sdk';
import type { Frame } from '../../src/element/base-element.ts';
import { isValue, type ValueFormat } from '../../src/format/value.ts';
import { translate, type MessageValues } from '../../src/i18n/catalogue.ts';
import { english } from '../../src/i18n/english.ts';
import { queryHostOf } from '../../src/settings/connection.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import { createQueryFrame } from '../../src/element/query-frame.ts';
import { scopeOf, type Scope } from '../../src/settings/scope.ts';
import { overview, timeline } from '../../src/data/queries/stats.ts';
import type { CbStatCard } from './cb-stat-card.ts';
import { comparison, contextOf, period } from './context.ts';
import { figureMessages, type FigureMessage } from './figure.messages.ts';
import {
  formatOf,
  hasTrend,
  polarityOf,
  readMetric,
  readTrend,
  type Polarity,
  type Reading,
} from './metrics.ts';
import { statusOf } from './parts.ts';

/** A card's figure from the server. Loaded with the first card that has a `metric`. */
export class LiveFigure {
  readonly frame: Frame;
  readonly #card: CbStatCard;
  readonly #overview: QueryController<Scope, StatsOverview>;
  readonly #timeline: QueryController<Scope, StatsTimeline>;

  constructor(card: CbStatCard) {
    this.#card = card;
    const host = queryHostOf(card);
    this.#overview = new QueryController(host, {
      define: () => overview,
      params: () => (card.metric ? this.#scope : undefined),
    });
    this.#timeline = new QueryController(host, {
      define: () => timeline,
      params: () => (card.metric && this.hasTrend ? this.#scope : undefined),
    });
    this.frame = createQueryFrame(card, {
      query: () => this.#overview,
      refreshMs: () => host.refreshMs,
      statusOf: () => statusOf(this.reading.value),
      messages: [figureMessages],
    });
  }

  /** Asks again at once. */
  retry(): void {
    this.#overview.retry();
  }

  /** Identifies the figure. */
  get id(): string {
    return this.#metric + JSON.stringify(this.#scope);
  }

  /** The figure and its change; the value is undefined for an unknown metric. */
  get reading(): Reading {
    const { data } = this.#overview.state;
    return data ? readMetric(data, this.#metric) : {};
  }

  /** The figure over time. */
  get trend(): readonly unknown[] {
    return readTrend(this.#timeline.state.data, this.#metric);
  }

  get hasTrend(): boolean {
    return !this.#card.withoutTrend && hasTrend(this.#metric);
  }

  get format(): ValueFormat {
    return formatOf(this.#metric);
  }

  get polarity(): Polarity {
    return polarityOf(this.#metric);
  }

  /** The figure's name, or its path if it has none. */
  get name(): string {
    const metric = this.#metric;
    return Object.hasOwn(figureMessages.en, metric) ? this.#text(metric as FigureMessage) : metric;
  }

  /** The context of the figure, or why it is unavailable; may be empty. */
  get context(): string | TemplateResult {
    const { data } = this.#overview.state;
    const { reason, value, change, changeReason } = this.reading;
    if (reason) return english(reason);
    if (!data || !isValue(value)) return '';
    const context = contextOf(this.#metric, data, this.#text);
    if (context !== undefined) return context;
    const { timeframe } = this.#scope;
    // Without a change there is no comparison.
    if (isValue(change)) return comparison(timeframe, this.#text);
    return timeframe === 'all' || !changeReason
      ? period(timeframe, this.#text)
      : english(changeReason);
  }

  /** Why the card is empty. */
  get unknownMetric(): string {
    return this.#text('unknownMetric', { metric: this.#metric });
  }

  get #metric(): string {
    return this.#card.metric ?? '';
  }

  get #scope(): Scope {
    return scopeOf(this.#card.settings);
  }

  readonly #text = (key: FigureMessage, values?: MessageValues): string =>
    translate(figureMessages, this.#card.usedLocale, key, values);
}
