import { html, nothing, type TemplateResult } from 'lit';
import type { Granularity, StatsTimeline, StatsTimelineQuery } from '@cloudbrain/sdk';
import { ChartController } from '../../src/charts/chart-controller.ts';
import { property, state } from '../../src/decorators.ts';
import { CbElement, type AnyQuery } from '../../src/element.ts';
import { CbTimeframeChangeEvent } from '../../src/events.ts';
import { dateFormat } from '../../src/format/formatters.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { QueryController } from '../../src/query-controller.ts';
import { timeline } from '../../src/session/stats.ts';
import type { Status } from '../../src/status.ts';
import { chart } from '../../src/theme/chart.css.ts';
import { messages } from './cb-usage-timeline.messages.ts';
import { styles } from './cb-usage-timeline.styles.ts';
import { timelineOption } from './option.ts';
import { describePoint, renderCursor, renderLegend, renderTable, renderTooltip } from './plot.ts';
import type { Cursor, Translate, View } from './plot.ts';
import { dateOptions, hasUsage, metricOf, METRICS, seriesOf, type UsageMetric } from './series.ts';

const RANGES = ['24h', '7d', '30d', '90d'] as const;

/**
 * @summary Requests, tokens or cost over time, with a table twin and a keyboard cursor.
 *
 * @slot loading - Instead of the skeleton.
 * @slot empty - Instead of the words for no usage.
 * @slot error - Instead of the words for a failure or a refusal.
 *
 * @csspart base - The card.
 * @csspart header - Heading, freshness and buttons.
 * @csspart heading - The heading.
 * @csspart freshness - The live dot, or the age of what is shown.
 * @csspart metrics - The buttons that choose the figure.
 * @csspart ranges - The buttons that choose the period.
 * @csspart plot - The chart.
 * @csspart tooltip - What the cursor is on.
 * @csspart legend - The names of the lines.
 * @csspart table - The figures as a table.
 *
 * @cssproperty [--cb-usage-timeline-height=240px] - Height of the chart.
 * @cssproperty [--cb-usage-timeline-padding-inline=18px] - Padding at the sides.
 *
 * @cssstate loading - Nothing is known yet.
 * @cssstate fresh - What is shown is up to date.
 * @cssstate stale - What is shown is old; its age is shown.
 * @cssstate forbidden - The token may not see it.
 * @cssstate empty - Nothing happened in the period.
 * @cssstate error - Nothing could be had.
 * @cssstate live - Changes are pushed as they happen.
 *
 * @event cb-timeframe-change - Somebody chose another period; `timeframe` is the one.
 * @event cb-error - A question to the server failed.
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
    const { view, locale } = { view: this.#view(data), locale: this.usedLocale };
    return {
      key: `${this.#metric}${locale}${JSON.stringify(view.series)}${data.period.to}`,
      option: (theme) =>
        timelineOption({ series: view.series, labels: this.#labels(data), locale }, theme),
    };
  });

  /** What is drawn: `requests`, `tokens` or `cost`. */
  @property({ reflect: true }) metric?: UsageMetric;

  /** The length of an interval; one that fits the period where left out. */
  @property({ reflect: true }) granularity?: Granularity;

  /** Shows the figures as a table. */
  @property({ type: Boolean, reflect: true, attribute: 'as-table' }) asTable = false;

  @state() private cursor?: number | undefined;

  protected override get query(): AnyQuery {
    return this.#timeline;
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override assess(data: StatsTimeline): Status {
    return hasUsage(data) ? 'fresh' : 'empty';
  }

  protected override updated(): void {
    const tooltip = this.renderRoot.querySelector<HTMLElement>('.tooltip');
    const at = this.#cursor;
    if (!tooltip || !at) return;
    const width = tooltip.parentElement?.clientWidth ?? 0;
    const beside =
      at.x + 12 + tooltip.offsetWidth > width ? at.x - 12 - tooltip.offsetWidth : at.x + 12;
    tooltip.style.translate = `${Math.max(0, beside)}px 0`;
  }

  protected override renderActions(): TemplateResult {
    const timeframe = this.scope.timeframe;
    const t = this.#text;
    return html`<div part="metrics" class="segments" role="group" aria-label=${t('metric')}>
        ${METRICS.map((metric) =>
          this.#renderSegment(t(`metric.${metric}`), metric === this.#metric, () => {
            this.metric = metric;
          }),
        )}
      </div>
      <div part="ranges" class="segments" role="group" aria-label=${t('range')}>
        ${RANGES.map((range) =>
          this.#renderSegment(
            t(`range.${range}`),
            range === timeframe,
            () => this.#choose(range),
            t(`rangeName.${range}`),
          ),
        )}
      </div>`;
  }

  protected override renderContent(): TemplateResult {
    const { data } = this.#timeline.state;
    if (!data) return this.renderSkeleton();
    const view = this.#view(data);
    const failed = this.#chart.error !== undefined;
    const asTable = this.asTable || failed;
    return html`<div class="content">
      ${failed ? html`<div class="note">${this.#text('noChart')}</div>` : nothing}
      ${asTable ? renderTable(view) : this.#renderPlot(view)}
      <div part="legend" class="legend">
        ${asTable ? nothing : renderLegend(view)}
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
      <div class="legend"><span class="link" aria-hidden="true">&nbsp;</span></div>
    </div>`;
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#text('empty')}</div>
      <div class="note">${this.#text('emptyWhy')}</div>`;
  }

  #renderPlot(view: View): TemplateResult {
    const at = this.#cursor;
    const last = view.times.length - 1;
    const index = Math.min(this.cursor ?? last, last);
    return html`<div
      part="plot"
      class="plot"
      tabindex="0"
      role="slider"
      aria-label=${this.#text('chart', { metric: this.#text(`metric.${this.#metric}`) })}
      aria-valuemin="0"
      aria-valuemax=${last}
      aria-valuenow=${index}
      aria-valuetext=${describePoint(view, index)}
      @keydown=${this.#key}
      @pointermove=${this.#point}
      @pointerleave=${this.#leave}
      @blur=${this.#leave}
    >
      <div class="chart" aria-hidden="true"></div>
      ${at ? html`${renderCursor(at)}${renderTooltip(view, at.index)}` : nothing}
    </div>`;
  }

  #renderSegment(
    label: string,
    isPressed: boolean,
    choose: () => void,
    name?: string,
  ): TemplateResult {
    return html`<button
      class="segment"
      type="button"
      aria-pressed=${isPressed}
      title=${name ?? nothing}
      @click=${choose}
    >
      ${label}
    </button>`;
  }

  #choose(timeframe: (typeof RANGES)[number]): void {
    this.removeAttribute('from');
    this.removeAttribute('to');
    this.cursor = undefined;
    this.timeframe = timeframe;
    this.dispatchEvent(new CbTimeframeChangeEvent(timeframe));
  }

  readonly #toggleTable = (): void => {
    this.asTable = !this.asTable;
    this.cursor = undefined;
  };

  readonly #key = (event: KeyboardEvent): void => {
    const last = (this.#timeline.state.data?.points.length ?? 0) - 1;
    const at = this.cursor ?? last;
    const forward = this.matches(':dir(rtl)') || this.usedLocale.startsWith('ar') ? -1 : 1;
    const targets: Record<string, number | undefined> = {
      ArrowRight: at + forward,
      ArrowLeft: at - forward,
      ArrowUp: at + 1,
      ArrowDown: at - 1,
      PageUp: at + 10,
      PageDown: at - 10,
      Home: 0,
      End: last,
    };
    if (event.key === 'Escape') this.cursor = undefined;
    const target = targets[event.key];
    if (target === undefined || last < 0) return;
    event.preventDefault();
    this.cursor = Math.min(last, Math.max(0, target));
  };

  readonly #point = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const last = (this.#timeline.state.data?.points.length ?? 0) - 1;
    const index = this.#chart.indexAt(event.clientX - box.left);
    this.cursor = index === undefined ? undefined : Math.min(last, Math.max(0, index));
  };

  readonly #leave = (): void => {
    this.cursor = undefined;
  };

  get #metric(): UsageMetric {
    return metricOf(this.metric);
  }

  get #cursor(): Cursor | undefined {
    const { data } = this.#timeline.state;
    const index = this.cursor;
    if (!data || index === undefined || !data.points[index]) return undefined;
    const spots = seriesOf(data, this.#metric).map(({ values }) =>
      this.#chart.pixel(index, values[index] ?? 0),
    );
    const x = spots[0]?.x;
    return x === undefined ? undefined : { index, x, ys: spots.map((spot) => spot?.y ?? 0) };
  }

  #view(data: StatsTimeline): View {
    const { full } = dateOptions(data.granularity, data.points.length);
    const format = dateFormat(this.usedLocale, { ...full, timeZone: data.period.timezone });
    return {
      series: seriesOf(data, this.#metric),
      times: data.points.map(({ at }) => format.format(new Date(at))),
      locale: this.usedLocale,
      t: this.#text,
    };
  }

  #labels(data: StatsTimeline): string[] {
    const { axis } = dateOptions(data.granularity, data.points.length);
    const format = dateFormat(this.usedLocale, { ...axis, timeZone: data.period.timezone });
    return data.points.map(({ at }) => format.format(new Date(at)));
  }

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-usage-timeline': CbUsageTimeline;
  }
}
