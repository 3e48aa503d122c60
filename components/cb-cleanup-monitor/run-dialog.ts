import { html, type ReactiveController, type TemplateResult } from 'lit';
import type { CleanupRun, CleanupSettings } from '@cloudbrain/sdk';
import { CleanupResource } from '@cloudbrain/sdk/core';
import type { CbBaseElement } from '../../src/element/base-element.ts';
import { CbErrorEvent } from '../../src/element/events.ts';
import { baseMessages } from '../../src/i18n/base.ts';
import { translate } from '../../src/i18n/catalogue.ts';
import { english } from '../../src/i18n/english.ts';
import { describeError } from '../../src/element/problem.ts';
import type { Session } from '../../src/data/session.ts';
import { adopt } from '../../src/theme/adopt.ts';
import { messages, type RunDialogMessage } from './run-dialog.messages.ts';
import { styles } from './run-dialog.styles.ts';

/** The element that opens the dialog and gets its result. */
export interface RunDialogOptions {
  session(): Session | undefined;
  /** A run was requested. */
  started(run: CleanupRun): void;
  /** The request was rejected after the dialog was closed. */
  failed(why: string | TemplateResult): void;
}

/** The confirmation before a run. Loaded on first use. */
export class RunDialog implements ReactiveController {
  /** The element whose texts it shows. */
  readonly catalogues = [messages, baseMessages];
  readonly #host: CbBaseElement;
  readonly #options: RunDialogOptions;
  #busy = false;
  #deletes = false;
  #problem: string | TemplateResult = '';

  constructor(host: CbBaseElement, options: RunDialogOptions) {
    this.#host = host;
    this.#options = options;
    adopt(host, styles);
    host.addController(this);
  }

  /** An element that is moved would keep it open, but no longer above the page. */
  hostDisconnected(): void {
    this.#element?.close();
  }

  /** Opens it once it is rendered, with the dry run preselected. */
  open(): void {
    const dialog = this.#element;
    if (!dialog || dialog.open) return;
    this.#deletes = false;
    this.#set(this.#busy, '');
    dialog.querySelector('form')?.reset();
    dialog.showModal();
  }

  render({ dryRun, enabled }: CleanupSettings): TemplateResult {
    const t = this.#text;
    const onlyDry = dryRun || !enabled;
    return html`<dialog part="dialog" aria-labelledby="question">
      <form method="dialog" @submit=${this.#submit} @change=${this.#choose}>
        <h4 id="question">${t('question')}</h4>
        <fieldset aria-labelledby="question">
          <label><input type="radio" name="mode" value="dry" checked />${t('optionDry')}</label>
          <label>
            <input
              type="radio"
              name="mode"
              value="real"
              aria-describedby="consequence"
              ?disabled=${onlyDry}
            />${t('optionReal')}
          </label>
          <p id="consequence">${t(onlyDry ? 'onlyDry' : 'consequence')}</p>
        </fieldset>
        <p class="problem" role="alert">${this.#problem}</p>
        <div class="buttons">
          <button class="button" type="button" @click=${this.#cancel}>${t('cancel')}</button>
          <button
            class="button main ${this.#deletes ? 'deletes' : ''}"
            type="submit"
            aria-disabled=${this.#busy}
          >
            ${t(this.#deletes ? 'confirmReal' : 'confirm')}
          </button>
        </div>
      </form>
    </dialog>`;
  }

  readonly #cancel = (): void => this.#element?.close();

  readonly #choose = ({ target }: Event): void => {
    this.#deletes = (target as HTMLInputElement).value === 'real';
    this.#host.requestUpdate();
  };

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const session = this.#options.session();
    if (this.#busy || !session) return;
    const dryRun = new FormData(event.target as HTMLFormElement).get('mode') !== 'real';
    this.#set(true, '');
    try {
      const run = await new CleanupResource(session.core).run({ dryRun });
      this.#set(false, '');
      this.#element?.close();
      this.#options.started(run);
    } catch (error) {
      this.#set(false, this.#wordsOf(error));
      if (!this.#element?.open) this.#options.failed(this.#problem);
      this.#host.dispatchEvent(new CbErrorEvent(error));
    }
  };

  #wordsOf(error: unknown): string | TemplateResult {
    const { message, detail } = describeError(error);
    if (detail !== undefined) return english(detail);
    return translate(baseMessages, this.#host.usedLocale, message);
  }

  #set(busy: boolean, problem: string | TemplateResult): void {
    this.#busy = busy;
    this.#problem = problem;
    this.#host.requestUpdate();
  }

  get #element(): HTMLDialogElement | null | undefined {
    return this.#host.shadowRoot?.querySelector('dialog');
  }

  readonly #text = (key: RunDialogMessage): string =>
    translate(messages, this.#host.usedLocale, key);
}
