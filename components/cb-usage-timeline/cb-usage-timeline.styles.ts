import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-usage-timeline-padding-inline, calc(var(--_cb-space) * 4.5));
    --_cb-height: var(--cb-usage-timeline-height, 240px);
  }
  .header {
    flex-wrap: wrap;
    padding: calc(var(--_cb-space) * 4) var(--_cb-inline) calc(var(--_cb-space) * 2);
  }
  /* Buttons go below a heading before its words break. */
  .heading {
    flex: 1 0 auto;
    max-inline-size: 100%;
  }
  .content {
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: calc(var(--_cb-space) * 2);
    padding: 0 var(--_cb-inline) calc(var(--_cb-space) * 3);
  }
  .plot {
    flex: 1 0 var(--_cb-height);
  }
  .message {
    min-block-size: var(--_cb-height);
    padding-inline: var(--_cb-inline);
  }
  .plot.skeleton {
    opacity: 0.5;
  }
  .scroll {
    max-block-size: var(--_cb-height);
    overflow: auto;
    border: 1px solid var(--_cb-border);
    border-radius: var(--_cb-radius-small);
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 5px 12px;
    text-align: end;
  }
  th:first-child,
  td:first-child {
    text-align: start;
  }
  thead th {
    position: sticky;
    inset-block-start: 0;
    background: var(--_cb-sunken);
    color: var(--_cb-quiet);
    font-size: 12px;
    font-weight: 550;
  }
  tbody th {
    font-weight: 400;
  }
  tbody tr + tr > * {
    border-block-start: 1px solid color-mix(in srgb, var(--_cb-border) 70%, transparent);
  }
  @container (inline-size < 480px) {
    .segment {
      padding-inline: 8px;
    }
    .heading {
      flex-basis: 100%;
    }
  }
`;
