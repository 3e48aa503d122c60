import { css, type CSSResult } from 'lit';

const wide = css`
  :host {
    --_cb-inline: calc(var(--_cb-space) * 4.5);
    --_cb-height: var(--_cb-row);
  }
  .table {
    display: grid;
    grid-template-columns: var(--_cb-columns);
    column-gap: 16px;
    font-variant-numeric: tabular-nums;
  }
  .table thead,
  .table tbody,
  .table tr {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
  }
  .table tr {
    box-sizing: border-box;
    position: relative;
    align-items: center;
    min-block-size: var(--_cb-height);
    padding-inline: var(--_cb-inline);
  }
  .table thead tr {
    min-block-size: 34px;
    border-block: 1px solid var(--_cb-border);
    background: color-mix(in srgb, var(--_cb-sunken) 60%, var(--_cb-surface));
  }
  .table .row + .row {
    border-block-start: 1px solid color-mix(in srgb, var(--_cb-border) 70%, transparent);
  }
  .table th,
  .table td {
    min-inline-size: 0;
    padding: 0;
    overflow: hidden;
    /* In pixels: names in a smaller font have lines of the same height. */
    line-height: 20px;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .table .end {
    text-align: end;
  }
  .table th {
    color: var(--_cb-quiet);
    font-size: 12px;
    font-weight: 550;
  }
  .table .mono {
    font-family: var(--_cb-mono);
    font-size: 12.5px;
  }
  .table .skeleton {
    display: inline-block;
    inline-size: 70%;
    min-inline-size: 24px;
    block-size: 10px;
    vertical-align: middle;
  }
  .sort {
    min-block-size: 24px;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .sort:hover {
    color: var(--_cb-text);
  }
  .sort:focus-visible {
    outline-offset: -2px;
  }
  .sort span {
    padding-inline-start: 4px;
  }
  /* A name gives up its middle: its first part is shortened, its end stays. */
  .name {
    display: inline-flex;
    max-inline-size: 100%;
    vertical-align: top;
  }
  .name > span {
    min-inline-size: 0;
    overflow: hidden;
    text-align: start;
    text-overflow: ellipsis;
    white-space: pre;
  }
  .name > .head {
    flex: 0 1 auto;
  }
  .name > .tail {
    flex: none;
    max-inline-size: calc(100% - 2ch);
  }
  .name:focus-visible {
    outline-offset: -2px;
  }
  .whole {
    inset: auto;
    box-sizing: border-box;
    max-inline-size: calc(100vw - 16px);
    margin: 0;
    padding: 4px 8px;
    border: 1px solid var(--_cb-border);
    border-radius: var(--_cb-radius-small);
    background: var(--_cb-surface);
    box-shadow: 0 4px 16px light-dark(rgb(20 26 40 / 14%), rgb(0 0 0 / 50%));
    color: var(--_cb-text);
    font: 12.5px/1.4 var(--_cb-font);
    overflow-wrap: anywhere;
  }
  /* Whole rows open: the chevron lies at their end, in the padding. */
  .opens tr {
    padding-inline-end: calc(var(--_cb-inline) + 18px);
  }
  .opens tbody .row {
    cursor: pointer;
  }
  .opens tbody .row:hover {
    background: color-mix(in srgb, var(--_cb-sunken) 60%, var(--_cb-surface));
  }
  .row[aria-current='true'],
  .opens tbody .row[aria-current='true']:hover {
    background: var(--_cb-accent-fill);
  }
  .row[aria-current='true'] > :first-child::before {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    border-inline-start: 3px solid var(--_cb-accent);
    content: '';
  }
  .open {
    position: absolute;
    inset-block: 0;
    inset-inline-end: calc(var(--_cb-inline) - 10px);
    display: grid;
    place-items: center;
    inline-size: 28px;
    min-block-size: 24px;
    padding: 0;
    border: 0;
    border-radius: var(--_cb-radius-small);
    background: none;
    color: var(--_cb-quiet);
    cursor: pointer;
  }
  .row:hover .open {
    color: var(--_cb-accent);
  }
  .open:focus-visible {
    outline-offset: -4px;
  }
  .open path,
  .pager path {
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.5;
  }
  .open:dir(rtl) svg,
  .pager:dir(rtl) svg {
    transform: scaleX(-1);
  }
  /* What comes after the first rows slides in. */
  .settled .row {
    transition:
      opacity 150ms ease-out,
      translate 150ms ease-out;
    @starting-style {
      opacity: 0;
      translate: 0 -6px;
    }
  }
  .long > .rows {
    align-content: start;
    max-block-size: var(--cb-table-max-block-size, 60vh);
    overflow: hidden auto;
    overflow-anchor: none;
  }
  .long > .rows .row {
    transition: none;
  }
  .long > .rows:focus-visible {
    outline-offset: -2px;
  }
  .table .room {
    min-block-size: 0;
    padding: 0;
  }
  .pager {
    display: flex;
    gap: 8px;
    justify-content: end;
  }
  .pager .button {
    display: grid;
    place-items: center;
    padding: 5px 8px;
  }
`;

const narrow = css`
  .table,
  .table tbody {
    display: block;
  }
  .table thead:not(.sortable) {
    position: absolute;
    clip-path: inset(50%);
  }
  /* Of the headings only those that sort stay. */
  .table thead.sortable tr {
    display: flex;
    gap: 0 16px;
    overflow: auto;
  }
  .table th:not(:has(.sort)) {
    position: absolute;
    clip-path: inset(50%);
  }
  .table tbody .row {
    display: flex;
    flex-wrap: wrap;
    column-gap: 8px;
    align-content: center;
    min-block-size: max(var(--_cb-height), 60px);
  }
  :host(:state(compact)) .table tbody .row {
    min-block-size: max(var(--_cb-height), 52px);
  }
  /* Ends the first line. */
  .table .row::before {
    flex: none;
    order: 2;
    inline-size: 100%;
    content: '';
  }
  .table td {
    flex: none;
    line-height: 22px;
  }
  .table .flexible {
    flex: 1 1 0;
    min-inline-size: 0;
  }
  .table td.end {
    margin-inline-start: auto;
  }
  .line-1 {
    order: 1;
  }
  .line-2 {
    order: 3;
    color: var(--_cb-quiet);
    font-size: 12.5px;
  }
  .table td.line-3 {
    display: none;
  }
`;

/**
 * The styles of a table. `--_cb-height` is a row's height, `--_cb-inline` the padding at its sides.
 *
 * @param px the width of the element below which a row has two lines
 */
export const table = (px: number): CSSResult => css`
  ${wide} @container (inline-size < ${px}px) {
    ${narrow}
  }
`;
