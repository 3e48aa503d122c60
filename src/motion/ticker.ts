import type { ReactiveController, ReactiveControllerHost } from 'lit';

const ticking = new Set<TickController>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (document.hidden) return;
  for (const controller of ticking) controller.tick();
}

/**
 * Renders its host once a second while `wanted()` returns true: for ages, countdowns and elapsed
 * times. One timer for the whole page; none while it is unused, and no work while the page is
 * hidden.
 */
export class TickController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #wanted: () => unknown;

  constructor(host: ReactiveControllerHost, wanted: () => unknown) {
    this.#host = host;
    this.#wanted = wanted;
    host.addController(this);
  }

  /** Called by the shared timer. */
  tick(): void {
    this.#host.requestUpdate();
  }

  hostUpdated(): void {
    if (this.#wanted()) {
      ticking.add(this);
      timer ??= setInterval(tick, 1000);
    } else this.hostDisconnected();
  }

  hostDisconnected(): void {
    ticking.delete(this);
    if (ticking.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }
}
