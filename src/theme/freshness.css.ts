import { css } from 'lit';

/** The live dot, and the age of what isn't live. */
export const freshness = css`
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--_cb-quiet);
    font-size: 12px;
    white-space: nowrap;
  }
  .chip::before {
    content: '';
    inline-size: 7px;
    block-size: 7px;
    border-radius: 50%;
    background: var(--_cb-quiet);
    forced-color-adjust: none;
  }
  .chip.live::before {
    background: var(--_cb-positive);
    box-shadow: 0 0 0 3px color-mix(in srgb, var(--_cb-positive) 22%, transparent);
  }
  .chip.stale::before {
    background: var(--cb-color-warning, light-dark(#8a5a00, #eab54f));
  }
  @media (forced-colors: active) {
    .chip::before {
      background: CanvasText !important;
    }
  }
`;
