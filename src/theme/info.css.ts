import { css } from 'lit';

/** The mark that opens a description, and the description. */
export const info = css`
  .info {
    display: inline-grid;
    place-items: center;
    inline-size: 24px;
    block-size: 24px;
    margin: -3px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: var(--_cb-quiet);
    font:
      italic 600 11px/1 Georgia,
      serif;
    cursor: pointer;
  }
  .info span {
    display: grid;
    place-items: center;
    inline-size: 15px;
    block-size: 15px;
    border: 1px solid;
    border-radius: 50%;
  }
  .info:hover {
    color: var(--_cb-text);
  }
  .info:focus-visible {
    outline: 2px solid var(--_cb-accent);
    outline-offset: 0;
  }
  .tip {
    inset: auto;
    max-inline-size: 260px;
    margin: 4px;
    padding: 10px 12px;
    border: 1px solid var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-surface);
    box-shadow: 0 4px 16px light-dark(rgb(20 26 40 / 14%), rgb(0 0 0 / 50%));
    color: var(--_cb-text);
    font: 13px/1.45 var(--_cb-font);
    position-area: block-end span-inline-end;
    position-try-fallbacks:
      flip-block,
      flip-inline,
      flip-block flip-inline;
  }
  .tip p {
    margin: 0;
  }
  .tip p + p {
    margin-block-start: 6px;
  }
  @supports not (position-area: block-end) {
    .tip {
      inset: 0;
      margin: auto;
    }
  }
`;
