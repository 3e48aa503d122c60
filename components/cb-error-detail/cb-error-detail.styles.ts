import { css } from 'lit';

export const styles = css`
  .detail {
    display: grid;
    gap: calc(var(--_cb-space) * 3);
    padding: 0 calc(var(--_cb-space) * 4.5) calc(var(--_cb-space) * 4.5);
  }
  .type {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
    align-items: center;
    font-weight: 600;
  }
  .type,
  .text {
    overflow-wrap: anywhere;
  }
  p {
    margin: 0;
  }
  dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 4px 16px;
    margin: 0;
    font-size: 12.5px;
  }
  dt {
    color: var(--_cb-quiet);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .stack {
    max-block-size: var(--cb-error-detail-stack-max-block-size, 360px);
    margin: 0;
    padding: 10px 12px;
    border: 1px solid var(--_cb-border);
    border-radius: var(--_cb-radius-small);
    background: var(--_cb-sunken);
    color: var(--_cb-text);
    font: 12px/1.5 var(--_cb-mono);
    overflow: auto;
    text-align: left;
  }
  .stack:focus-visible {
    outline-offset: -2px;
  }
  .detail > .skeleton {
    block-size: 14px;
  }
`;
