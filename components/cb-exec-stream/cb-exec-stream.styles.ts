import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-exec-stream-padding-inline, calc(var(--_cb-space) * 4.5));
    --_cb-height: var(--cb-exec-stream-row-height, var(--_cb-row));
  }
  table {
    --_cb-progress: 150px;
    /* The first has room for the longest word, so that nothing moves when rows come. */
    --_cb-columns: minmax(156px, max-content) minmax(84px, max-content) minmax(0, 1fr)
      minmax(0, 1fr) var(--_cb-progress) minmax(90px, max-content);
  }
  .c-elapsed {
    text-align: end;
  }
  .c-execution {
    overflow: visible;
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
  }
  .bar {
    inline-size: 72px;
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
  .error {
    font-family: var(--_cb-mono);
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
  /* What comes after the first rows slides in. */
  .settled .row {
    transition:
      opacity 150ms ease-out,
      translate 150ms ease-out;
    @starting-style {
      opacity: 0;
      translate: 0 -6px;
    }
  }
  /* Names are worth more than the bar. */
  @container (inline-size < 900px) {
    table {
      --_cb-progress: 90px;
    }
    .bar {
      display: none;
    }
  }
  /* Two lines: status, id and time above user, model and progress. */
  @container (inline-size < 800px) {
    table,
    tbody {
      display: block;
    }
    thead {
      position: absolute;
      clip-path: inset(50%);
    }
    tbody tr {
      grid: auto-flow 22px / minmax(106px, max-content) minmax(0, 1fr) minmax(0, 4fr) fit-content(
          40%
        );
      gap: 2px 8px;
      padding-block: 8px;
    }
    .c-execution,
    .c-user {
      grid-column: span 2;
    }
    .c-user,
    .c-model {
      color: var(--_cb-quiet);
      font-size: 12.5px;
    }
    .c-progress {
      text-align: end;
    }
    .c-elapsed {
      grid-area: 1 / 4;
    }
  }
  /* Three: the user has a line of its own beside the progress. */
  @container (inline-size < 300px) {
    .heading {
      flex-basis: 100%;
    }
    .c-execution {
      grid-column: auto;
    }
    .c-status,
    .c-user,
    .c-model {
      grid-column: span 3;
    }
    .c-user,
    .c-progress {
      grid-row: 2;
    }
  }
`;
