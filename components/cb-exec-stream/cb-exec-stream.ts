import { html, nothing, type TemplateResult } from 'lit';
import type { Execution, ExecutionsQuery } from '@cloudbrain/sdk';
import { Announcer } from '../../src/a11y/announcer.ts';
import { property } from 'lit/decorators.js';
import { CbElement, type AnyQuery } from '../../src/element/element.ts';
import { CbSelectEvent } from '../../src/element/events.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { KeyedRows } from '../../src/table/keyed-rows.ts';
import { nextFrame } from '../../src/motion/next-frame.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import { recentExecutions, type RecentExecutions } from '../../src/data/queries/executions.ts';
import type { Status } from '../../src/data/status.ts';
import { actions } from '../../src/theme/actions.css.ts';
import { list } from '../../src/theme/list.css.ts';
import { TickController } from '../../src/motion/ticker.ts';
import { messages } from './cb-exec-stream.messages.ts';
import { styles } from './cb-exec-stream.styles.ts';
import { renderHead, renderSkeletonRow, rowOf, type RowContext, type Translate } from './row.ts';
import { countNew } from './rows.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;

/**
 * @summary The recent executions, newest on top, as they happen.
 *
 * @slot loading - Replaces the skeleton.
 * @slot empty - Replaces the message for no executions.
 * @slot error - Replaces the message for errors and missing permissions.
 *
 * @csspart base - The card.
 * @csspart header - Heading, freshness and the button.
 * @csspart heading - The heading.
 * @csspart freshness - The live dot, or the age of the data.
 * @csspart pause - The button that pauses and resumes.
 * @csspart table - The table.
 * @csspart row - One execution.
 * @csspart status - Its state.
 * @csspart id - Its id.
 * @csspart progress - The bar of its steps.
 * @csspart error - Its error.
 * @csspart elapsed - How long it took, or has taken.
 * @csspart error-code - The error code.
 * @csspart retry - The button that retries at once.
 *
 * @cssproperty [--cb-exec-stream-padding-inline=18px] - Padding at the sides.
 * @cssproperty [--cb-exec-stream-row-height=38px] - Height of a row.
 *
 * @cssstate loading - No data yet.
 * @cssstate fresh - The data is up to date.
 * @cssstate stale - The data is old; its age is shown.
 * @cssstate forbidden - The token has no access to executions.
 * @cssstate empty - There is no execution in the period.
 * @cssstate error - Nothing could be loaded.
 * @cssstate live - Changes are pushed as they happen.
 * @cssstate compact - It, or its provider, has `density="compact"`.
 *
 * @event cb-select - An execution was selected; `item` is the execution.
 * @event cb-error - A request to the server failed.
 */
export class CbExecStream extends CbElement {
  static override styles = [CbElement.styles, actions, list, styles];
  static override readonly messages = messages;

  readonly #recent = new QueryController<ExecutionsQuery, RecentExecutions>(this, {
    define: () => recentExecutions,
    params: () => ({ ...this.scope, limit: this.#limit }),
  });
  readonly #news = new Announcer(this);
  readonly #table = new KeyedRows();

  /** How many rows at most: 1 to 200. */
  @property({ type: Number, reflect: true }) limit = DEFAULT_LIMIT;

  /** Whether the rows are frozen; executions that arrive meanwhile are counted. */
  @property({ type: Boolean, reflect: true }) paused = false;

  /** The frozen rows. */
  #held?: readonly Execution[] | undefined;
  /** The previous rows; undefined before the first response. */
  #known?: ReadonlySet<string> | undefined;

  constructor() {
    super();
    new TickController(
      this,
      () => !this.paused && this.#rows.some(({ status }) => status === 'running'),
    );
  }

  /** Freezes the rows. */
  pause(): void {
    this.paused = true;
  }

  /** Shows what has arrived, and continues. */
  resume(): void {
    this.paused = false;
  }

  protected override get query(): AnyQuery {
    return this.#recent;
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override statusOf(): Status {
    return this.#rows.length > 0 ? 'fresh' : 'empty';
  }

  /** All updates that arrive before a frame are rendered in it together. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.hasUpdated) await nextFrame();
    await super.scheduleUpdate();
  }

  protected override update(changed: Map<PropertyKey, unknown>): void {
    const arrived = this.#recent.state.isPrevious ? undefined : this.#arrived;
    // Rows of a previous query aren't held.
    this.#held = this.paused && arrived ? (this.#held ?? arrived) : undefined;
    super.update(changed);
  }

  protected override updated(): void {
    const context: RowContext = {
      locale: this.usedLocale,
      t: this.#text,
      select: (execution) => this.dispatchEvent(new CbSelectEvent(execution)),
    };
    this.#table.show(
      this.renderRoot.querySelector<HTMLTableSectionElement>('.rows'),
      this.#rows.map((execution) => rowOf(execution, context)),
    );
    if (this.#known) this.#news.add(countNew(this.#rows, this.#known));
    this.#known = this.#arrived && new Set(this.#rows.map(({ id }) => id));
  }

  protected override renderActions(): TemplateResult | typeof nothing {
    const { status } = this;
    if (status === 'error' || status === 'forbidden') return nothing;
    const n = this.#behind;
    // If all rows are new, others may already have left the list.
    const resume = n < this.#limit ? 'resumeNew' : 'resumeMore';
    const label = this.#text(this.paused ? (n ? resume : 'resume') : 'pause', { n });
    return html`<button
      part="pause"
      class="button"
      type="button"
      ?disabled=${status === 'loading'}
      @click=${() => (this.paused = !this.paused)}
    >
      ${label}
    </button>`;
  }

  protected override renderContent(): TemplateResult {
    const n = this.#news.count;
    return html`<table part="table" role="table" aria-label=${this.heading || this.defaultHeading}>
        ${renderHead(this.#text)}
        <tbody role="rowgroup" class="rows ${this.#known ? 'settled' : ''}"></tbody>
      </table>
      <div class="hidden" role="status">${n > 0 ? this.#text('arrived', { n }) : nothing}</div>`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<table aria-hidden="true">
      ${renderHead(this.#text)}
      <tbody>
        ${Array.from({ length: this.#limit }, renderSkeletonRow)}
      </tbody>
    </table>`;
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#text('empty')}</div>
      <div class="note">${this.#text('emptyWhy')}</div>`;
  }

  get #limit(): number {
    const limit = Math.trunc(this.limit);
    return limit >= 1 ? Math.min(limit, MAX_LIMIT) : DEFAULT_LIMIT;
  }

  get #arrived(): readonly Execution[] | undefined {
    return this.#recent.state.data?.executions;
  }

  get #rows(): readonly Execution[] {
    return this.#held ?? this.#arrived ?? [];
  }

  /** How many arrived while the rows were frozen. */
  get #behind(): number {
    const held = new Set(this.#held?.map(({ id }) => id));
    return this.#held ? countNew(this.#arrived ?? [], held) : 0;
  }

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-exec-stream': CbExecStream;
  }
}
