import { css } from 'lit';

export const styles = css`
  .chip {
    display: inline-flex;
    max-inline-size: 100%;
    border: 1px solid var(--_cb-border);
    border-radius: 8px;
    background: var(--_cb-surface);
  }
  .chip.set {
    border-color: var(--_cb-accent);
    background: var(--_cb-accent-fill);
  }
  .select {
    min-inline-size: 0;
    max-inline-size: 22ch;
    border: 0;
    background: none;
    text-overflow: ellipsis;
  }
  .select option {
    background: var(--_cb-surface);
    color: var(--_cb-text);
  }
  .remove {
    min-inline-size: 28px;
    padding: 0;
    border: 0;
    border-inline-start: 1px solid var(--_cb-border);
    border-radius: 0;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
`;
