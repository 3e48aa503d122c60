import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Minimum time between two announcements. */
const EVERY = 5_000;

/**
 * Counts news and announces it politely: the first at once, then everything within the next five
 * seconds together. The text is cleared in between, so that the same words can be announced again.
 */
export class Announcer implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #untold = 0;
  #told = 0;
  #timer?: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** The number to announce now, in a `role="status"`; 0 for none. */
  get count(): number {
    return this.#told;
  }

  /** Adds news. */
  add(count: number): void {
    this.#untold += count;
    if (count > 0 && this.#timer === undefined) this.#tell();
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#untold = this.#told = 0;
  }

  readonly #tell = (): void => {
    this.#told = this.#untold;
    this.#untold = 0;
    this.#timer = this.#told > 0 ? setTimeout(this.#tell, EVERY) : undefined;
    this.#host.requestUpdate();
  };
}
