import { html, type ReactiveController, type TemplateResult } from 'lit';
import type { CbBaseElement } from '../element/base-element.ts';

/** Pixels between a name and the box with the whole of it, and between the box and the page's edge. */
const GAP = 4;
const EDGE = 8;

/**
 * Makes cut names readable without a mouse: those that don't fit can take the focus, by keyboard or by
 * touch, and then the whole name is shown above the page. Escape hides it.
 */
export class WholeNames implements ReactiveController {
  readonly #host: CbBaseElement;
  #observer?: ResizeObserver | undefined;

  constructor(host: CbBaseElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer = new ResizeObserver(() => this.#markCut());
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
  }

  hostUpdated(): void {
    this.#markCut();
  }

  /** The box for the whole name; the names around it are those of the element. */
  render(): TemplateResult {
    return html`<div class="whole" popover="manual" aria-hidden="true"></div>`;
  }

  /** Listeners for what contains the names. */
  readonly show = ({ target }: Event): void => {
    const name = (target as Element).closest<HTMLElement>('.name[tabindex]');
    const box = this.#box;
    if (!box || !name) return;
    box.textContent = name.textContent;
    box.showPopover();
    const { left, bottom, top } = name.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = box;
    const { clientWidth, clientHeight } = document.documentElement;
    const x = Math.max(EDGE, Math.min(left, clientWidth - offsetWidth - EDGE));
    const below = bottom + GAP;
    const fits = below + offsetHeight + EDGE <= clientHeight;
    const y = fits ? below : Math.max(EDGE, top - GAP - offsetHeight);
    Object.assign(box.style, { left: `${x}px`, top: `${y}px` });
  };

  readonly hide = (): void => this.#box?.hidePopover();

  readonly hideOnEscape = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape') this.hide();
  };

  get #box(): HTMLElement | null {
    return this.#host.renderRoot.querySelector<HTMLElement>('.whole');
  }

  #markCut(): void {
    const names = [...this.#host.renderRoot.querySelectorAll<HTMLElement>('.rows .name')];
    // Read all first: each write in between would lay the page out again.
    const areCut = names.map((name) =>
      [name, ...name.children].some((it) => it.scrollWidth > it.clientWidth),
    );
    names.forEach((name, index) => {
      if (areCut[index]) name.tabIndex = 0;
      else if (name !== this.#host.shadowRoot?.activeElement) name.removeAttribute('tabindex');
    });
  }
}
