import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** News is told no more often than this. */
const EVERY = 5_000;

/**
 * Counts news and tells of it politely: the first at once, what comes within five seconds after
 * it together. Then there is silence, so that the same words can be told again.
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

  /** How much to tell now, in a `role="status"`; 0: nothing. */
  get count(): number {
    return this.#told;
  }

  /** There is news, so much more. */
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
