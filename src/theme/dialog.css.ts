import { css } from 'lit';

/** A dialog and the parts of its form, loaded with the first dialog. */
export const dialog = css`
  dialog {
    box-sizing: border-box;
    inline-size: min(440px, calc(100vw - 32px));
    padding: calc(var(--_cb-space) * 5);
    border: 1px solid var(--_cb-border);
    border-radius: var(--_cb-radius);
    background: var(--_cb-surface);
    box-shadow: 0 16px 48px rgb(0 0 0 / 24%);
    color: var(--_cb-text);
    font: 14px/1.45 var(--_cb-font);
  }
  dialog::backdrop {
    background: rgb(10 12 18 / 45%);
  }
  dialog .title {
    margin-block-end: 8px;
    font-size: 16px;
    font-weight: 600;
  }
  dialog p {
    margin: 0 0 16px;
    font-size: 13px;
  }
  dialog .explanation {
    color: var(--_cb-quiet);
  }
  dialog fieldset {
    display: grid;
    gap: 6px;
    margin: 0 0 20px;
    padding: 0;
    border: 0;
  }
  dialog label {
    display: flex;
    gap: 8px;
    align-items: center;
    min-block-size: 24px;
  }
  /* Below the words of its option. */
  dialog fieldset .explanation {
    margin: -4px 0 0;
    padding-inline-start: 24px;
  }
  dialog input[type='radio'] {
    inline-size: 16px;
    block-size: 16px;
    margin: 0;
    accent-color: var(--_cb-accent);
  }
  dialog .field {
    display: grid;
    gap: 4px;
    margin-block-end: 16px;
    color: var(--_cb-quiet);
    font-size: 12.5px;
  }
  dialog .field input {
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
  dialog .field input[aria-invalid='true'] {
    border-color: var(--_cb-negative);
  }
  dialog .problem {
    color: var(--_cb-negative);
  }
  dialog .problem:empty {
    display: none;
  }
  dialog .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    justify-content: end;
  }
  .button.dangerous {
    background: var(--_cb-negative);
    color: var(--_cb-surface);
  }
`;
