import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Execution, ExecutionsQuery } from '@cloudbrain/sdk';
import { property, state } from '../../src/decorators.ts';
import { CbElement, type AnyQuery } from '../../src/element.ts';
import { CbSelectEvent } from '../../src/events.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { QueryController } from '../../src/query-controller.ts';
import { recentExecutions, type RecentExecutions } from '../../src/session/executions.ts';
import type { Status } from '../../src/status.ts';
import { TickController } from '../../src/ticker.ts';
import { messages } from './cb-exec-stream.messages.ts';
import { styles } from './cb-exec-stream.styles.ts';
import { renderRow, type Translate } from './row.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;
/** New rows are announced together, no more often than this. */
const ANNOUNCE_EVERY = 5_000;

/**
 * @summary The recent executions, newest on top, as they happen.
 *
 * @slot loading - Instead of the skeleton.
 * @slot empty - Instead of the words for no executions.
 * @slot error - Instead of the words for a failure or a refusal.
 *
 * @csspart base - The card.
 * @csspart header - Heading, freshness and the button.
 * @csspart heading - The heading.
 * @csspart freshness - The live dot, or the age of what is shown.
 * @csspart pause - The button that pauses and resumes.
 * @csspart table - The table.
 * @csspart row - One execution.
 * @csspart status - Its state.
 * @csspart id - Its id.
 * @csspart progress - The bar of its steps.
 * @csspart error - What it failed with.
 * @csspart elapsed - How long it took, or has taken.
 *
 * @cssproperty [--cb-exec-stream-padding-inline=18px] - Padding at the sides.
 * @cssproperty [--cb-exec-stream-row-height=38px] - Height of a row.
 *
 * @cssstate loading - Nothing is known yet.
 * @cssstate fresh - What is shown is up to date.
 * @cssstate stale - What is shown is old; its age is shown.
 * @cssstate forbidden - The token may not see executions.
 * @cssstate empty - There is no execution in the period.
 * @cssstate error - Nothing could be had.
 * @cssstate live - Changes are pushed as they happen.
 *
 * @event cb-select - Somebody chose an execution; `item` is the execution.
 * @event cb-error - A question to the server failed.
 */
export class CbExecStream extends CbElement {
  static override styles = [CbElement.styles, styles];
  static override readonly messages = messages;

  readonly #recent = new QueryController<ExecutionsQuery, RecentExecutions>(this, {
    define: () => recentExecutions,
    params: () => ({ ...this.scope, limit: this.#limit }),
  });

  /** How many rows at most: 1 to 200. */
  @property({ type: Number, reflect: true }) limit = DEFAULT_LIMIT;

  /** Whether the rows stand still; what arrives meanwhile is counted. */
  @property({ type: Boolean, reflect: true }) paused = false;

  @state() private announcement = '';

  #held: readonly Execution[] = [];
  #known = new Set<string>();
  #unannounced = 0;
  #announceTimer?: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new TickController(
      this,
      () => !this.paused && this.#rows.some(({ status }) => status === 'running'),
    );
  }

  /** Lets the rows stand still. */
  pause(): void {
    this.paused = true;
  }

  /** Shows what has arrived, and goes on. */
  resume(): void {
    this.paused = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#announceTimer);
    this.#announceTimer = undefined;
  }

  protected override get query(): AnyQuery {
    return this.#recent;
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override assess(data: RecentExecutions): Status {
    return data.executions.length > 0 ? 'fresh' : 'empty';
  }

  /** However many updates arrive, a frame shows them at once. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.hasUpdated && !document.hidden)
      await new Promise<unknown>((resolve) => requestAnimationFrame(resolve));
    await super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    // Where it begins paused, the first answer is what stands still.
    if (this.paused && (changed.has('paused') || this.#held.length === 0))
      this.#held = this.#arrived;
  }

  protected override updated(): void {
    const rows = this.#rows;
    const fresh = rows.filter(({ id }) => !this.#known.has(id)).length;
    if (this.#known.size > 0 && fresh > 0) this.#announce(fresh);
    this.#known = new Set(rows.map(({ id }) => id));
  }

  protected override renderActions(): TemplateResult | typeof nothing {
    if (!this.queryState.data) return nothing;
    const behind = this.paused ? this.#behind : 0;
    const label = !this.paused
      ? this.#text('pause')
      : behind > 0
        ? this.#text('resumeNew', { n: behind })
        : this.#text('resume');
    return html`<button part="pause" class="button" type="button" @click=${this.#toggle}>
      ${label}
    </button>`;
  }

  protected override renderContent(): TemplateResult {
    const isFirst = this.#known.size === 0;
    return html`<table part="table" role="table" aria-label=${this.heading || this.defaultHeading}>
        <thead role="rowgroup">
          <tr role="row">
            ${(['status', 'execution', 'user', 'model', 'progress', 'elapsed'] as const).map(
              (key) =>
                html`<th role="columnheader" scope="col" class="h-${key}">${this.#text(key)}</th>`,
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${repeat(
            this.#rows,
            ({ id }) => id,
            (execution) =>
              renderRow(execution, {
                locale: this.usedLocale,
                t: this.#text,
                isNew: !isFirst && !this.#known.has(execution.id),
                select: this.#select,
              }),
          )}
        </tbody>
      </table>
      <div class="hidden" role="status">${this.announcement}</div>`;
  }

  protected override renderSkeleton(): TemplateResult {
    const rows = Array.from({ length: Math.min(this.#limit, 6) });
    return html`<table aria-hidden="true">
      <tbody>
        ${rows.map(
          () =>
            html`<tr class="row">
              <td class="c-status"><div class="skeleton"></div></td>
              <td class="c-user"><div class="skeleton"></div></td>
              <td class="c-progress"><div class="skeleton"></div></td>
              <td class="c-elapsed"><div class="skeleton"></div></td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  protected override renderEmpty(): TemplateResult {
    return html`<div>${this.#text('empty')}</div>
      <div class="note">${this.#text('emptyWhy')}</div>`;
  }

  readonly #toggle = (): void => {
    this.paused = !this.paused;
  };

  readonly #select = (execution: Execution): void => {
    this.dispatchEvent(new CbSelectEvent(execution));
  };

  #announce(count: number): void {
    this.#unannounced += count;
    this.#announceTimer ??= setTimeout(() => {
      this.announcement = this.#text('arrived', { n: this.#unannounced });
      this.#unannounced = 0;
      this.#announceTimer = undefined;
    }, ANNOUNCE_EVERY);
  }

  get #limit(): number {
    const limit = Math.trunc(this.limit);
    return limit >= 1 ? Math.min(limit, MAX_LIMIT) : DEFAULT_LIMIT;
  }

  get #arrived(): readonly Execution[] {
    return this.#recent.state.data?.executions ?? [];
  }

  get #rows(): readonly Execution[] {
    return this.paused ? this.#held : this.#arrived;
  }

  /** How many came while the rows stood still. */
  get #behind(): number {
    const held = new Set(this.#held.map(({ id }) => id));
    return this.#arrived.filter(({ id }) => !held.has(id)).length;
  }

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-exec-stream': CbExecStream;
  }
}
