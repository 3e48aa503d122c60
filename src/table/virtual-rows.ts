/** Loaded with the first long list. */
import { VirtualizerController } from '@tanstack/lit-virtual';
import { html, type ReactiveController, type TemplateResult } from 'lit';
import { stableRepeat } from './stable-repeat.ts';
import type { CbBaseElement } from '../element/base-element.ts';

/** What a row is usually high; those that are rendered are measured. */
const ROW_HEIGHT = 38;
/** Rows that are rendered beyond the visible ones, so that Tab reaches the next one. */
const OVERSCAN = 8;

/** A rendered row, or the room of rows that aren't rendered. */
interface Part {
  key: string;
  /** The row's index in the list; undefined for room. */
  index?: number;
  height?: number;
}

/** Renders those rows of a long list that are visible, in a body of its own height that scrolls. */
export class VirtualRows implements ReactiveController {
  readonly #host: CbBaseElement;
  readonly #controller: VirtualizerController<Element, Element>;

  constructor(host: CbBaseElement) {
    this.#host = host;
    this.#controller = new VirtualizerController(host, {
      count: 0,
      getScrollElement: () => host.renderRoot.querySelector('.long > .rows'),
      estimateSize: () => ROW_HEIGHT,
      overscan: OVERSCAN,
      indexAttribute: 'data-index',
      rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
        const first = Math.max(0, startIndex - overscan);
        const last = Math.min(count - 1, endIndex + overscan);
        const indexes = Array.from({ length: last - first + 1 }, (_, n) => first + n);
        // The focused row stays, or the focus would go back to the start of the page.
        const focused = this.#focusedIndex;
        if (focused === undefined || focused >= count) return indexes;
        return [...new Set([...indexes, focused])].sort((a, b) => a - b);
      },
    });
    host.addController(this);
  }

  hostUpdated(): void {
    const virtualizer = this.#controller.getVirtualizer();
    for (const row of this.#host.renderRoot.querySelectorAll<HTMLElement>('.long .row')) {
      row.dataset.index = String(Number(row.ariaRowIndex ?? row.getAttribute('aria-rowindex')) - 2);
      virtualizer.measureElement(row);
    }
  }

  /** The rows, and room for those between them. */
  render<T>(
    items: readonly T[],
    keyOf: (item: T) => string,
    renderRow: (item: T, index: number) => TemplateResult,
  ): unknown {
    const virtualizer = this.#controller.getVirtualizer();
    const getItemKey = (index: number): string => {
      const item = items[index];
      return item === undefined ? String(index) : keyOf(item);
    };
    virtualizer.setOptions({ ...virtualizer.options, count: items.length, getItemKey });
    const parts: Part[] = [];
    let end = 0;
    for (const { index, start, end: itsEnd } of virtualizer.getVirtualItems()) {
      if (start > end) parts.push({ key: `before ${index}`, height: start - end });
      parts.push({ key: getItemKey(index), index });
      end = itsEnd;
    }
    const rest = virtualizer.getTotalSize() - end;
    if (rest > 0) parts.push({ key: 'rest', height: rest });
    return stableRepeat(
      parts,
      ({ key }) => key,
      ({ index = -1, height }) => {
        const item = items[index];
        return item === undefined ? renderRoom(height ?? 0) : renderRow(item, index);
      },
    );
  }

  get #focusedIndex(): number | undefined {
    const focused = this.#host.shadowRoot?.activeElement?.closest<HTMLElement>('.row');
    return focused?.dataset.index === undefined ? undefined : Number(focused.dataset.index);
  }
}

const renderRoom = (height: number): TemplateResult =>
  html`<tr class="room" role="presentation" .style=${`block-size: ${height}px`}></tr>`;
