import { css } from 'lit';

/** The figures of a chart as a table. */
export const tableTwin = css`
  .failure {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
  }
  .scroll {
    box-sizing: border-box;
    max-block-size: var(--_cb-height);
    overflow: auto;
    border: 1px solid var(--_cb-border);
    border-radius: var(--_cb-radius-small);
  }
  .scroll table {
    inline-size: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  .scroll :is(th, td) {
    padding: 5px 12px;
    text-align: end;
    white-space: nowrap;
  }
  .scroll :is(th, td):first-child {
    text-align: start;
  }
  .scroll thead th {
    position: sticky;
    inset-block-start: 0;
    background: var(--_cb-sunken);
    color: var(--_cb-quiet);
    font-size: 12px;
    font-weight: 550;
  }
  .scroll tbody th {
    font-weight: 400;
    white-space: normal;
  }
  .scroll tbody tr + tr > * {
    border-block-start: 1px solid color-mix(in srgb, var(--_cb-border) 70%, transparent);
  }
  @media print {
    .scroll {
      max-block-size: none;
      overflow: visible;
    }
  }
`;
