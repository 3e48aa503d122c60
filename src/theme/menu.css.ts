import { css } from 'lit';

/** A button with the panel or menu that it opens. */
export const menu = css`
  .trigger {
    max-inline-size: 100%;
    anchor-name: --trigger;
  }
  .panel {
    box-sizing: border-box;
    inline-size: max-content;
    min-inline-size: 220px;
    max-inline-size: min(320px, 100vw - 16px);
    padding: calc(var(--_cb-space) * 4);
    border: 1px solid var(--_cb-border);
    border-radius: var(--_cb-radius);
    background: var(--_cb-surface);
    box-shadow: 0 8px 24px light-dark(rgb(20 26 40 / 14%), rgb(0 0 0 / 50%));
    color: var(--_cb-text);
  }
  .panel:popover-open {
    display: grid;
    gap: calc(var(--_cb-space) * 3);
  }
  .panel.menu {
    min-inline-size: 160px;
    padding: 4px;
  }
  /* Below the button, or where there is room; without this it opens in the middle of the page. */
  @supports (position-area: end) {
    .panel {
      inset: auto;
      margin: 6px 0;
      position-anchor: --trigger;
      position-area: self-block-end span-self-inline-start;
      position-try-fallbacks:
        flip-inline,
        flip-block,
        flip-block flip-inline;
    }
  }
  .menu-items {
    display: grid;
  }
  .menu-item {
    min-block-size: 32px;
    padding: 4px 10px;
    border: 0;
    border-radius: var(--_cb-radius-small);
    background: none;
    color: var(--_cb-text);
    font: 13px/1.4 var(--_cb-font);
    text-align: start;
    cursor: pointer;
  }
  .menu-item:hover,
  .menu-item:focus-visible {
    outline-offset: -2px;
    background: var(--_cb-sunken);
  }
  .menu-item[aria-disabled='true'] {
    opacity: 0.55;
    cursor: default;
  }
`;
