import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * A value whose readers hear of its changes.
 *
 * A page with one live card has 20 KB in all. `@lit-labs/signals` stands on a polyfill of the
 * coming standard, a graph of derived values that would take 2.4 of them; here a reader reads two
 * or three plain values. Names and meaning are the same, so that the standard can take over.
 */
export interface Signal<T> {
  get(): T;
  set(value: T): void;
}

type Watchers = Set<() => void>;

/** Whose signals are being read now. */
let reading: Set<Watchers> | undefined;

/** A signal. To set what it is already tells nobody. */
export function signal<T>(value: T): Signal<T> {
  const watchers: Watchers = new Set();
  return {
    get() {
      reading?.add(watchers);
      return value;
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const tell of [...watchers]) tell();
    },
  };
}

/** Renders its host when what `read` reads from signals changes, while the host is connected. */
export class SignalController<T> implements ReactiveController {
  readonly #sources = new Set<Watchers>();
  readonly #read: () => T;
  readonly #tell: () => void;

  constructor(host: ReactiveControllerHost, read: () => T) {
    this.#read = read;
    this.#tell = () => host.requestUpdate();
    host.addController(this);
  }

  /** What `read` returns now. */
  get value(): T {
    const outer = reading;
    reading = this.#sources;
    try {
      return this.#read();
    } finally {
      reading = outer;
    }
  }

  hostConnected(): void {
    void this.value;
    this.hostUpdated();
  }

  /** Which signals there are to read may depend on what others say. */
  hostUpdated(): void {
    for (const watchers of this.#sources) watchers.add(this.#tell);
  }

  hostDisconnected(): void {
    for (const watchers of this.#sources) watchers.delete(this.#tell);
    this.#sources.clear();
  }
}
