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
  /* As high as chart and legend. */
  .message {
    min-block-size: calc(var(--_cb-height) + var(--_cb-space) + 24px);
    padding-inline: var(--_cb-inline);
  }
  .plot.skeleton {
    opacity: 0.5;
  }
  .to-come {
    visibility: hidden;
  }
  .scroll {
    box-sizing: border-box;
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
    white-space: nowrap;
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
    white-space: normal;
  }
  tbody tr + tr > * {
    border-block-start: 1px solid color-mix(in srgb, var(--_cb-border) 70%, transparent);
  }
  /* Buttons below heading and live dot, whether or not there is one yet. */
  @container (inline-size < 590px) {
    .heading {
      flex-basis: calc(100% - 100px);
    }
  }
  @container (inline-size < 480px) {
    .segment {
      padding-inline: 8px;
    }
  }
`;
