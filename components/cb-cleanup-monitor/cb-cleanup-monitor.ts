import { html, nothing, type TemplateResult } from 'lit';
import type {
  CleanupAction,
  CleanupActionsQuery,
  CleanupRun,
  CleanupStatus,
} from '@cloudbrain/sdk';
import { CleanupResource } from '@cloudbrain/sdk/core';
import { property, state } from '../../src/decorators.ts';
import { CbElement, type AnyQuery } from '../../src/element.ts';
import { CbErrorEvent } from '../../src/events.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { QueryController } from '../../src/query-controller.ts';
import { describeError } from '../../src/problem.ts';
import { cleanupActions, cleanupStatus } from '../../src/session/cleanup.ts';
import { sessionOf } from '../../src/session/shared.ts';
import type { Status } from '../../src/status.ts';
import { messages } from './cb-cleanup-monitor.messages.ts';
import { styles } from './cb-cleanup-monitor.styles.ts';
import { renderActions, renderSummary, resultText, type Translate } from './parts.ts';

const DEFAULT_LIMIT = 10;

/**
 * @summary Settings, last run and recent actions of the cleanup worker; admins can run it now.
 *
 * @slot loading - Instead of the skeleton.
 * @slot error - Instead of the words for a failure or a refusal.
 *
 * @csspart base - The card.
 * @csspart header - Heading, freshness and the button.
 * @csspart heading - The heading.
 * @csspart freshness - The live dot, or the age of what is shown.
 * @csspart run - The button that asks for a run.
 * @csspart summary - Settings and last run.
 * @csspart table - The recent actions.
 * @csspart row - One action.
 * @csspart dialog - The question before a run.
 *
 * @cssproperty [--cb-cleanup-monitor-padding-inline=18px] - Padding at the sides.
 *
 * @cssstate loading - Nothing is known yet.
 * @cssstate fresh - What is shown is up to date.
 * @cssstate stale - What is shown is old; its age is shown.
 * @cssstate partial - The actions can't be had; settings and last run are shown.
 * @cssstate forbidden - The token may not see cleanup.
 * @cssstate error - Nothing could be had.
 * @cssstate live - Changes are pushed as they happen.
 *
 * @event cb-error - A question to the server, or a run, failed.
 */
export class CbCleanupMonitor extends CbElement {
  static override styles = [CbElement.styles, styles];
  static override readonly messages = messages;

  readonly #cleanup = new QueryController<Record<never, never>, CleanupStatus>(this, {
    define: () => cleanupStatus,
    params: () => ({}),
  });
  readonly #actions = new QueryController<CleanupActionsQuery, readonly CleanupAction[]>(this, {
    define: () => cleanupActions,
    params: () => ({ limit: Math.min(200, Math.max(1, Math.trunc(this.limit) || DEFAULT_LIMIT)) }),
  });

  /** How many actions at most. */
  @property({ type: Number, reflect: true }) limit = DEFAULT_LIMIT;

  @state() private busy = false;
  @state() private problem = '';

  /** The run that was asked for here: its result is told once it has ended. */
  #asked?: CleanupRun | undefined;

  protected override get query(): AnyQuery {
    return this.#cleanup;
  }

  protected override get defaultHeading(): string {
    return this.#text('heading');
  }

  protected override assess(): Status {
    return this.#actions.state.error ? 'partial' : 'fresh';
  }

  protected override renderActions(): TemplateResult | typeof nothing {
    const { data } = this.#cleanup.state;
    if (!data?.mayRun || this.status === 'forbidden') return nothing;
    const { state } = data.lastRun ?? {};
    const underWay = state === 'queued' || state === 'running';
    return html`<button
      part="run"
      class="button main"
      type="button"
      aria-haspopup="dialog"
      ?disabled=${underWay}
      @click=${this.#ask}
    >
      ${this.#text('run')}
    </button>`;
  }

  protected override renderContent(): TemplateResult {
    const { data } = this.#cleanup.state;
    if (!data) return this.renderSkeleton();
    const { usedLocale: locale } = this;
    const t = this.#text;
    return html`${renderSummary(data, locale, t)}
      <p role="status" class="note ${this.#result(data) ? 'result' : ''}">${this.#result(data)}</p>
      ${this.#renderList()} ${data.mayRun ? this.#renderDialog(data) : nothing}`;
  }

  protected override renderSkeleton(): TemplateResult {
    return html`<div class="skeletons">
      ${Array.from({ length: 6 }, () => html`<div class="skeleton"></div>`)}
    </div>`;
  }

  #renderList(): TemplateResult | typeof nothing {
    const { data, error } = this.#actions.state;
    if (data) return renderActions(data, this.usedLocale, this.#text);
    if (!error) return nothing;
    return html`<p class="note none problem">${this.baseText(describeError(error).message)}</p>`;
  }

  #renderDialog({ settings }: CleanupStatus): TemplateResult {
    const t = this.#text;
    const onlyDry = settings.dryRun || !settings.enabled;
    return html`<dialog part="dialog" aria-labelledby="question">
      <form method="dialog" @submit=${this.#run}>
        <h4 id="question">${t('question')}</h4>
        <p>${t(onlyDry ? 'onlyDry' : 'consequence')}</p>
        <fieldset>
          <label><input type="radio" name="mode" value="dry" checked />${t('optionDry')}</label>
          <label
            ><input type="radio" name="mode" value="real" ?disabled=${onlyDry} />${t(
              'optionReal',
            )}</label
          >
        </fieldset>
        ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
        <div class="buttons">
          <button class="button" type="button" @click=${this.#cancel}>${t('cancel')}</button>
          <button class="button main" type="submit" ?disabled=${this.busy}>${t('confirm')}</button>
        </div>
      </form>
    </dialog>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  readonly #ask = (): void => {
    this.problem = '';
    this.#dialog?.querySelector('form')?.reset();
    this.#dialog?.showModal();
  };

  readonly #cancel = (): void => this.#dialog?.close();

  readonly #run = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { connection } = this;
    if (this.busy || !connection || connection === 'pending') return;
    const dryRun = new FormData(event.target as HTMLFormElement).get('mode') !== 'real';
    this.busy = true;
    this.problem = '';
    try {
      this.#asked = await new CleanupResource(sessionOf(connection).core).run({ dryRun });
      this.#dialog?.close();
      this.#cleanup.retry();
    } catch (error) {
      const { message, detail } = describeError(error);
      this.problem = detail ?? this.baseText(message);
      this.dispatchEvent(new CbErrorEvent(error));
    } finally {
      this.busy = false;
    }
  };

  /** What became of the run that was asked for here. */
  #result({ lastRun }: CleanupStatus): string {
    if (!lastRun || lastRun.id !== this.#asked?.id) return '';
    return resultText(lastRun, this.usedLocale, this.#text);
  }

  readonly #text: Translate = (key, values) => translate(messages, this.usedLocale, key, values);
}

declare global {
  interface HTMLElementTagNameMap {
    'cb-cleanup-monitor': CbCleanupMonitor;
  }
}
