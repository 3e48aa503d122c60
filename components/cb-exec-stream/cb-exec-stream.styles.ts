import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-exec-stream-padding-inline, calc(var(--_cb-space) * 4.5));
    --_cb-height: var(--cb-exec-stream-row-height, var(--_cb-row));
  }
  table {
    --_cb-progress: 150px;
    --_cb-model: minmax(0, 1fr);
    --_cb-columns: minmax(104px, max-content) minmax(84px, max-content) minmax(0, 2fr)
      var(--_cb-model) var(--_cb-progress) minmax(60px, max-content);
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
    text-underline-offset: 3px;
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
    font-size: 12px;
  }
  .pill.under-way {
    background: var(--_cb-accent-fill);
    color: var(--_cb-accent);
  }
  .pill.given-up {
    background: var(--_cb-warning-fill);
    color: var(--_cb-warning);
  }
  .running .icon {
    animation: pulse 1.6s ease-in-out infinite alternate;
  }
  @keyframes pulse {
    to {
      opacity: 0.35;
    }
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
  @container (inline-size < 800px) {
    table {
      --_cb-model: ;
    }
    .c-model {
      display: none;
    }
  }
  @container (inline-size < 640px) {
    table {
      --_cb-progress: minmax(80px, 110px);
    }
    .bar {
      display: none;
    }
  }
  @container (inline-size < 540px) {
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
    tbody tr {
      grid-template:
        'status execution elapsed' 24px 'user user progress' 20px / max-content minmax(0, 1fr)
        fit-content(50%);
      gap: 2px 12px;
      padding-block: 8px;
    }
    .c-status {
      grid-area: status;
    }
    .c-execution {
      grid-area: execution;
    }
    .c-user {
      grid-area: user;
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
  @container (inline-size < 300px) {
    .heading {
      flex-basis: 100%;
    }
    .chip {
      margin-inline-end: auto;
    }
    tbody tr {
      grid-template:
        'status status elapsed' 24px 'user user user' 20px 'execution progress progress' 24px / auto
        minmax(0, 1fr) auto;
    }
  }
`;
