import { css } from 'lit';

/** The pill of what needs attention, without being bad. */
export const severity = css`
  .pill.attention {
    background: var(--_cb-warning-fill);
    color: var(--_cb-warning);
  }
`;
