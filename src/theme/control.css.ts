import { css } from 'lit';

/** A line of controls that stands in the page without a card, and the panels that they open. */
export const control = css`
  .control {
    all: initial;
    color-scheme: inherit;
    visibility: inherit;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: calc(var(--_cb-space) * 2);
    color: var(--_cb-text);
    font: 13px/1.4 var(--_cb-font);
    container-type: inline-size;
  }
  .segments {
    display: inline-flex;
    flex-wrap: wrap;
    padding: 2px;
    border: 1px solid var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-sunken);
  }
  .segment,
  .select {
    min-block-size: 28px;
    padding: 3px 10px;
    border: 1px solid transparent;
    border-radius: 6px;
    background: none;
    color: var(--_cb-quiet);
    font: inherit;
    cursor: pointer;
  }
  .segment:hover {
    color: var(--_cb-text);
  }
  .segment[aria-pressed='true'] {
    border-color: var(--_cb-border);
    background: var(--_cb-raised);
    box-shadow: var(--_cb-shadow);
    color: var(--_cb-text);
    font-weight: 550;
  }
  .select {
    border-color: var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-surface);
    color: var(--_cb-text);
    max-inline-size: 100%;
  }
  .panel {
    inset: auto;
    margin: 6px 0;
    padding: 16px;
    border: 1px solid var(--_cb-border);
    border-radius: var(--_cb-radius);
    background: var(--_cb-surface);
    box-shadow: 0 8px 28px light-dark(rgb(20 26 40 / 16%), rgb(0 0 0 / 55%));
    color: var(--_cb-text);
    font: 13px/1.4 var(--_cb-font);
    position-area: block-end span-inline-end;
    position-try-fallbacks:
      flip-block,
      flip-inline,
      flip-block flip-inline;
  }
  /* A panel that can't be placed beside its button is in the middle of the window. */
  @supports not (position-area: block-end) {
    .panel {
      inset: 0;
      margin: auto;
    }
  }
  .fields {
    display: grid;
    gap: 12px;
  }
  .field {
    display: grid;
    gap: 4px;
    color: var(--_cb-quiet);
    font-size: 12px;
  }
  .input {
    box-sizing: border-box;
    min-block-size: 32px;
    inline-size: 100%;
    padding: 4px 8px;
    border: 1px solid var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-surface);
    color: var(--_cb-text);
    font: 13px/1.4 var(--_cb-font);
  }
  .check {
    display: flex;
    gap: 8px;
    align-items: center;
  }
  .problem {
    margin: 0;
    color: var(--_cb-negative);
  }
  .problem:empty {
    display: none;
  }
  .buttons {
    display: flex;
    gap: 8px;
    justify-content: end;
  }
  @media (forced-colors: active) {
    .segment[aria-pressed='true'] {
      border-color: Highlight;
    }
  }
`;
