import { html, type TemplateResult } from 'lit';
import { ActionController, type ActionOptions } from '../element/action.ts';
import type { CbBaseElement } from '../element/base-element.ts';
import { translate, type Catalogue } from '../i18n/catalogue.ts';
import { DialogController } from './dialog.ts';
import { renderProblem, renderRadios, type RadioOption } from './form.ts';
import { dialogMessages } from './messages.ts';

/** What a dialog asks, in the reader's language. */
export interface Question {
  heading: string;
  /** What happens, where there is nothing to choose. */
  explanation?: string;
  /** The ways to do it; the first one that is possible is chosen at first. */
  options?: readonly RadioOption[];
  /** The name of the button that does it, by the chosen option. */
  confirm: string;
  /** Whether the chosen option can't be undone. */
  isDangerous?: boolean;
}

/** A question before an action. */
export interface ConfirmOptions<R> extends ActionOptions<string, R> {
  /** @param choice the value of the chosen option, `''` without options */
  ask(this: void, choice: string): Question;
  /** It failed after the dialog was closed. */
  failed?(this: void, problem: string): void;
}

/**
 * Asks before an action, runs it with the chosen option, and closes when it is done; where it fails,
 * the dialog says why and the reader can try again.
 */
export class ConfirmDialog<R> {
  /** The texts that the element has to load. */
  readonly catalogues: readonly Catalogue[];

  readonly #host: CbBaseElement;
  readonly #options: ConfirmOptions<R>;
  readonly #dialog: DialogController;
  readonly #action: ActionController<string, R>;
  #choice = '';

  constructor(host: CbBaseElement, options: ConfirmOptions<R>) {
    this.#host = host;
    this.#options = options;
    this.#dialog = new DialogController(host);
    this.#action = new ActionController<string, R>(host, {
      run: options.run,
      done: (result) => {
        this.#dialog.close();
        options.done?.(result);
      },
    });
    this.catalogues = [dialogMessages, ...this.#action.catalogues];
  }

  /** Opens it once it is rendered, with the first option chosen. */
  open(): void {
    if (this.#dialog.isOpen) return;
    this.#choice = this.#first;
    this.#action.reset();
    this.#dialog.open();
  }

  render(): TemplateResult {
    const question = this.#options.ask(this.#choice || this.#first);
    const { heading, explanation, options, confirm, isDangerous } = question;
    return this.#dialog.render({
      heading,
      body: html`${explanation && html`<p class="explanation">${explanation}</p>`}
      ${options && renderRadios('choice', heading, options)} ${renderProblem(this.#action.problem)}`,
      buttons: html`<button class="button" type="button" @click=${this.#dialog.close}>
          ${translate(dialogMessages, this.#host.usedLocale, 'cancel')}
        </button>
        <button
          class="button main ${isDangerous ? 'dangerous' : ''}"
          type="submit"
          aria-disabled=${this.#action.isPending}
        >
          ${confirm}
        </button>`,
      submit: () => void this.#submit(),
      change: ({ target }) => {
        this.#choice = (target as HTMLInputElement).value;
        this.#host.requestUpdate();
      },
    });
  }

  get #first(): string {
    return this.#options.ask('').options?.find(({ isDisabled }) => !isDisabled)?.value ?? '';
  }

  async #submit(): Promise<void> {
    await this.#action.run(this.#choice);
    if (this.#action.problem && !this.#dialog.isOpen) this.#options.failed?.(this.#action.problem);
  }
}
