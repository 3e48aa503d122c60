import { html, type nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { Execution, ExecutionsQuery } from '@cloudbrain/sdk';
import { QueryController } from '../../src/data/query-controller.ts';
import { recentExecutions, type RecentExecutions } from '../../src/data/queries/executions.ts';
import type { Status } from '../../src/data/status.ts';
import { CbElement, type AnyQuery } from '../../src/element/element.ts';
import { translate, type Catalogue } from '../../src/i18n/catalogue.ts';
import { nextFrame } from '../../src/motion/next-frame.ts';
import { TickController } from '../../src/motion/ticker.ts';
import { filtersOf } from '../../src/settings/scope.ts';
import { LiveRows } from '../../src/table/live-rows.ts';
import { TableController } from '../../src/table/table.ts';
import { actions } from '../../src/theme/actions.css.ts';
import { table } from '../../src/theme/table.css.ts';
import { messages } from './cb-exec-stream.messages.ts';
import { styles } from './cb-exec-stream.styles.ts';
import { columnsOf, shortId, type Translate } from './columns.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;
/** Narrower than its columns need, each row has two lines. */
const NARROW = 960;

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
 * @csspart freshness - The age of data that isn't live.
 * @csspart pause - The button that pauses and resumes.
 * @csspart table - The table.
 * @csspart row - One execution.
 * @csspart status - Its state.
 * @csspart id - Its id.
 * @csspart progress - The bar of its steps.
 * @csspart error - Its error.
 * @csspart elapsed - How long it took, or has taken.
 * @csspart open - The button that opens it.
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
 * @cssstate updating - Rows of other parameters are shown until the new ones arrive.
 * @cssstate compact - It, or its provider, has `density="compact"`.
 *
 * @event cb-select - An execution was opened; `item` is the execution.
 * @event cb-error - A request to the server failed.
 */
export class CbExecStream extends CbElement {
  static override styles = [CbElement.styles, actions, table(NARROW), styles];
  static override readonly messages = messages;

  readonly #recent = new QueryController<ExecutionsQuery, RecentExecutions>(this, {
    define: () => recentExecutions,
    params: () => {
      const filters = filtersOf(this, this.provider?.settings.get());
      return { ...this.scope, ...(filters as ExecutionsQuery), limit: this.#limit };
    },
  });
  readonly #rows = new LiveRows<Execution>(this, {
    arrived: () => this.#recent.state.data?.executions,
    isPrevious: () => this.#recent.state.isPrevious === true,
    key: ({ id }) => id,
    limit: () => this.#limit,
    announce: (n) => this.#text('arrived', { n }),
  });
  readonly #table = new TableController<Execution>(this, {
    columns: () => columnsOf(this.#text, this.usedLocale, this.#now),
    key: ({ id }) => id,
    label: () => this.heading || this.defaultHeading,
    classOf: ({ status }) => status,
    opens: { kind: 'execution', name: ({ id }) => this.#text('name', { id: shortId(id) }) },
  });

  /** How many rows at most: 1 to 200. */
  @property({ type: Number, reflect: true }) limit = DEFAULT_LIMIT;

  /** Whether the rows are frozen; executions that arrive meanwhile are counted. */
  @property({ type: Boolean, reflect: true }) paused = false;

  /** Only executions whose model is this one. */
  @property({ reflect: true }) model?: string;

  /** Only executions of this agent. */
  @property({ reflect: true }) agent?: string;

  /** Only executions of this user, as telemetry names them. */
  @property({ reflect: true }) user?: string;

  constructor() {
    super();
    const runs = () => this.#rows.rows.some(({ status }) => status === 'running');
    new TickController(this, () => !this.paused && runs());
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

  protected override get catalogues(): readonly Catalogue[] {
    return [...super.catalogues, ...this.#table.catalogues];
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override statusOf(): Status {
    return this.#rows.rows.length > 0 ? 'fresh' : 'empty';
  }

  /** All updates that arrive before a frame are rendered in it together. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.hasUpdated) await nextFrame();
    await super.scheduleUpdate();
  }

  protected override renderActions(): TemplateResult | typeof nothing {
    return this.#rows.renderPause();
  }

  protected override renderContent(): TemplateResult {
    const { rows, isSettled } = this.#rows;
    return html`${this.#table.render(rows, { isSettled })} ${this.#rows.renderNews()}`;
  }

  protected override renderSkeleton(): TemplateResult {
    return this.#table.renderSkeleton(this.#limit);
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#text('empty')}</div>
      <div class="note">${this.#text('emptyWhy')}</div>`;
  }

  get #limit(): number {
    const limit = Math.trunc(this.limit);
    return limit >= 1 ? Math.min(limit, MAX_LIMIT) : DEFAULT_LIMIT;
  }

  /** The server's time: the reader's clock may be wrong. */
  readonly #now = (): number => Date.now() + (this.#recent.session?.clock.offset ?? 0);

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-exec-stream': CbExecStream;
  }
}
