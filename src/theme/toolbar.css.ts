import { css } from 'lit';

/** A row of controls above content: selects and buttons of which one is pressed. */
export const toolbar = css`
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 16px;
    align-items: center;
    padding: 0 var(--_cb-inline) calc(var(--_cb-space) * 3);
  }
  .toolbar > :last-child:not(:first-child) {
    margin-inline-start: auto;
  }
  .choice {
    display: inline-flex;
    gap: 8px;
    align-items: center;
    max-inline-size: 100%;
    color: var(--_cb-quiet);
    font-size: 12.5px;
  }
  .select {
    min-inline-size: 0;
    min-block-size: 28px;
    padding: 3px 6px;
    border: 1px solid color-mix(in srgb, var(--_cb-quiet) 70%, var(--_cb-surface));
    border-radius: 8px;
    background: var(--_cb-surface);
    color: var(--_cb-text);
    font: 13px/1.4 var(--_cb-font);
  }
  /* The label stays for screen readers. */
  @container (inline-size < 300px) {
    .choice > span {
      position: absolute;
      clip-path: inset(50%);
    }
  }
  .segments {
    display: inline-flex;
    flex-wrap: wrap;
    padding: 2px;
    border: 1px solid var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-sunken);
  }
  .segment {
    min-block-size: 24px;
    padding: 2px 10px;
    border: 1px solid transparent;
    border-radius: 6px;
    background: none;
    color: var(--_cb-quiet);
    font: 12.5px/1.4 var(--_cb-font);
    cursor: pointer;
  }
  .segment:hover {
    color: var(--_cb-text);
  }
  /* Raised in both schemes: on a dark track the surface alone can hardly be told from it. */
  .segment[aria-pressed='true'] {
    background: light-dark(#fff, #2a2f3b);
    box-shadow: var(--_cb-shadow);
    color: var(--_cb-text);
    font-weight: 550;
  }
  @media (forced-colors: active) {
    .segment[aria-pressed='true'] {
      border-color: Highlight;
    }
  }
`;
