import { css } from 'lit';

/** The box of a chart with its cursor, tooltip and legend, and the buttons that choose. */
export const chart = css`
  :host {
    --_cb-chart-1: var(--cb-color-chart-1, var(--_cb-accent));
    --_cb-chart-3: var(--cb-color-chart-3, light-dark(#c2571a, #f59f6b));
  }
  .plot {
    position: relative;
    touch-action: pan-y;
  }
  .chart {
    position: absolute;
    inset: 0;
    color: var(--_cb-quiet);
    /* Runs when the theme changes, which is how the canvas hears of it. */
    transition: color 1ms;
  }
  .plot:focus-visible {
    outline-offset: -2px;
    border-radius: var(--_cb-radius-small);
  }
  .cursor {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    overflow: visible;
    pointer-events: none;
  }
  .cursor line {
    stroke: var(--_cb-quiet);
    stroke-dasharray: 2 3;
  }
  .cursor circle {
    fill: var(--_cb-surface);
    stroke-width: 2;
  }
  .series-0 {
    stroke: var(--_cb-chart-1);
  }
  .series-1 {
    stroke: var(--_cb-chart-3);
    stroke-dasharray: 6 4;
  }
  .cursor .series-1 {
    stroke-dasharray: none;
  }
  .swatch .partial {
    stroke: var(--_cb-quiet);
    stroke-dasharray: 2 3;
  }
  .tooltip {
    position: absolute;
    inset-block-start: 0;
    left: 0;
    z-index: 1;
    padding: 8px 10px;
    border: 1px solid var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-surface);
    box-shadow: 0 4px 16px light-dark(rgb(20 26 40 / 14%), rgb(0 0 0 / 50%));
    font-size: 12.5px;
    font-variant-numeric: tabular-nums;
    pointer-events: none;
    white-space: nowrap;
  }
  .tooltip .at {
    color: var(--_cb-quiet);
  }
  .tooltip dl {
    display: grid;
    grid-template-columns: auto auto 1fr;
    gap: 2px 8px;
    align-items: center;
    margin: 4px 0 0;
  }
  .tooltip dd {
    margin: 0;
    font-weight: 550;
    text-align: end;
  }
  .swatch {
    inline-size: 18px;
    block-size: 4px;
    stroke-width: 2;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    color: var(--_cb-quiet);
    font-size: 12px;
  }
  .legend .entry {
    display: inline-flex;
    gap: 6px;
    align-items: center;
  }
  .link {
    min-block-size: 24px;
    margin-inline-start: auto;
    padding: 0;
    border: 0;
    background: none;
    color: var(--_cb-quiet);
    font: 12px/1.4 var(--_cb-font);
    text-decoration: underline;
    text-underline-offset: 3px;
    cursor: pointer;
  }
  .link:hover {
    color: var(--_cb-text);
  }
  .segments {
    display: inline-flex;
    padding: 2px;
    border: 1px solid var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-sunken);
  }
  .segment {
    min-block-size: 24px;
    padding: 2px 10px;
    border: 0;
    border-radius: 6px;
    background: none;
    color: var(--_cb-quiet);
    font: 12.5px/1.4 var(--_cb-font);
    cursor: pointer;
  }
  .segment:hover {
    color: var(--_cb-text);
  }
  .segment[aria-pressed='true'] {
    background: var(--_cb-surface);
    box-shadow: var(--_cb-shadow);
    color: var(--_cb-text);
    font-weight: 550;
  }
  /* What is drawn takes its colours from tokens, which forced colours leave alone. */
  @media (forced-colors: active) {
    :host {
      --_cb-chart-1: CanvasText;
      --_cb-chart-3: CanvasText;
      --_cb-text: CanvasText;
      --_cb-quiet: CanvasText;
      --_cb-border: GrayText;
      --_cb-surface: Canvas;
    }
    .chart {
      forced-color-adjust: none;
    }
    .segment[aria-pressed='true'] {
      border: 1px solid Highlight;
    }
  }
`;
