import { css } from 'lit';

/** Buttons, and the focus ring of whatever can take the focus. `.main` is the one to press. */
export const button = css`
  :focus-visible {
    outline: 2px solid var(--_cb-accent);
    outline-offset: 2px;
  }
  .button {
    box-sizing: border-box;
    min-block-size: 24px;
    padding: 6px 12px;
    border: 1px solid var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-surface);
    box-shadow: var(--_cb-shadow);
    color: var(--_cb-text);
    font: 550 13px/1.4 var(--_cb-font);
    cursor: pointer;
  }
  .button:hover {
    background: var(--_cb-sunken);
  }
  .button.main {
    border-color: transparent;
    background: var(--_cb-accent);
    color: var(--_cb-on-accent);
  }
  /* Keeps the focus, where it is only for a while. */
  .button[aria-disabled='true'],
  .button:disabled {
    opacity: 0.55;
    cursor: default;
  }
`;
