import { render, type TemplateResult } from 'lit';

/** One row of a table. */
export interface Row {
  /** Its identity: the same key keeps the same row. */
  key: string;
  classes: string;
  cells: TemplateResult;
}

/**
 * Keeps a table's rows: each has an element of its own for as long as it is listed, so that the
 * focus, a hover and a transition stay with what they belong to while others come and go. Lit's
 * `repeat` can do far more, for a quarter of what an element may weigh.
 */
export class KeyedRows {
  #body?: HTMLTableSectionElement | null;
  readonly #elements = new Map<string, HTMLTableRowElement>();

  /** Renders `rows` into the body of a table, which this class owns from then on. */
  show(body: HTMLTableSectionElement | null, rows: readonly Row[]): void {
    const elements = this.#elements;
    if (body !== this.#body) elements.clear();
    this.#body = body;
    const keys = new Set(rows.map(({ key }) => key));
    let left: number | undefined;
    for (const [key, element] of elements) {
      if (keys.has(key)) continue;
      if (element.matches(':focus-within')) left = element.sectionRowIndex;
      // Removed rows go first, so that the others don't have to move.
      element.remove();
      elements.delete(key);
    }
    let next = body?.firstElementChild ?? null;
    for (const { key, classes, cells } of rows) {
      let element = elements.get(key);
      if (!element) elements.set(key, (element = newRow()));
      element.className = classes;
      render(cells, element);
      if (element === next) next = next.nextElementSibling;
      else body?.insertBefore(element, next);
    }
    // The focus of a row that is gone goes to the one in its place, not back to the page's begin.
    if (left !== undefined)
      body?.rows[Math.min(left, rows.length - 1)]?.querySelector('button')?.focus();
  }
}

function newRow(): HTMLTableRowElement {
  const element = document.createElement('tr');
  element.part.add('row');
  element.role = 'row';
  return element;
}
