import { signal } from '@lit-labs/signals';

/** What can be selected in a list and opened in a detail element. */
export type SelectionKind = 'conversation' | 'error' | 'error-group' | 'execution' | 'user';

/** The selected items of a provider, one of each kind: a list sets it, a detail element shows it. */
export class Selection {
  readonly #ids = signal<ReadonlyMap<SelectionKind, string>>(new Map());

  /** The id of the selected item. Read within a `computed`, it is followed. */
  get(kind: SelectionKind): string | undefined {
    return this.#ids.get().get(kind);
  }

  /** Selects an item; `undefined` selects none. */
  set(kind: SelectionKind, id: string | undefined): void {
    if (this.get(kind) === id) return;
    const ids = new Map(this.#ids.get());
    if (id === undefined) ids.delete(kind);
    else ids.set(kind, id);
    this.#ids.set(ids);
  }

  /** All that is selected. */
  entries(): [SelectionKind, string][] {
    return [...this.#ids.get()];
  }
}
