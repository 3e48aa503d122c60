import { css } from 'lit';

export const styles = css`
  :host {
    max-inline-size: var(--cb-login-max-inline-size, 400px);
  }
  /* A button takes its own width, in whatever row the page puts it. */
  :host([compact]) {
    display: inline-block;
    flex: none;
  }
  /* Until it is known whether somebody is in, neither form nor menu flashes. */
  :host(:state(loading)) .base {
    visibility: hidden;
  }
  form {
    display: flex;
    flex-direction: column;
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
  /* A phone zooms in on smaller fields. */
  @media (pointer: coarse) {
    input {
      font-size: 16px;
    }
  }
  input[aria-invalid='true'] {
    border-color: var(--_cb-negative);
  }
  .problem {
    color: var(--_cb-negative);
    font-size: 12.5px;
  }
  p {
    margin: 0;
  }
  /* It is always there, so that a screen reader hears what comes into it, but takes no room. */
  [role='alert']:not(:has(p)) {
    margin-block-start: calc(var(--_cb-space) * -3);
  }
  /* A button of the page, not a card. */
  .base.menu {
    container-type: normal;
    display: inline-block;
    inline-size: auto;
    max-inline-size: 100%;
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
    padding: 4px;
    padding-inline-end: 12px;
    border-radius: 99px;
  }
  .who .name {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
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
  .panel.form {
    inline-size: 320px;
    padding: 0;
    gap: 0;
  }
  .panel .name {
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
