import type { ReactiveController, ReactiveControllerHost } from 'lit';

const DURATION = 200;

/** Animates a changed number to its new value over 200 ms, unless reduced motion is preferred. */
export class CountUpController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #of = '';
  #from = NaN;
  #to = NaN;
  #startedAt = 0;
  #frame = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /**
   * The number to show now, on the way to `target`. The first one, and NaN, are shown at once.
   *
   * @param of the figure's identity: there is no animation from one figure to another
   */
  show(target: number, of: string): number {
    const now = performance.now();
    if (of !== this.#of) this.#to = NaN;
    this.#of = of;
    if (target !== this.#to) {
      const still = isNaN(this.#to) || matchMedia('(prefers-reduced-motion: reduce)').matches;
      this.#from = still ? target : this.#at(now);
      this.#to = target;
      this.#startedAt = now;
    }
    const shown = this.#at(now);
    if (!Object.is(shown, target)) {
      cancelAnimationFrame(this.#frame);
      this.#frame = requestAnimationFrame(() => this.#host.requestUpdate());
    }
    return shown;
  }

  hostDisconnected(): void {
    cancelAnimationFrame(this.#frame);
  }

  #at(time: number): number {
    const left = 1 - (time - this.#startedAt) / DURATION;
    if (left <= 0) return this.#to;
    const between = this.#to - (this.#to - this.#from) * left ** 3;
    // A count has no decimals on its way either.
    return Number.isInteger(this.#to) ? Math.round(between) : between;
  }
}
