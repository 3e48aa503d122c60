import { html, nothing, type TemplateResult } from 'lit';
import type {
  CleanupAction,
  CleanupActionsQuery,
  CleanupRun,
  CleanupStatus,
} from '@cloudbrain/sdk';
import { property, state } from 'lit/decorators.js';
import { CbElement, type AnyQuery } from '../../src/element/element.ts';
import { translate, type Catalogue } from '../../src/i18n/catalogue.ts';
import { createProblemFrame } from '../../src/element/problem-frame.ts';
import { QueryController } from '../../src/data/query-controller.ts';
import { cleanupActions, cleanupStatus } from '../../src/data/queries/cleanup.ts';
import type { Status } from '../../src/data/status.ts';
import { actions } from '../../src/theme/actions.css.ts';
import { TickController } from '../../src/motion/ticker.ts';
import { messages } from './cb-cleanup-monitor.messages.ts';
import { styles } from './cb-cleanup-monitor.styles.ts';
import {
  renderActions,
  renderActionsSkeleton,
  renderSummary,
  resultText,
  type Translate,
} from './parts.ts';
import type { RunDialog } from './run-dialog.ts';

const DEFAULT_LIMIT = 10;

/**
 * @summary Settings, last run and recent actions of the cleanup worker; admins can run it now.
 *
 * @slot loading - Replaces the skeleton.
 * @slot error - Replaces the message for errors and missing permissions.
 *
 * @csspart base - The card.
 * @csspart header - Heading, freshness and the button.
 * @csspart heading - The heading.
 * @csspart freshness - The live dot, or the age of the data.
 * @csspart run - The button that starts a run.
 * @csspart summary - Settings and last run.
 * @csspart table - The recent actions.
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
  static override styles = [CbElement.styles, actions, styles];
  static override readonly messages = messages;

  readonly #cleanup = new QueryController<Record<never, never>, CleanupStatus>(this, {
    define: () => cleanupStatus,
    params: () => ({}),
  });
  readonly #actions = new QueryController<CleanupActionsQuery, readonly CleanupAction[]>(this, {
    define: () => cleanupActions,
    params: () => ({ limit: this.#limit }),
  });

  /** How many actions at most: 1 to 200. */
  @property({ type: Number, reflect: true }) limit = DEFAULT_LIMIT;

  /** Message about the last run started from this element. */
  @state() private told: string | TemplateResult = '';

  /** The run started here, whose result is announced when it ends. */
  #asked?: CleanupRun | undefined;
  #dialog?: RunDialog | undefined;
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
    return [...super.catalogues, ...this.#later];
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
      class="button main ${isToCome ? 'to-come' : ''}"
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
    const result = this.#result(data) || this.told;
    return html`${renderSummary(data, this.usedLocale, this.#text)}
      <p role="status" class="note ${result ? 'result' : ''}">${result}</p>
      ${this.#renderList()} ${data.mayRun ? this.#dialog?.render(data.settings) : nothing}`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div aria-hidden="true">${renderSummary(undefined, '', this.#text)}</div>
      ${renderActionsSkeleton(this.#limit, this.#text)}`;
  }

  #renderList(): TemplateResult {
    const { data, error } = this.#actions.state;
    if (data) return renderActions(data, this.usedLocale, this.#text);
    if (!error) return renderActionsSkeleton(this.#limit, this.#text);
    return html`<div class="message none">${this.#renderListProblem()}</div>`;
  }

  readonly #ask = async (): Promise<void> => {
    if (this.#isUnderWay) return;
    this.told = '';
    try {
      await this.#loadDialog();
    } catch {
      this.told = this.#text('unloadable');
    }
    // Its texts come with an update, where they aren't English.
    this.requestUpdate();
    await this.updateComplete;
    this.#dialog?.open();
  };

  async #loadDialog(): Promise<void> {
    const { RunDialog } = await import('./run-dialog.ts');
    if (this.#dialog) return;
    this.#dialog = new RunDialog(this, {
      session: () => this.#cleanup.session,
      started: (run) => {
        this.#asked = run;
        this.#cleanup.retry();
      },
      failed: (why) => (this.told = why),
    });
    this.#later.push(...this.#dialog.catalogues);
  }

  get #limit(): number {
    return Math.min(200, Math.max(1, Math.trunc(this.limit) || DEFAULT_LIMIT));
  }

  get #isUnderWay(): boolean {
    const { state } = this.#cleanup.state.data?.lastRun ?? {};
    return state === 'queued' || state === 'running';
  }

  /** The outcome of the run started here. */
  #result({ lastRun }: CleanupStatus): string | TemplateResult {
    if (!lastRun || lastRun.id !== this.#asked?.id) return '';
    return resultText(lastRun, this.#text);
  }

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-cleanup-monitor': CbCleanupMonitor;
  }
}
