import { css } from 'lit';

/**
 * The content of every chart: plot, cursor, tooltip and legend.
 * The eight colours differ for readers who are colour-blind, too (test/components/palette.test.ts).
 */
export const chart = css`
  :host {
    --_cb-chart-1: var(--cb-color-chart-1, var(--_cb-accent));
    --_cb-chart-2: var(--cb-color-chart-2, light-dark(#40a285, #52e0d0));
    --_cb-chart-3: var(--cb-color-chart-3, light-dark(#c2571a, #f59f6b));
    --_cb-chart-4: var(--cb-color-chart-4, light-dark(#770962, #cb3d7d));
    --_cb-chart-5: var(--cb-color-chart-5, light-dark(#7685fd, #8645f5));
    --_cb-chart-6: var(--cb-color-chart-6, light-dark(#653313, #c46a1a));
    --_cb-chart-7: var(--cb-color-chart-7, light-dark(#875871, #f5d76a));
    --_cb-chart-8: var(--cb-color-chart-8, light-dark(#4310a8, #337eb7));
    --_cb-bleed: 8px;
    --_cb-height: 240px;
    --_cb-inline: calc(var(--_cb-space) * 4.5);
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
  .stage {
    position: relative;
    display: flex;
    flex: 1 0 var(--_cb-height);
  }
  /* The canvas reaches beyond the plot, so that a dot at its edge isn't cut off. */
  .plot {
    position: relative;
    flex: 1 0 var(--_cb-height);
    margin-inline: calc(-1 * var(--_cb-bleed));
    touch-action: pan-y;
  }
  .plot.skeleton {
    margin: 0;
    opacity: 0.5;
  }
  /* As high as chart and legend. */
  .message {
    min-block-size: calc(var(--_cb-height) + var(--_cb-space) + 24px);
    padding-inline: var(--_cb-inline);
  }
  .to-come {
    visibility: hidden;
  }
  .chart {
    position: absolute;
    inset: 0;
    font: 11px/1 var(--_cb-font);
    /* Lists the colours for the canvas (src/chart/theme.ts), in its order; too small to be seen. */
    box-shadow:
      0 0 var(--_cb-text),
      0 0 var(--_cb-quiet),
      0 0 var(--_cb-border),
      0 0 var(--_cb-surface),
      0 0 var(--_cb-chart-1),
      0 0 var(--_cb-chart-2),
      0 0 var(--_cb-chart-3),
      0 0 var(--_cb-chart-4),
      0 0 var(--_cb-chart-5),
      0 0 var(--_cb-chart-6),
      0 0 var(--_cb-chart-7),
      0 0 var(--_cb-chart-8);
    /* Its end redraws the canvas; nothing moves, so it also runs under reduced motion. */
    transition: box-shadow 1ms !important;
    transition:
      box-shadow 1ms,
      font-size 1ms,
      font-family 1ms allow-discrete !important;
  }
  .chart .canvas {
    position: absolute;
    inset: 0;
  }
  .plot:focus-visible {
    outline-offset: -2px;
    border-radius: var(--_cb-radius-small);
  }
  .over {
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
    stroke: var(--_cb-series);
    stroke-dasharray: none !important;
    stroke-width: 2;
  }
  .cursor path {
    fill: none;
    stroke: var(--_cb-text);
    stroke-width: 2;
  }
  .gaps line {
    stroke: var(--_cb-border);
    stroke-width: 2;
  }
  .gaps text {
    fill: var(--_cb-quiet);
    stroke: var(--_cb-surface);
    stroke-width: 4;
    paint-order: stroke;
    font-size: 11px;
    text-anchor: middle;
  }
  .series-0 {
    --_cb-series: var(--_cb-chart-1);
  }
  .series-1 {
    --_cb-series: var(--_cb-chart-2);
    stroke-dasharray: 12 4;
  }
  .series-2 {
    --_cb-series: var(--_cb-chart-3);
    stroke-dasharray: 6 4;
  }
  .series-3 {
    --_cb-series: var(--_cb-chart-4);
    stroke-dasharray: 8 3 2 3;
  }
  .series-4 {
    --_cb-series: var(--_cb-chart-5);
    stroke-dasharray: 4 2;
  }
  .series-5 {
    --_cb-series: var(--_cb-chart-6);
    stroke-dasharray: 14 3 3 3 3 3;
  }
  .series-6 {
    --_cb-series: var(--_cb-chart-7);
    stroke-dasharray: 3 3;
  }
  .series-7 {
    --_cb-series: var(--_cb-chart-8);
    stroke-dasharray: 18 6;
  }
  .swatch {
    flex: none;
    inline-size: 18px;
    block-size: 4px;
    stroke-width: 2;
  }
  .swatch line {
    stroke: var(--_cb-series);
  }
  .swatch .partial,
  .swatch .ghost {
    stroke: var(--_cb-quiet);
    stroke-dasharray: 2 3;
  }
  .swatch.area {
    display: inline-block;
    flex: none;
    inline-size: 12px;
    block-size: 12px;
  }
  .swatch rect[class] {
    fill: var(--_cb-series);
  }
  .swatch .stripe {
    stroke: var(--_cb-surface);
    stroke-width: 1;
  }
  .tooltip {
    position: absolute;
    top: 0;
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
  /* At the bottom of a narrow card, as wide as the plot. */
  .tooltip.sheet {
    box-sizing: border-box;
    inline-size: 100%;
    white-space: normal;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    justify-content: space-between;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    min-inline-size: 0;
    min-block-size: 24px;
    color: var(--_cb-quiet);
    font-size: 12px;
  }
  .entry {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    min-inline-size: 0;
    min-block-size: 24px;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font: 12px/1.4 var(--_cb-font);
    text-align: start;
  }
  button.entry {
    cursor: pointer;
  }
  button.entry:hover {
    color: var(--_cb-text);
  }
  /* A line through its name: paler would be too pale to be read. */
  .entry[aria-pressed='false'] {
    text-decoration: line-through;
  }
  .entry[aria-pressed='false'] .swatch {
    opacity: 0.35;
  }
  .link,
  .retry-chart {
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
  .link:hover,
  .retry-chart:hover {
    color: var(--_cb-text);
  }
  /* Colours of paper; the canvas is as wide as there is room. */
  @media print {
    .base {
      color-scheme: light;
      break-inside: avoid;
    }
    .chart .canvas,
    .chart .canvas * {
      inline-size: 100% !important;
      block-size: 100% !important;
      object-fit: contain;
    }
    .link {
      display: none;
    }
  }
  /* What is drawn takes its colours from tokens, which forced colours leave alone. */
  @media (forced-colors: active) {
    :host {
      --_cb-chart-1: CanvasText;
      --_cb-chart-2: CanvasText;
      --_cb-chart-3: CanvasText;
      --_cb-chart-4: CanvasText;
      --_cb-chart-5: CanvasText;
      --_cb-chart-6: CanvasText;
      --_cb-chart-7: CanvasText;
      --_cb-chart-8: CanvasText;
      --_cb-text: CanvasText;
      --_cb-quiet: CanvasText;
      --_cb-border: GrayText;
      --_cb-surface: Canvas;
    }
    .chart {
      forced-color-adjust: none;
    }
  }
`;
