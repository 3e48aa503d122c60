import { html, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { Granularity, StatsTimeline, StatsTimelineQuery } from '@cloudbrain/sdk';
import { CbChartElement, type ChartSkeleton } from '../../src/chart/chart-element.ts';
import { linesOption } from '../../src/chart/lines.ts';
import type { ChartSeries, ChartView } from '../../src/chart/view.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import { timeline } from '../../src/data/queries/stats.ts';
import type { Status } from '../../src/data/status.ts';
import type { AnyQuery } from '../../src/element/element.ts';
import { CbTimeframeChangeEvent } from '../../src/element/events.ts';
import { translate, type MessageValues } from '../../src/i18n/catalogue.ts';
import { endsNow } from '../../src/settings/scope.ts';
import { renderChoice, renderSegments } from '../../src/toolbar/segments.ts';
import { queryBefore, valuesBefore } from './before.ts';
import { messages, type UsageTimelineMessage } from './cb-usage-timeline.messages.ts';
import { styles } from './cb-usage-timeline.styles.ts';
import {
  hasUsage,
  labelsOf,
  metricOf,
  METRICS,
  seriesOf,
  timesOf,
  type Line,
  type UsageMetric,
} from './series.ts';

const RANGES = ['24h', '7d', '30d', '90d'] as const;

/**
 * @summary Requests, tokens, cost, latency, errors or executions over time, with a table twin and a
 * keyboard cursor.
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
 * @csspart metrics-menu - The menu that does so in narrow cards.
 * @csspart ranges - The buttons that choose the period.
 * @csspart plot - The chart.
 * @csspart tooltip - The values at the cursor.
 * @csspart legend - The names of the lines, which switch them off and on.
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
export class CbUsageTimeline extends CbChartElement {
  static override styles = [CbChartElement.styles, styles];
  static override readonly messages = messages;

  readonly #timeline = new QueryController<StatsTimelineQuery, StatsTimeline>(this, {
    define: () => timeline,
    params: () => ({
      ...this.scope,
      ...(this.granularity ? { granularity: this.granularity } : {}),
    }),
  });
  readonly #before = new QueryController<StatsTimelineQuery, StatsTimeline>(this, {
    define: () => timeline,
    params: () => {
      const { params, state } = this.#timeline;
      if (!this.compare || !params || !state.data || state.isPrevious) return undefined;
      return queryBefore(params, state.data);
    },
  });

  /** What is drawn: `requests`, `tokens`, `cost`, `latency`, `errors` or `executions`. */
  @property({ reflect: true }) metric?: UsageMetric;

  /**
   * The length of an interval: `hour`, `day`, `week` or `month`; one that fits the period by
   * default.
   */
  @property({ reflect: true }) granularity?: Granularity;

  /** Draws the period before as faint lines. */
  @property({ type: Boolean, reflect: true }) compare = false;

  protected override get query(): AnyQuery {
    return this.#timeline;
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override get view(): ChartView | undefined {
    const { data } = this.#timeline.state;
    if (!data) return undefined;
    const { usedLocale: locale } = this;
    const t = this.#text;
    const labels = labelsOf(data, locale);
    const partial = data.points.map((point) => point.partial);
    const lines = seriesOf(data, this.#metric);
    const series = [...lines.map(this.#series), ...this.#ghosts(lines, data)];
    return {
      types: ['line'],
      name: t('chart', { metric: t(`metric.${this.#metric}`) }),
      axis: t('time'),
      positions: this.#times(data),
      series,
      layout: 'points',
      legend: 'series',
      partial,
      noData: data.points.map((point) => point.noData),
      key: labels,
      option: (theme, size, isShown) => {
        const shown = series.length > 1 ? series.filter((_, index) => isShown(index)) : series;
        return linesOption({ series: shown, labels, locale, partial }, theme, size);
      },
    };
  }

  protected override get skeleton(): ChartSkeleton {
    const series = seriesOf({ points: [] }, this.#metric).map(this.#series);
    return { legend: 'series', series, positions: [], partial: [true] };
  }

  protected override statusOf(data: StatsTimeline): Status {
    return hasUsage(data) ? 'fresh' : 'empty';
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
      label: t(`range.${range}`),
      name: t(`rangeName.${range}`),
      isPressed: range === timeframe,
      choose: () => this.#choose(range),
    }));
    return html`${renderSegments('metrics', t('metric'), metrics)}
    ${renderChoice('metrics', t('metric'), metrics)} ${renderSegments('ranges', t('range'), ranges)}`;
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#text('empty')}</div>
      <div class="note">${this.#text('emptyWhy')}</div>`;
  }

  #choose(timeframe: (typeof RANGES)[number]): void {
    this.removeAttribute('from');
    this.removeAttribute('to');
    this.leaveCursor();
    this.timeframe = timeframe;
    this.dispatchEvent(new CbTimeframeChangeEvent(timeframe));
  }

  get #metric(): UsageMetric {
    return metricOf(this.metric);
  }

  readonly #series = ({ name, ...line }: Line): ChartSeries => ({
    ...line,
    key: name,
    name: this.#text(name),
  });

  /** The lines of the period before, once they are known. */
  #ghosts(lines: readonly Line[], { points }: StatsTimeline): ChartSeries[] {
    const { data, isPrevious } = this.#before.state;
    if (!this.compare || !data || isPrevious) return [];
    return seriesOf(data, this.#metric)
      .filter(({ axis }) => axis === 0)
      .map((line, index) => ({
        ...line,
        values: valuesBefore(line, points.length),
        key: `before-${line.name}`,
        name: this.#text('before', { name: this.#text(lines[index]?.name ?? line.name) }),
        isGhost: true,
      }));
  }

  /** The points' times in full, and what is particular about them. */
  #times(data: StatsTimeline): string[] {
    const last = data.points.length - 1;
    // What is shown may be of the period before this one, until the new data arrive.
    const isOpen = endsNow(this.#timeline.params ?? {});
    return timesOf(data, this.usedLocale).map((time, index) => {
      const { partial, noData } = data.points[index] ?? {};
      if (noData) return this.#text('noDataAt', { time });
      if (!partial) return time;
      return this.#text(isOpen && index === last ? 'soFar' : 'partialAt', { time });
    });
  }

  readonly #text = (key: UsageTimelineMessage, values?: MessageValues): string =>
    translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-usage-timeline': CbUsageTimeline;
  }
}
