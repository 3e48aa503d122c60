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
    /* A long figure shrinks before it would break. */
    font-size: clamp(
      16px,
      (100cqi - 2 * var(--_cb-inline)) / (var(--_cb-length, 6) * 0.56),
      var(--cb-stat-card-value-size, 30px)
    );
    font-weight: 620;
    white-space: nowrap;
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
  .content > .period {
    line-height: 18px;
    text-wrap: pretty;
  }
  .breakdown {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    margin: 0;
  }
  .breakdown div {
    display: flex;
    flex-direction: row-reverse;
    gap: 4px;
  }
  .breakdown dd {
    margin: 0;
    color: var(--_cb-text);
    font-weight: 550;
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
    color: var(
      --cb-stat-card-trend-color,
      var(--cb-stat-card-accent, var(--cb-color-chart-1, var(--_cb-accent)))
    );
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
  .fair {
    color: var(--cb-color-warning, light-dark(#8a5a00, #eab54f));
  }
  .base::before {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    inline-size: 3px;
    background: var(--cb-stat-card-accent, transparent);
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
  .skeleton.period,
  .skeleton.breakdown {
    display: block;
    block-size: 10px;
    margin-block: 4px;
  }
  @media (forced-colors: active) {
    .track {
      fill: currentcolor;
      opacity: 0.3;
    }
  }
  @container (inline-size < 220px) {
    .more,
    .trend {
      display: none;
    }
    .value {
      --cb-stat-card-value-size: 24px;
    }
    .period.note,
    .breakdown.note {
      display: none;
    }
  }
`;
