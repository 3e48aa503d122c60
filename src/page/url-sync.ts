import { computed, Signal } from '@lit-labs/signals';
import type { Provider } from '../settings/provider.ts';
import type { Settings } from '../settings/scope.ts';
import type { SelectionKind } from '../settings/selection.ts';

/** The settings that a link carries. */
const SETTINGS = [
  ...(['timeframe', 'from', 'to', 'timezone', 'compare'] as const),
  ...(['domain', 'model', 'agent', 'user'] as const),
];
const KINDS: readonly SelectionKind[] = [
  'conversation',
  'error',
  'error-group',
  'execution',
  'user',
];

/** A selected user and the filter by user are two things. */
const selected = (kind: SelectionKind): string => `selected-${kind}`;

/**
 * Keeps a provider's scope and selection in the page's URL: at the start the URL counts, then every
 * change is a step in the browser's history, and Back undoes it.
 */
export class UrlSync {
  readonly #provider: Provider;
  readonly #prefix: string;
  readonly #query: Signal.Computed<string>;
  readonly #watcher: Signal.subtle.Watcher;
  #isStopped = false;

  /** @param prefix of the parameters' names, so that they don't meet the page's own */
  constructor(provider: Provider, prefix: string) {
    this.#provider = provider;
    this.#prefix = prefix;
    this.#read();
    this.#query = computed(() => JSON.stringify(this.#entries()));
    this.#watcher = new Signal.subtle.Watcher(() => queueMicrotask(this.#write));
    this.#watcher.watch(this.#query);
    this.#query.get();
    addEventListener('popstate', this.#read);
  }

  stop(): void {
    this.#isStopped = true;
    this.#watcher.unwatch(this.#query);
    removeEventListener('popstate', this.#read);
  }

  readonly #read = (): void => {
    const given = new URLSearchParams(location.search);
    const valueOf = (name: string) => given.get(this.#prefix + name) ?? undefined;
    const hasScope = SETTINGS.some((name) => valueOf(name) !== undefined);
    if (hasScope) {
      const settings: Settings = {};
      for (const name of SETTINGS) settings[name] = valueOf(name);
      this.#provider.change(settings);
    }
    for (const kind of KINDS) this.#provider.selection.set(kind, valueOf(selected(kind)));
  };

  readonly #write = (): void => {
    if (this.#isStopped) return;
    const entries = JSON.parse(this.#query.get()) as [string, string][];
    this.#watcher.watch();
    const url = new URL(location.href);
    const names = [...SETTINGS, ...KINDS.map(selected)];
    for (const name of names) url.searchParams.delete(this.#prefix + name);
    for (const [name, value] of entries) url.searchParams.set(this.#prefix + name, value);
    if (url.href !== location.href) history.pushState(history.state, '', url);
  };

  #entries(): [string, string][] {
    const settings = this.#provider.settings.get();
    const scope = SETTINGS.flatMap((name): [string, string][] =>
      settings[name] ? [[name, settings[name]]] : [],
    );
    const selection = this.#provider.selection
      .entries()
      .map(([kind, id]): [string, string] => [selected(kind), id]);
    return [...scope, ...selection];
  }
}
