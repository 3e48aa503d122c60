import type { ReactiveController, ReactiveControllerHost } from 'lit';

const DURATION = 200;

/** Lets a changed number count to its new value over 200 ms; none where less motion is wanted. */
export class CountUpController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #from = NaN;
  #to = NaN;
  #startedAt = 0;
  #frame = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** The number to show now, on the way to `target`. The first one comes at once. */
  show(target: number): number {
    if (target !== this.#to) {
      const still =
        Number.isNaN(this.#to) || matchMedia('(prefers-reduced-motion: reduce)').matches;
      this.#from = still ? target : this.#current();
      this.#to = target;
      this.#startedAt = performance.now();
    }
    const now = this.#current();
    if (now !== target && !this.#frame)
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#host.requestUpdate();
      });
    return now;
  }

  hostDisconnected(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#from = this.#to;
  }

  #current(): number {
    const passed = Math.min(1, (performance.now() - this.#startedAt) / DURATION);
    if (passed === 1 || this.#from === this.#to) return this.#to;
    const eased = 1 - (1 - passed) ** 3;
    return this.#from + (this.#to - this.#from) * eased;
  }
}
