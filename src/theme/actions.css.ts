import { css } from 'lit';

/** A header with buttons: they go below the heading where they don't fit beside it. */
export const actions = css`
  .header {
    flex-wrap: wrap;
    row-gap: calc(var(--_cb-space) * 2);
    padding-inline: var(--_cb-inline);
  }
  .heading {
    max-inline-size: 100%;
    overflow-wrap: break-word;
  }
  .message {
    padding-inline: var(--_cb-inline);
  }
`;
