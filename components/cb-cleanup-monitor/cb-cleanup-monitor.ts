import { html, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type {
  CleanupAction,
  CleanupActionsQuery,
  CleanupActionType,
  CleanupRun,
  CleanupStatus,
} from '@cloudbrain/sdk';
import { ListController } from '../../src/data/list-controller.ts';
import { cleanupActions, cleanupStatus } from '../../src/data/queries/cleanup.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import type { Status } from '../../src/data/status.ts';
import type { ConfirmDialog } from '../../src/dialog/confirm-dialog.ts';
import { CbElement, type AnyQuery } from '../../src/element/element.ts';
import { createProblemFrame } from '../../src/element/problem-frame.ts';
import { translate, type Catalogue } from '../../src/i18n/catalogue.ts';
import { TickController } from '../../src/motion/ticker.ts';
import { renderPager } from '../../src/table/pager.ts';
import { TableController } from '../../src/table/table.ts';
import { actions } from '../../src/theme/actions.css.ts';
import { table } from '../../src/theme/table.css.ts';
import { toolbar } from '../../src/theme/toolbar.css.ts';
import { renderSelect, renderToolbar } from '../../src/toolbar/toolbar.ts';
import { messages } from './cb-cleanup-monitor.messages.ts';
import { styles } from './cb-cleanup-monitor.styles.ts';
import { columnsOf, TYPES } from './columns.ts';
import { renderSummary, resultText, type Translate } from './summary.ts';

const DEFAULT_LIMIT = 10;
/** Narrower than its columns need, each row has two lines. */
const NARROW = 740;

/**
 * @summary Settings, last and next run and the actions of the cleanup worker; admins can run it now.
 *
 * @slot loading - Replaces the skeleton.
 * @slot error - Replaces the message for errors and missing permissions.
 *
 * @csspart base - The card.
 * @csspart header - Heading, freshness and the button.
 * @csspart heading - The heading.
 * @csspart freshness - The age of data that isn't live.
 * @csspart run - The button that starts a run.
 * @csspart summary - The settings and the next run.
 * @csspart last-run - When the last run was, and what it deleted.
 * @csspart toolbar - The filter and the pager.
 * @csspart pager - The buttons to the pages before and after.
 * @csspart table - The actions.
 * @csspart row - One action.
 * @csspart dialog - The confirmation before a run.
 * @csspart error-code - The error code.
 * @csspart retry - The button that retries at once.
 *
 * @cssproperty [--cb-cleanup-monitor-padding-inline=18px] - Padding at the sides.
 *
 * @cssstate loading - No data yet.
 * @cssstate fresh - The data is up to date.
 * @cssstate stale - The data is old; its age is shown.
 * @cssstate partial - The actions are unavailable; settings and last run are shown.
 * @cssstate forbidden - The token has no access to cleanup.
 * @cssstate error - Nothing could be loaded.
 * @cssstate live - Changes are pushed as they happen.
 * @cssstate compact - It, or its provider, has `density="compact"`.
 *
 * @event cb-error - A request to the server, or a run, failed.
 */
export class CbCleanupMonitor extends CbElement {
  static override styles = [CbElement.styles, actions, table(NARROW), toolbar, styles];
  static override readonly messages = messages;

  readonly #cleanup = new QueryController<Record<never, never>, CleanupStatus>(this, {
    define: () => cleanupStatus,
    params: () => ({}),
  });
  readonly #actions = new ListController<CleanupActionsQuery, CleanupAction>(this, {
    define: () => cleanupActions,
    params: () => ({ limit: this.#limit }),
  });
  readonly #table = new TableController<CleanupAction>(this, {
    columns: () => columnsOf(this.#text, this.usedLocale, this.#now),
    key: ({ id }) => id,
    label: () => this.heading || this.defaultHeading,
  });

  /** How many actions a page has at most: 1 to 200. */
  @property({ type: Number, reflect: true }) limit = DEFAULT_LIMIT;

  /** Why a run couldn't be started from this element. */
  @state() private problem = '';

  /** The run started here, whose result is announced when it ends. */
  #started?: CleanupRun | undefined;
  #dialog?: ConfirmDialog<CleanupRun> | undefined;
  /** Texts of the parts that are loaded on demand. */
  readonly #later: Catalogue[] = [];
  readonly #renderListProblem = createProblemFrame(this, () => this.#actions, this.#later);

  constructor() {
    super();
    // The ages of the last run and of the actions.
    new TickController(this, () => this.#cleanup.state.data !== undefined);
  }

  protected override get query(): AnyQuery {
    return this.#cleanup;
  }

  protected override get catalogues(): readonly Catalogue[] {
    return [...super.catalogues, ...this.#table.catalogues, ...this.#later];
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override statusOf(): Status {
    return this.#actions.state.error ? 'partial' : 'fresh';
  }

  protected override renderActions(): TemplateResult | typeof nothing {
    const { status } = this;
    const mayRun = this.#cleanup.state.data?.mayRun;
    // The button keeps its space while it is unknown whether the user is allowed to run cleanup.
    const isToCome = status === 'loading';
    if (status === 'forbidden' || !(mayRun ?? isToCome)) return nothing;
    return html`<button
      part="run"
      class="button ${isToCome ? 'to-come' : ''}"
      type="button"
      aria-haspopup="dialog"
      aria-disabled=${this.#isUnderWay}
      @click=${this.#ask}
    >
      ${this.#text('run')}
    </button>`;
  }

  protected override renderContent(): TemplateResult {
    const { data } = this.#cleanup.state;
    if (!data) return this.renderSkeleton();
    const result = this.#result(data) || this.problem;
    return html`${renderSummary(data, this.#now, this.usedLocale, this.#text)}
      <p role="status" class="note ${result ? 'result' : ''}">${result}</p>
      ${this.#renderList()} ${data.mayRun ? this.#dialog?.render() : nothing}`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div aria-hidden="true">
        ${renderSummary(undefined, this.#now, this.usedLocale, this.#text)}
      </div>
      ${this.#renderListSkeleton()}`;
  }

  #renderList(): TemplateResult {
    const { items, filter, state } = this.#actions;
    if (!items && !state.error) return this.#renderListSkeleton();
    if (!items) return html`<div class="message none">${this.#renderListProblem()}</div>`;
    if (items.length > 0) return html`${this.#renderFilter()} ${this.#table.render(items)}`;
    if (!filter.type) return html`<p class="note none">${this.#text('none')}</p>`;
    return html`${this.#renderFilter()}
      <p class="note none">${this.#text('noneOfType')}</p>`;
  }

  #renderListSkeleton(): TemplateResult {
    return html`<div aria-hidden="true">
      <div class="to-come">${this.#renderFilter()}</div>
      ${this.#table.renderSkeleton(this.#limit)}
    </div>`;
  }

  #renderFilter(): TemplateResult {
    const options = TYPES.map((value) => ({ value, label: this.#text(`type.${value}`) }));
    const select = renderSelect<CleanupActionType | ''>({
      label: this.#text('type'),
      options: [{ value: '', label: this.#text('all') }, ...options],
      value: this.#actions.filter.type ?? '',
      choose: (type) => this.#actions.filterBy({ type: type || undefined }),
    });
    const pager = renderPager(this.#actions, this.usedLocale);
    return renderToolbar(this.#text('filters'), html`${select} ${pager}`);
  }

  readonly #ask = async (): Promise<void> => {
    if (this.#isUnderWay) return;
    this.problem = '';
    try {
      await this.#loadDialog();
    } catch {
      this.problem = this.#text('unloadable');
    }
    // Its texts come with an update, where they aren't English.
    this.requestUpdate();
    await this.updateComplete;
    this.#dialog?.open();
  };

  async #loadDialog(): Promise<void> {
    const { createRunDialog, messages: texts } = await import('./run-dialog.ts');
    if (this.#dialog) return;
    this.#dialog = createRunDialog(this, {
      query: this.#cleanup,
      done: (run) => {
        this.#started = run;
        this.#cleanup.retry();
      },
      failed: (problem) => (this.problem = problem),
    });
    this.#later.push(texts, ...this.#dialog.catalogues);
  }

  get #limit(): number {
    return Math.min(200, Math.max(1, Math.trunc(this.limit) || DEFAULT_LIMIT));
  }

  /** The server's time: the reader's clock may be wrong. */
  get #now(): number {
    return Date.now() + (this.#cleanup.session?.clock.offset ?? 0);
  }

  get #isUnderWay(): boolean {
    const { state } = this.#cleanup.state.data?.lastRun ?? {};
    return state === 'queued' || state === 'running';
  }

  /** The outcome of the run started here. */
  #result({ lastRun }: CleanupStatus): string {
    if (!lastRun || lastRun.id !== this.#started?.id) return '';
    return resultText(lastRun, this.usedLocale, this.#text);
  }

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-cleanup-monitor': CbCleanupMonitor;
  }
}
