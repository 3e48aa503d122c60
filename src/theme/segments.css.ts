import { css } from 'lit';

/** Exclusive buttons, and the menu that stands for them in narrow containers. */
export const segments = css`
  :host {
    /* Further from its track than the surface is in the dark. */
    --_cb-raised: light-dark(
      var(--_cb-surface),
      color-mix(in srgb, var(--_cb-text) 13%, var(--_cb-surface))
    );
  }
  .segments {
    display: inline-flex;
    padding: 2px;
    border: 1px solid var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-sunken);
  }
  .segment,
  .choice {
    min-block-size: 24px;
    padding: 2px 10px;
    border: 0;
    border-radius: 6px;
    background: none;
    color: var(--_cb-quiet);
    font: 12.5px/1.4 var(--_cb-font);
    cursor: pointer;
  }
  .segment:hover {
    color: var(--_cb-text);
  }
  .segment[aria-pressed='true'] {
    background: var(--_cb-raised);
    box-shadow: var(--_cb-shadow);
    color: var(--_cb-text);
    font-weight: 550;
  }
  .choice {
    min-block-size: 30px;
    border: 1px solid var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-surface);
    color: var(--_cb-text);
  }
  @media (forced-colors: active) {
    .segment[aria-pressed='true'] {
      border: 1px solid Highlight;
    }
  }
`;
