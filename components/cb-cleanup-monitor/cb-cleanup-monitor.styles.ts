import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-cleanup-monitor-padding-inline, calc(var(--_cb-space) * 4.5));
  }
  .summary {
    display: grid;
    /* Six fit in rows of three, two or one. */
    grid-template-columns: repeat(auto-fit, minmax(max(130px, 30%), 1fr));
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
  /* When the last run was, and how it went, may take two lines. */
  .summary > :last-child dd {
    min-block-size: 2lh;
  }
  [role='status'] {
    margin: 0;
  }
  .result {
    padding: 0 var(--_cb-inline) calc(var(--_cb-space) * 3);
  }
  .none {
    margin: 0;
    padding: calc(var(--_cb-space) * 3) var(--_cb-inline) calc(var(--_cb-space) * 4);
    border-block-start: 1px solid var(--_cb-border);
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
    white-space: nowrap;
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
  .c-size {
    text-align: end;
  }
  tr + tr td {
    border-block-start: 1px solid color-mix(in srgb, var(--_cb-border) 70%, transparent);
  }
  td.c-path {
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
    display: inline-block;
    inline-size: 70%;
    min-inline-size: 24px;
    block-size: 10px;
    vertical-align: middle;
  }
  .to-come {
    visibility: hidden;
  }
  /* Paths differ in their ends: two lines show them whole. */
  @container (inline-size < 720px) {
    table,
    tbody {
      display: block;
    }
    thead {
      position: absolute;
      clip-path: inset(50%);
    }
    .c-when {
      display: none;
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
      line-height: 20px;
    }
    td.c-path {
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
      white-space: normal;
    }
  }
  @container (inline-size < 400px) {
    tbody tr {
      grid-template: 'path path' 'type size' 'reason reason' / 1fr auto;
    }
    /* The button is below it, before the live dot comes and after. */
    .heading {
      flex-basis: calc(100% - 100px);
    }
  }
`;
