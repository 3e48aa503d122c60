import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-cleanup-monitor-padding-inline, calc(var(--_cb-space) * 4.5));
  }
  .summary {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(130px, 1fr));
    gap: 12px 20px;
    margin: 0;
    padding: 0 var(--_cb-inline) calc(var(--_cb-space) * 4);
  }
  dt {
    color: var(--_cb-quiet);
    font-size: 12px;
  }
  dd {
    margin: 1px 0 0;
    font-weight: 550;
    font-variant-numeric: tabular-nums;
  }
  [role='status'] {
    margin: 0;
  }
  .result {
    padding: 0 var(--_cb-inline) calc(var(--_cb-space) * 3);
  }
  .message,
  .none {
    margin: 0;
    padding-block: calc(var(--_cb-space) * 3) calc(var(--_cb-space) * 4);
    border-block-start: 1px solid var(--_cb-border);
  }
  .none {
    padding-inline: var(--_cb-inline);
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th {
    padding: 8px 0;
    padding-inline-start: var(--_cb-inline);
    border-block: 1px solid var(--_cb-border);
    background: color-mix(in srgb, var(--_cb-sunken) 60%, var(--_cb-surface));
    color: var(--_cb-quiet);
    font-size: 12px;
    font-weight: 550;
    text-align: start;
  }
  td {
    block-size: var(--_cb-row);
    padding: 0;
    padding-inline-start: var(--_cb-inline);
    white-space: nowrap;
  }
  th:last-child,
  td:last-child {
    padding-inline-end: var(--_cb-inline);
  }
  .h-size,
  .c-size {
    text-align: end;
  }
  tr + tr td {
    border-block-start: 1px solid color-mix(in srgb, var(--_cb-border) 70%, transparent);
  }
  .c-path {
    inline-size: 99%;
    min-inline-size: 80px;
    max-inline-size: 0;
    overflow: hidden;
    font: 12.5px/1.4 var(--_cb-mono);
    text-overflow: ellipsis;
  }
  .outcome.failed {
    color: var(--_cb-negative);
  }
  .skeleton {
    block-size: 12px;
  }
  .skeletons {
    display: grid;
    gap: 18px;
    padding: 0 var(--_cb-inline) var(--_cb-inline);
  }
  @container (inline-size < 640px) {
    .h-when,
    .c-when {
      display: none;
    }
  }
  @container (inline-size < 480px) {
    table,
    tbody {
      display: block;
    }
    thead {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    tbody tr {
      display: grid;
      grid-template: 'path path path' 'type reason size' / auto minmax(0, 1fr) auto;
      gap: 2px 12px;
      align-items: baseline;
      padding: 9px var(--_cb-inline);
      border-block-start: 1px solid color-mix(in srgb, var(--_cb-border) 70%, transparent);
    }
    td,
    tr + tr td,
    td:last-child {
      block-size: auto;
      inline-size: auto;
      max-inline-size: none;
      padding: 0;
      border: 0;
    }
    .c-path {
      grid-area: path;
      inline-size: auto;
      min-inline-size: 0;
      max-inline-size: none;
    }
    .c-size {
      grid-area: size;
    }
    .c-type {
      grid-area: type;
      color: var(--_cb-quiet);
      font-size: 12.5px;
    }
    .c-reason {
      grid-area: reason;
    }
  }
`;
