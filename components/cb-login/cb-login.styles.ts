import { css } from 'lit';

export const styles = css`
  /* A button takes its own width, in whatever row the page puts it. */
  :host([compact]) {
    flex: none;
    container-type: normal;
  }
  form {
    display: grid;
    gap: calc(var(--_cb-space) * 3);
    padding: 0 calc(var(--_cb-space) * 4.5) calc(var(--_cb-space) * 4.5);
  }
  label {
    display: grid;
    gap: var(--_cb-space);
    color: var(--_cb-quiet);
    font-size: 12.5px;
  }
  input {
    box-sizing: border-box;
    inline-size: 100%;
    min-block-size: 36px;
    padding: 6px 10px;
    border: 1px solid color-mix(in srgb, var(--_cb-quiet) 70%, var(--_cb-surface));
    border-radius: 8px;
    background: var(--_cb-surface);
    color: var(--_cb-text);
    font: 14px/1.4 var(--_cb-font);
  }
  input[aria-invalid='true'] {
    border-color: var(--_cb-negative);
  }
  .problem {
    margin: 0;
    color: var(--_cb-negative);
    font-size: 12.5px;
  }
  .hint {
    margin: 0;
  }
  /* Signed in it is a button of the page, not a card. */
  .base.menu {
    display: inline-block;
    block-size: auto;
    overflow: visible;
    border: 0;
    background: none;
    box-shadow: none;
  }
  .who {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    max-inline-size: 100%;
    padding: 4px 12px 4px 4px;
    border-radius: 99px;
  }
  .who:dir(rtl) {
    padding: 4px 4px 4px 12px;
  }
  .initials {
    display: grid;
    flex: none;
    place-items: center;
    inline-size: 26px;
    block-size: 26px;
    border-radius: 50%;
    background: var(--_cb-accent-fill);
    color: var(--_cb-accent);
    font-size: 12px;
    font-weight: 600;
  }
  .panel {
    position: absolute;
    z-index: 10;
    inset-block-start: calc(100% + 6px);
    inset-inline-end: 0;
    display: grid;
    gap: calc(var(--_cb-space) * 3);
    box-sizing: border-box;
    inline-size: max-content;
    min-inline-size: 220px;
    max-inline-size: min(320px, 90vw);
    padding: calc(var(--_cb-space) * 4);
    border: 1px solid var(--_cb-border);
    border-radius: var(--_cb-radius);
    background: var(--_cb-surface);
    box-shadow: 0 8px 24px light-dark(rgb(20 26 40 / 14%), rgb(0 0 0 / 50%));
  }
  .panel[hidden] {
    display: none;
  }
  .panel.form {
    inline-size: min(320px, 90vw);
    padding: 0;
    gap: 0;
  }
  .name {
    font-weight: 600;
  }
  dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: var(--_cb-space) calc(var(--_cb-space) * 3);
    margin: 0;
    font-size: 12.5px;
  }
  dt {
    color: var(--_cb-quiet);
  }
  dd {
    margin: 0;
  }
`;
