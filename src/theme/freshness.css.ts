import { css } from 'lit';

/** The live dot, and the age of what isn't live. */
export const freshness = css`
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    white-space: nowrap;
  }
  .chip::before {
    content: '';
    /* A border is seen in forced colours as well. */
    border: 3.5px solid;
    border-radius: 50%;
  }
  .chip.live::before {
    color: var(--_cb-positive);
    box-shadow: 0 0 0 3px color-mix(in srgb, currentcolor 22%, transparent);
  }
  .chip.stale::before {
    color: var(--cb-color-warning, light-dark(#8a5a00, #eab54f));
  }
`;
