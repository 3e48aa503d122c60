import { css } from 'lit';

/** The dialog's own CSS, loaded with it. */
export const styles = css`
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
  dialog h4 {
    margin: 0 0 8px;
    font-size: 16px;
    font-weight: 600;
  }
  dialog p {
    margin: 0 0 16px;
    color: var(--_cb-quiet);
    font-size: 13px;
  }
  fieldset {
    display: grid;
    gap: 6px;
    margin: 0 0 20px;
    padding: 0;
    border: 0;
  }
  label {
    display: flex;
    gap: 8px;
    align-items: center;
    min-block-size: 24px;
  }
  input[type='radio'] {
    inline-size: 16px;
    block-size: 16px;
    margin: 0;
    accent-color: var(--_cb-accent);
  }
  /* Below the words of its option. */
  dialog #consequence {
    margin: -4px 0 0;
    padding-inline-start: 24px;
  }
  .button.deletes {
    background: var(--_cb-negative);
    color: var(--_cb-surface);
  }
  .buttons {
    display: flex;
    gap: 8px;
    justify-content: end;
  }
  dialog .problem {
    color: var(--_cb-negative);
  }
  dialog .problem:empty {
    display: none;
  }
`;
