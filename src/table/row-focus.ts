import type { ReactiveController } from 'lit';
import type { CbBaseElement } from '../element/base-element.ts';

/** Keeps the focus in a table whose rows come and go. */
export class RowFocus implements ReactiveController {
  readonly #host: CbBaseElement;
  #focused?: { element: HTMLElement; index: number } | undefined;

  constructor(host: CbBaseElement) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdate(): void {
    const element = this.#host.shadowRoot?.activeElement as HTMLElement | null | undefined;
    const row = element?.closest('.rows > .row');
    this.#focused = element && row ? { element, index: this.#rows.indexOf(row) } : undefined;
  }

  hostUpdated(): void {
    const { element, index = 0 } = this.#focused ?? {};
    this.#focused = undefined;
    if (!element || this.#host.shadowRoot?.activeElement === element) return;
    if (element.isConnected) {
      // A row that has moved has lost it.
      element.focus({ preventScroll: true });
      return;
    }
    // That of a row that is gone goes to the one in its place, not back to the start of the page.
    const rows = this.#rows;
    const row = rows[Math.min(index, rows.length - 1)];
    (row?.querySelector<HTMLElement>('.open') ?? row?.querySelector('button'))?.focus();
  }

  get #rows(): Element[] {
    return [...this.#host.renderRoot.querySelectorAll('.rows > .row')];
  }
}
