import { Signal, computed } from '@lit-labs/signals';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * Renders its host when the signals that `read` reads have changed, while the host is in the page.
 * `SignalWatcher` of @lit-labs/signals keeps removed elements alive (lit/lit#5364): here a removed
 * element watches nothing.
 */
export class SignalController<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #value: Signal.Computed<T>;
  #watcher?: Signal.subtle.Watcher | undefined;

  constructor(host: ReactiveControllerHost, read: () => T) {
    this.#host = host;
    this.#value = computed(read);
    host.addController(this);
  }

  /** What `read` returns now. */
  get value(): T {
    return this.#value.get();
  }

  hostConnected(): void {
    const watcher = new Signal.subtle.Watcher(() => {
      // Signals can't be read here: what they are by the next update is what counts.
      queueMicrotask(() => {
        if (this.#watcher !== watcher) return;
        // Read, so that it depends on what it reads now.
        this.#value.get();
        watcher.watch();
        this.#host.requestUpdate();
      });
    });
    this.#watcher = watcher;
    watcher.watch(this.#value);
    this.#value.get();
  }

  hostDisconnected(): void {
    this.#watcher?.unwatch(this.#value);
    this.#watcher = undefined;
  }
}
