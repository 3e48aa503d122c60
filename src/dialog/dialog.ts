import { html, type ReactiveController, type TemplateResult } from 'lit';
import type { CbBaseElement } from '../element/base-element.ts';
import { adopt } from '../theme/adopt.ts';
import { dialog } from '../theme/dialog.css.ts';

/** The content of a dialog. */
export interface DialogContent {
  heading: string;
  /** Fields and explanations. */
  body: unknown;
  /** The buttons, in their order. */
  buttons: unknown;
  submit(this: void, event: SubmitEvent): void;
  change?(this: void, event: Event): void;
}

let last = 0;

/** A modal dialog of an element: a form in the browser's own `<dialog>`, which keeps the focus in it. */
export class DialogController implements ReactiveController {
  readonly #host: CbBaseElement;
  readonly #id = `dialog-${++last}`;

  constructor(host: CbBaseElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    adopt(this.#host, dialog);
  }

  /** An element that is moved would keep it open, but no longer above the page. */
  hostDisconnected(): void {
    this.close();
  }

  get isOpen(): boolean {
    return this.#element?.open === true;
  }

  /** Opens it once it is rendered, with its form as it was at first. */
  open(): void {
    const element = this.#element;
    if (!element || element.open) return;
    element.querySelector('form')?.reset();
    element.showModal();
  }

  /** Closes it; the browser gives the focus back to what had it. */
  readonly close = (): void => this.#element?.close();

  render({ heading, body, buttons, submit, change }: DialogContent): TemplateResult {
    const headingId = `${this.#id}-heading`;
    return html`<dialog id=${this.#id} part="dialog" aria-labelledby=${headingId}>
      <form
        method="dialog"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          submit(event);
        }}
        @change=${change}
      >
        <div id=${headingId} class="title" role="heading" aria-level="2">${heading}</div>
        ${body}
        <div class="buttons">${buttons}</div>
      </form>
    </dialog>`;
  }

  get #element(): HTMLDialogElement | null | undefined {
    return this.#host.shadowRoot?.querySelector<HTMLDialogElement>(`#${this.#id}`);
  }
}
