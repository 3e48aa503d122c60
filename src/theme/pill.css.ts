import { css } from 'lit';

/** A status as a word in its colour. Beside the word stands an icon: colour is never alone. */
export const pill = css`
  .pill {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 0 8px 0 6px;
    /* Seen in forced colours. */
    border: 1px solid transparent;
    border-radius: 11px;
    background: var(--_cb-sunken);
    color: var(--_cb-quiet);
    font-size: 12px;
    font-weight: 550;
    line-height: 20px;
  }
  .pill.good {
    background: var(--cb-color-positive-fill, light-dark(#e3f5eb, #12301f));
    color: var(--_cb-positive);
  }
  .pill.fair {
    background: var(--cb-color-warning-fill, light-dark(#fdf3da, #33270c));
    color: var(--cb-color-warning, light-dark(#8a5a00, #eab54f));
  }
  .pill.bad {
    background: var(--cb-color-negative-fill, light-dark(#fdeaec, #3b171c));
    color: var(--_cb-negative);
  }
`;
