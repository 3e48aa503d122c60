import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Signal } from '@lit-labs/signals';

export { signal, type Signal } from '@lit-labs/signals';

/**
 * Renders its host when what `read` reads from signals changes, while the host is connected.
 * (The `SignalWatcher` mixin of @lit-labs/signals watches for good, which keeps every removed
 * element alive.)
 */
export class SignalController<T> implements ReactiveController {
  readonly #computed: Signal.Computed<T>;
  readonly #watcher: Signal.subtle.Watcher;

  constructor(host: ReactiveControllerHost, read: () => T) {
    this.#computed = new Signal.Computed(read);
    this.#watcher = new Signal.subtle.Watcher(() => host.requestUpdate());
    host.addController(this);
  }

  /** What `read` returns now. */
  get value(): T {
    return this.#computed.get();
  }

  hostConnected(): void {
    this.#watcher.watch(this.#computed);
    this.#computed.get();
  }

  /** A watcher tells once, until it is asked to watch again. */
  hostUpdated(): void {
    this.#watcher.watch();
  }

  hostDisconnected(): void {
    this.#watcher.unwatch(this.#computed);
  }
}
