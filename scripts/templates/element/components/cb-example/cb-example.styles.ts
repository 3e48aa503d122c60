import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-example-padding-inline, calc(var(--_cb-space) * 4.5));
  }
  .header {
    padding: calc(var(--_cb-space) * 4) var(--_cb-inline) 0;
  }
  .figures {
    display: flex;
    flex-wrap: wrap;
    gap: calc(var(--_cb-space) * 6);
    margin: 0;
    padding: calc(var(--_cb-space) * 2) var(--_cb-inline) calc(var(--_cb-space) * 4);
  }
  .skeleton.figure {
    inline-size: 40%;
    block-size: 44px;
  }
  dt {
    color: var(--_cb-quiet);
    font-size: 12.5px;
  }
  dd {
    margin: 0;
    font-size: 22px;
    font-variant-numeric: tabular-nums;
    font-weight: 620;
  }
  .message {
    padding: calc(var(--_cb-space) * 2) var(--_cb-inline) calc(var(--_cb-space) * 4);
  }
  @container (inline-size < 220px) {
    .figures {
      flex-direction: column;
      gap: calc(var(--_cb-space) * 2);
    }
  }
`;
