import { css } from 'lit';

export const styles = css`
  .note {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    color: var(--_cb-quiet);
    font-variant-numeric: tabular-nums;
  }
  .dot {
    border: 3.5px solid;
    border-radius: 50%;
  }
  .live .dot {
    color: var(--_cb-positive);
    box-shadow: 0 0 0 3px color-mix(in srgb, currentcolor 22%, transparent);
  }
  .failing {
    color: var(--_cb-negative);
  }
`;
