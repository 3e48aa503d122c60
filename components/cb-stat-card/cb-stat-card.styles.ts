import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-stat-card-padding-inline, calc(var(--_cb-space) * 4.5));
    --_cb-block: var(--cb-stat-card-padding-block, calc(var(--_cb-space) * 4));
  }
  /* The age goes below the heading where it doesn't fit beside it. */
  .header {
    flex-wrap: wrap;
    row-gap: 0;
    padding: var(--_cb-block) var(--_cb-inline) 0;
  }
  .heading {
    flex: auto;
    color: var(--_cb-quiet);
    font-size: 13px;
    font-weight: 550;
  }
  .content {
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: calc(var(--_cb-space) * 1.5);
    font-variant-numeric: tabular-nums;
  }
  .content,
  .message {
    padding: calc(var(--_cb-space) * 1.5) var(--_cb-inline) var(--_cb-block);
  }
  .value {
    font-size: var(--cb-stat-card-value-size, 30px);
    font-weight: 620;
    letter-spacing: -0.022em;
    line-height: 1.15;
  }
  .unit {
    color: var(--_cb-quiet);
    font-size: 0.54em;
    font-weight: 500;
    letter-spacing: 0;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px calc(var(--_cb-space) * 2);
    min-block-size: 22px;
  }
  .change {
    display: inline-flex;
    gap: 4px;
    font-weight: 550;
  }
  /* Forced colours change what is around an SVG: its parts take their colour from there. */
  .trend {
    display: flex;
    flex: 1;
    flex-direction: column;
    justify-content: end;
    min-block-size: 36px;
    margin-block-start: var(--_cb-space);
    color: var(--cb-stat-card-trend-color, var(--cb-color-chart-1, var(--_cb-accent)));
    fill: currentcolor;
  }
  .spark {
    display: block;
    inline-size: 100%;
    block-size: 36px;
    overflow: visible;
  }
  .line {
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.75;
    stroke-linejoin: round;
    stroke-linecap: round;
    vector-effect: non-scaling-stroke;
  }
  .area {
    opacity: 0.09;
  }
  .bar {
    color: var(--_cb-accent);
  }
  .good {
    color: var(--_cb-positive);
  }
  .bad {
    color: var(--_cb-negative);
  }
  .track {
    fill: var(--_cb-border);
  }
  svg:dir(rtl) {
    transform: scaleX(-1);
  }
  .skeleton.value {
    inline-size: 60%;
    block-size: 0.85em;
    margin-block: 0.15em;
  }
  .skeleton.note {
    inline-size: 85%;
    block-size: 12px;
    margin-block: 5px;
  }
  @media (forced-colors: active) {
    .track {
      fill: currentcolor;
      opacity: 0.3;
    }
  }
  @container (inline-size < 220px) {
    .chip.live,
    .more,
    .trend {
      display: none;
    }
    .value {
      font-size: var(--cb-stat-card-value-size, 24px);
    }
  }
`;
