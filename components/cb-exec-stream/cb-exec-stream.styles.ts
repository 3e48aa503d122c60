import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-exec-stream-padding-inline, calc(var(--_cb-space) * 4.5));
    --_cb-height: var(--cb-exec-stream-row-height, var(--_cb-row));
  }
  .base {
    --_cb-progress: 72px;
  }
  .bar {
    display: none;
    inline-size: 64px;
    block-size: 4px;
    margin-inline-end: 8px;
    vertical-align: middle;
  }
  .bar:dir(rtl) {
    transform: scaleX(-1);
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
  .running .pill {
    background: var(--_cb-accent-fill);
    color: var(--_cb-accent);
  }
  .abandoned .pill {
    background: var(--_cb-warning-fill);
    color: var(--_cb-warning);
  }
  .running .icon {
    animation: pulse 1.6s ease-in-out infinite alternate;
  }
  @container (inline-size >= 1100px) {
    .table {
      --_cb-progress: 140px;
    }
    .bar {
      display: inline;
    }
  }
  @container (inline-size < 960px) {
    .table td.c-progress {
      flex: 0 1 auto;
      max-inline-size: 40%;
      text-align: end;
    }
  }
  @container (inline-size < 320px) {
    .table td.c-started {
      display: none;
    }
  }
  @container (inline-size < 280px) {
    .table td.c-execution {
      display: none;
    }
  }
`;
