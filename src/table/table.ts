import { html, nothing, svg, type ReactiveController, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { SignalController } from '../data/signal-controller.ts';
import type { CbBaseElement } from '../element/base-element.ts';
import { CbSelectEvent } from '../element/events.ts';
import { translate } from '../i18n/catalogue.ts';
import type { SelectionKind } from '../settings/selection.ts';
import { renderCell } from './cells.ts';
import { alignOf, nextSorting, sortItems, tracksOf, type Column, type Sorting } from './columns.ts';
import { tableMessages, type TranslateTable } from './messages.ts';
import { RowFocus } from './row-focus.ts';
import { stableRepeat } from './stable-repeat.ts';
import type { VirtualRows } from './virtual-rows.ts';
import { WholeNames } from './whole-names.ts';

/** Longer lists only render the rows that are visible. */
const MANY = 200;
/** How many rows a long list renders until it can do so. */
const FIRST = 60;

/** What an element's table shows. */
export interface TableOptions<T> {
  columns(this: void): readonly Column<T>[];
  /** The identity of an item. */
  key(this: void, item: T): string;
  /** The accessible name of the table. */
  label(this: void): string;
  /** Classes of an item's row. */
  classOf?(this: void, item: T): string;
  /** For rows that open. */
  opens?: {
    /** The kind of selection that an opened row sets in the provider. */
    kind?: SelectionKind;
    /** What the row's button shows, such as `execution exec-3fa9c1`. */
    name(this: void, item: T): string;
  };
  /** Sorts on the server; without it the table sorts the items that it has. */
  sorted?(this: void, sorting: Sorting): void;
}

/**
 * A table of an element: columns in, table out. Rows keep their elements while they are listed, can be
 * sorted and opened, and are two lines each in a narrow container. Styles: `src/theme/table.css.ts`.
 */
export class TableController<T> implements ReactiveController {
  /** The texts that the element has to load. */
  readonly catalogues = [tableMessages];

  /** The column that it is sorted by. */
  sorting?: Sorting | undefined;

  readonly #host: CbBaseElement;
  readonly #options: TableOptions<T>;
  readonly #names: WholeNames;
  #selected?: string | undefined;
  #virtual?: VirtualRows | undefined;
  #isLoading = false;
  /** Whether a long list is rendered whole, as what renders a part of it can't be loaded. */
  #isWhole = false;

  constructor(host: CbBaseElement, options: TableOptions<T>) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
    this.#names = new WholeNames(host);
    new RowFocus(host);
    new SignalController(host, () => this.selected);
  }

  hostDisconnected(): void {
    this.#selected = undefined;
  }

  /** The key of the opened row: the provider's selection, or the element's own without one. */
  get selected(): string | undefined {
    const { provider } = this.#host;
    const { kind } = this.#options.opens ?? {};
    return provider && kind ? provider.selection.get(kind) : this.#selected;
  }

  /** Opens an item, as a press of its row does. */
  open(item: T): void {
    const { opens, key } = this.#options;
    if (!opens) return;
    this.#selected = key(item);
    if (opens.kind) this.#host.provider?.selection.set(opens.kind, this.#selected);
    this.#host.dispatchEvent(new CbSelectEvent(item));
    this.#host.requestUpdate();
  }

  /**
   * The table.
   *
   * @param isSettled whether further rows slide in
   */
  render(items: readonly T[], { isSettled = false } = {}): TemplateResult {
    const { columns, label } = this.#options;
    const all = columns();
    const rows = this.#options.sorted
      ? items
      : sortItems(items, all, this.sorting, this.#host.usedLocale);
    const isLong = rows.length > MANY && !this.#isWhole;
    if (isLong) void this.#loadVirtual();
    const classes = { table: true, long: isLong, settled: isSettled };
    const { show, hide, hideOnEscape } = this.#names;
    return html`<table
        part="table"
        role="table"
        class=${classMap({ ...classes, opens: this.#options.opens !== undefined })}
        aria-label=${label()}
        aria-rowcount=${isLong ? rows.length + 1 : nothing}
        .style=${`--_cb-columns: ${tracksOf(all, isLong)}`}
        @focusin=${show}
        @focusout=${hide}
        @keydown=${hideOnEscape}
      >
        ${this.#renderHead(all)}
        <tbody
          role="rowgroup"
          class="rows"
          tabindex=${isLong && !this.#options.opens ? 0 : nothing}
        >
          ${isLong ? this.#renderLong(rows, all) : this.#renderRows(rows, all)}
        </tbody>
      </table>
      ${this.#names.render()}`;
  }

  /** The table's shape, with as many rows. */
  renderSkeleton(count: number): TemplateResult {
    const columns = this.#options.columns();
    const row = html`<tr class="row">
      ${columns.map((it) => html`<td class=${classesOf(it)}><span class="skeleton"></span></td>`)}
    </tr>`;
    return html`<table
      aria-hidden="true"
      class="table ${this.#options.opens ? 'opens' : ''}"
      .style=${`--_cb-columns: ${tracksOf(columns)}`}
    >
      ${this.#renderHead(columns, true)}
      <tbody>
        ${Array.from({ length: count }, () => row)}
      </tbody>
    </table>`;
  }

  #renderHead(columns: readonly Column<T>[], isInert = false): TemplateResult {
    const isSortable = columns.some(({ sort }) => sort);
    return html`<thead role="rowgroup" class=${isSortable ? 'sortable' : ''}>
      <tr role="row">
        ${columns.map((column) => this.#renderHeading(column, isInert))}
      </tr>
    </thead>`;
  }

  #renderHeading(column: Column<T>, isInert: boolean): TemplateResult {
    const { key, label, sort } = column;
    const direction = this.sorting?.key === key ? this.sorting.direction : undefined;
    const arrow = direction && html`<span aria-hidden="true">${ARROWS[direction]}</span>`;
    return html`<th
      role="columnheader"
      class=${classesOf(column)}
      aria-sort=${sort && !isInert ? (direction ?? 'none') : nothing}
    >
      ${
        sort
          ? html`<button
              class="sort"
              type="button"
              ?disabled=${isInert}
              @click=${() => this.#sortBy(column)}
            >
              ${label}${arrow}
            </button>`
          : label
      }
    </th>`;
  }

  #sortBy(column: Column<T>): void {
    this.sorting = nextSorting(column, this.sorting);
    this.#options.sorted?.(this.sorting);
    this.#host.requestUpdate();
  }

  #renderRows(items: readonly T[], columns: readonly Column<T>[]): unknown {
    return stableRepeat(items, this.#options.key, (item) => this.#renderRow(item, columns));
  }

  #renderLong(items: readonly T[], columns: readonly Column<T>[]): unknown {
    if (!this.#virtual) return this.#renderRows(items.slice(0, FIRST), columns);
    return this.#virtual.render(items, this.#options.key, (item, index) =>
      this.#renderRow(item, columns, index),
    );
  }

  #renderRow(item: T, columns: readonly Column<T>[], at?: number): TemplateResult {
    const { opens, key, classOf } = this.#options;
    const { usedLocale, settings } = this.#host;
    const reader = { locale: usedLocale, timeZone: settings.timezone };
    const last = columns.length - 1;
    return html`<tr
      part="row"
      role="row"
      class="row ${classOf?.(item) ?? ''}"
      aria-current=${opens && key(item) === this.selected ? 'true' : nothing}
      aria-rowindex=${at === undefined ? nothing : at + 2}
      @click=${opens ? (event: MouseEvent) => this.#press(event, item) : nothing}
    >
      ${columns.map(
        (column, index) =>
          html`<td role="cell" class=${classesOf(column)}>
            ${renderCell(column, item, reader)}${
              opens && index === last ? this.#renderOpen(opens.name(item)) : nothing
            }
          </td>`,
      )}
    </tr>`;
  }

  #renderOpen(name: string): TemplateResult {
    return html`<button
      part="open"
      class="open"
      type="button"
      aria-label=${this.#text('open', { name })}
    >
      ${CHEVRON}
    </button>`;
  }

  /** A press anywhere in a row, or of its button; other controls in a row, and marked text, are left. */
  #press(event: MouseEvent, item: T): void {
    const row = event.currentTarget as Element;
    const control = (event.target as Element).closest('button, a, input, select, label');
    if (control && row.contains(control) && !control.matches('.open')) return;
    if (!control && event.detail > 0 && getSelection()?.type === 'Range') return;
    this.open(item);
  }

  async #loadVirtual(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const { VirtualRows } = await import('./virtual-rows.ts');
      this.#virtual = new VirtualRows(this.#host);
    } catch {
      this.#isWhole = true;
    }
    this.#host.requestUpdate();
  }

  readonly #text: TranslateTable = (key, values) =>
    translate(tableMessages, this.#host.usedLocale, key, values);
}

const ARROWS = { ascending: '↑', descending: '↓' } as const;

const CHEVRON = svg`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
  <path d="M6 3.5 10.5 8 6 12.5" />
</svg>`;

const classesOf = (column: Column<never>): string =>
  `c-${column.key} line-${column.priority ?? 1} ${alignOf(column)} ${column.format === 'name' ? 'flexible' : ''}`;
