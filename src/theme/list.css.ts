import { css } from 'lit';

/**
 * A table whose columns (`--_cb-columns`) keep their places while what is in them changes. Where
 * it is narrow an element turns its rows into little grids of their own. `--_cb-height` is a row's,
 * `--_cb-inline` the padding at its sides.
 */
export const list = css`
  table {
    display: grid;
    grid-template-columns: var(--_cb-columns);
    column-gap: 16px;
    font-variant-numeric: tabular-nums;
  }
  thead,
  tbody,
  tr {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
  }
  tr {
    align-items: center;
    min-block-size: var(--_cb-height);
    padding-inline: var(--_cb-inline);
  }
  thead tr {
    min-block-size: 34px;
    border-block: 1px solid var(--_cb-border);
    background: color-mix(in srgb, var(--_cb-sunken) 60%, var(--_cb-surface));
  }
  tbody tr + tr {
    border-block-start: 1px solid color-mix(in srgb, var(--_cb-border) 70%, transparent);
  }
  th,
  td {
    padding: 0;
    overflow: hidden;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  th {
    color: var(--_cb-quiet);
    font-size: 12px;
    font-weight: 550;
  }
  td .skeleton {
    display: inline-block;
    inline-size: 70%;
    min-inline-size: 24px;
    block-size: 10px;
    vertical-align: middle;
  }
`;
