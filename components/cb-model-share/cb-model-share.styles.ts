import { css } from 'lit';

export const styles = css`
  :host {
    --_cb-inline: var(--cb-model-share-padding-inline, calc(var(--_cb-space) * 4.5));
    --_cb-height: var(--cb-model-share-height, 180px);
  }
  .total {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    justify-items: center;
    pointer-events: none;
  }
  .total .value {
    font-size: 20px;
    font-variant-numeric: tabular-nums;
    font-weight: 620;
  }
  .entry {
    inline-size: 100%;
  }
  .entry .name {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .entry .value {
    color: var(--_cb-text);
    font-variant-numeric: tabular-nums;
  }
  .legend {
    flex: 1 1 100%;
    flex-direction: column;
    flex-wrap: nowrap;
    align-items: stretch;
  }
  .message {
    min-block-size: var(--_cb-height);
  }
  /* The names beside the ring. */
  @container (inline-size >= 420px) {
    :host(:not([shape='bars'])) .content:not(.as-table) {
      flex-direction: row;
      gap: calc(var(--_cb-space) * 6);
      align-items: stretch;
    }
    :host(:not([shape='bars'])) :is(.stage, .plot.skeleton) {
      flex: 0 0 var(--_cb-height);
      min-block-size: var(--_cb-height);
    }
    :host(:not([shape='bars'])) .content:not(.as-table) .foot {
      flex: 1;
      flex-direction: column;
      flex-wrap: nowrap;
      align-items: stretch;
      min-inline-size: 0;
    }
    :host(:not([shape='bars'])) .legend {
      flex: 1;
    }
  }
`;
