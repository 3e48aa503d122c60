import type { StatsTimeline } from '@cloudbrain/sdk';
import type { Frame } from '../../src/element/base-element.ts';
import { isValue, type ValueFormat } from '../../src/format/value.ts';
import { translate, type MessageValues } from '../../src/i18n/catalogue.ts';
import { queryHostOf } from '../../src/settings/connection.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import { createQueryFrame } from '../../src/element/query-frame.ts';
import { scopeOf, type Scope } from '../../src/settings/scope.ts';
import { timeline } from '../../src/data/queries/stats.ts';
import type { CbStatCard } from './cb-stat-card.ts';
import { contextOf, periodText, remarkOf } from './context.ts';
import { figureMessages, type FigureMessage } from './figure.messages.ts';
import {
  bandsOf,
  formatOf,
  hasTrend,
  polarityOf,
  readMetric,
  readTrend,
  sibling,
  type Polarity,
  type Reading,
} from './metrics.ts';
import { statusOf } from './parts.ts';
import { sourceNamed, type Figures, type Source } from './sources.ts';

/** A card's figure from the server. Loaded with the first card that has a `metric`. */
export class LiveFigure {
  readonly frame: Frame;
  readonly #card: CbStatCard;
  readonly #overview: QueryController<object, Figures>;
  readonly #timeline: QueryController<Scope, StatsTimeline>;

  constructor(card: CbStatCard) {
    this.#card = card;
    const host = queryHostOf(card);
    this.#overview = new QueryController(host, {
      define: () => this.#source.definition,
      params: () => (card.metric ? this.#source.params(card.settings) : undefined),
    });
    this.#timeline = new QueryController(host, {
      define: () => timeline,
      params: () => (card.metric && this.hasTrend ? scopeOf(card.settings) : undefined),
    });
    this.frame = createQueryFrame(card, {
      query: () => this.#overview,
      refreshMs: () => host.refreshMs,
      statusOf: () => statusOf(this.reading.value),
      messages: [figureMessages],
    });
  }

  /** Requests it again at once. */
  retry(): void {
    this.#overview.retry();
  }

  /** Identifies the figure. */
  get id(): string {
    return this.#metric + JSON.stringify(this.#overview.params);
  }

  /** The figure and its change; the value is undefined for an unknown metric. */
  get reading(): Reading {
    const { data } = this.#overview.state;
    return data ? readMetric(data, this.#metric) : {};
  }

  /** The figures beside it, by their names in the overview. */
  readSiblings(names: readonly string[]): [name: string, reading: Reading][] {
    const { data } = this.#overview.state;
    return names.map((name) => [name, data ? readMetric(data, sibling(this.#metric, name)) : {}]);
  }

  /** The figure over time. */
  get trend(): readonly unknown[] {
    return readTrend(this.#timeline.state.data, this.#metric);
  }

  get hasTrend(): boolean {
    return !this.#card.withoutTrend && this.#source.hasTrends && hasTrend(this.#metric);
  }

  get format(): ValueFormat {
    return formatOf(this.#metric);
  }

  get polarity(): Polarity {
    return polarityOf(this.#metric);
  }

  /** The bounds of good and fair, where the figure has usual ones. */
  get bands(): readonly [number, number] | undefined {
    return bandsOf(this.#metric);
  }

  /** The figure's name, or its path if it has none. */
  get name(): string {
    const metric = this.#metric;
    return Object.hasOwn(figureMessages.en, metric) ? this.#text(metric as FigureMessage) : metric;
  }

  /** The context of the figure; empty without any. */
  get context(): string {
    const { data } = this.#overview.state;
    if (!data || !isValue(this.reading.value)) return '';
    return contextOf(this.#metric, data, this.#text) ?? '';
  }

  /** What the figure covers, and what its change compares with. */
  get period(): string {
    const params: Partial<Scope> =
      this.#overview.params ?? this.#source.params(this.#card.settings);
    const timeframe = this.#source.periodOf?.(this.#metric) ?? params.timeframe;
    const isCompared = this.#card.settings.compare !== 'none' && isValue(this.reading.change);
    return periodText(timeframe, isCompared, this.#text);
  }

  /** What the reader should know of it besides. */
  get remark(): string | undefined {
    const { data } = this.#overview.state;
    return data && remarkOf(this.#metric, data, this.#text);
  }

  /** Why the card is empty. */
  get unknownMetric(): string {
    return this.#text('unknownMetric', { metric: this.#metric });
  }

  get #metric(): string {
    return this.#card.metric ?? '';
  }

  get #source(): Source {
    return sourceNamed(this.#card.source);
  }

  readonly #text = (key: FigureMessage, values?: MessageValues): string =>
    translate(figureMessages, this.#card.usedLocale, key, values);
}
