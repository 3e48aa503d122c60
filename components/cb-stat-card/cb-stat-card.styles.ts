import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-stat-card-padding-inline, calc(var(--_cb-space) * 4.5));
    --_cb-block: var(--cb-stat-card-padding-block, calc(var(--_cb-space) * 4));
  }
  .header {
    padding: var(--_cb-block) var(--_cb-inline) 0;
  }
  .heading {
    color: var(--_cb-quiet);
    font-size: 13px;
    font-weight: 550;
  }
  .content {
    display: flex;
    flex: 1;
    flex-direction: column;
    padding: 0 var(--_cb-inline) var(--_cb-block);
  }
  .message {
    padding: calc(var(--_cb-space) * 2) var(--_cb-inline) var(--_cb-block);
  }
  .value {
    margin-block-start: calc(var(--_cb-space) * 1.5);
    font-size: var(--cb-stat-card-value-size, 30px);
    font-weight: 620;
    font-variant-numeric: tabular-nums;
    letter-spacing: -0.022em;
    line-height: 1.15;
  }
  .value .unit {
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
    margin-block-start: calc(var(--_cb-space) * 1.5);
  }
  .change {
    display: inline-flex;
    gap: 4px;
    color: var(--_cb-quiet);
    font-size: 12.5px;
    font-weight: 550;
    font-variant-numeric: tabular-nums;
  }
  .trend {
    display: flex;
    flex: 1;
    flex-direction: column;
    justify-content: end;
    min-block-size: 36px;
    margin-block-start: calc(var(--_cb-space) * 2.5);
  }
  .spark {
    display: block;
    inline-size: 100%;
    block-size: 36px;
    overflow: visible;
  }
  .line {
    fill: none;
    stroke: var(--cb-stat-card-trend-color, var(--cb-color-chart-1, var(--_cb-accent)));
    stroke-width: 1.75;
    stroke-linejoin: round;
    stroke-linecap: round;
    vector-effect: non-scaling-stroke;
  }
  .area {
    fill: var(--cb-stat-card-trend-color, var(--cb-color-chart-1, var(--_cb-accent)));
    opacity: 0.09;
  }
  .bar {
    inline-size: 100%;
    block-size: 8px;
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
  .filled {
    fill: currentcolor;
  }
  .spark:dir(rtl),
  .bar:dir(rtl) {
    transform: scaleX(-1);
  }
  .skeleton.value {
    inline-size: 60%;
    block-size: 26px;
    margin-block: calc(var(--_cb-space) * 1.5 + 4px) 4.5px;
  }
  .skeleton.note {
    inline-size: 85%;
    block-size: 12px;
    margin-block: calc(var(--_cb-space) * 1.5 + 5px) 5px;
  }
  @container (inline-size < 220px) {
    .chip,
    .foot .note,
    .trend {
      display: none;
    }
    .value {
      font-size: var(--cb-stat-card-value-size, 24px);
    }
  }
`;
