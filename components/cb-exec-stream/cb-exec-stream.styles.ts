import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-exec-stream-padding-inline, calc(var(--_cb-space) * 4.5));
    --_cb-height: var(--cb-exec-stream-row-height, var(--_cb-row));
  }
  .header {
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
    block-size: var(--_cb-height);
    padding: 0;
    padding-inline-start: var(--_cb-inline);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  th:last-child,
  td:last-child {
    padding-inline-end: var(--_cb-inline);
    text-align: end;
  }
  tr + tr td {
    border-block-start: 1px solid color-mix(in srgb, var(--_cb-border) 70%, transparent);
  }
  .c-user {
    inline-size: 99%;
    max-inline-size: 0;
    min-inline-size: 120px;
  }
  .c-model {
    max-inline-size: 180px;
  }
  .c-progress {
    min-inline-size: 150px;
    max-inline-size: 190px;
  }
  .c-elapsed {
    min-inline-size: 64px;
  }
  .id {
    padding: 4px 0;
    border: 0;
    background: none;
    color: inherit;
    font: 12.5px/1.3 var(--_cb-mono);
    cursor: pointer;
  }
  .id:hover {
    color: var(--_cb-accent);
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .progress {
    display: inline-flex;
    align-items: center;
    gap: 8px;
  }
  .bar {
    inline-size: 72px;
    block-size: 4px;
  }
  .track {
    fill: var(--_cb-border);
  }
  .filled {
    fill: var(--_cb-accent);
  }
  .completed .filled {
    fill: var(--_cb-positive);
  }
  .bar:dir(rtl) {
    transform: scaleX(-1);
  }
  .error {
    font-family: var(--_cb-mono);
    font-size: 12px;
  }
  .pill.running {
    background: var(--_cb-accent-fill);
    color: var(--_cb-accent);
  }
  .pill.completed {
    background: var(--_cb-positive-fill);
    color: var(--_cb-positive);
  }
  .pill.failed {
    background: var(--_cb-negative-fill);
    color: var(--_cb-negative);
  }
  .pill.abandoned {
    background: var(--_cb-warning-fill);
    color: var(--_cb-warning);
  }
  .running .icon {
    animation: pulse 1.6s ease-in-out infinite alternate;
  }
  .row.new td {
    animation: arrive 150ms ease-out;
  }
  .skeleton {
    block-size: 12px;
  }
  @keyframes pulse {
    to {
      opacity: 0.35;
    }
  }
  @keyframes arrive {
    from {
      opacity: 0;
      transform: translateY(-6px);
    }
  }
  @container (inline-size < 720px) {
    .c-model,
    .h-model {
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
    tr {
      display: grid;
      grid-template: 'status id elapsed' 'user user progress' / auto minmax(0, 1fr) auto;
      align-items: center;
      gap: 4px 12px;
      padding: 9px var(--_cb-inline);
    }
    tr + tr {
      border-block-start: 1px solid color-mix(in srgb, var(--_cb-border) 70%, transparent);
    }
    td,
    tr + tr td,
    td:last-child {
      block-size: auto;
      min-inline-size: 0;
      max-inline-size: none;
      padding: 0;
      border: 0;
    }
    .c-status {
      grid-area: status;
    }
    .c-id {
      grid-area: id;
    }
    .bar {
      display: none;
    }
    .c-user {
      grid-area: user;
      inline-size: auto;
      max-inline-size: none;
      color: var(--_cb-quiet);
      font-size: 12.5px;
    }
    .c-progress {
      grid-area: progress;
      text-align: end;
    }
    .c-elapsed {
      grid-area: elapsed;
    }
  }
`;
