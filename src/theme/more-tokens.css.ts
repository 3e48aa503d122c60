import { css } from 'lit';

/** The roles that only elements with buttons or lists need. */
export const moreTokens = css`
  :host {
    --_cb-sunken: var(--cb-color-surface-sunken, light-dark(#f5f6f8, #0f1217));
    /* What stands out of something sunken, such as a pressed segment. */
    --_cb-raised: var(--cb-color-surface-raised, light-dark(#fff, #2a2f3b));
    /* Of the accent: who sets only that can still read it on its fill. */
    --_cb-accent-fill: var(
      --cb-color-accent-fill,
      color-mix(in srgb, var(--_cb-accent) 8%, var(--_cb-surface))
    );
    --_cb-on-accent: var(--cb-color-on-accent, light-dark(#fff, #0d1330));
    --_cb-mono: var(--cb-font-mono, ui-monospace, monospace);
    --_cb-row: 38px;
    --_cb-warning-fill: var(--cb-color-warning-fill, light-dark(#fdf3da, #33270c));
    --_cb-warning: var(--cb-color-warning, light-dark(#8a5a00, #eab54f));
  }
  :host(:state(compact)) {
    --_cb-row: 30px;
  }
`;
