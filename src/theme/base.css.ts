import { css } from 'lit';

/**
 * The frame that every element has: surface, header, the states that hold no data. A host page
 * may reset or restyle everything it can reach, so `.base` starts from initial values and takes
 * only the colour scheme, visibility and our own tokens from outside.
 */
export const base = css`
  :host {
    display: block;
    /* In a flex row or a shrink-to-fit box an element has no width of its own to go by. */
    flex: 1 1 auto;
    min-inline-size: 0;
    contain-intrinsic-inline-size: 240px;
    container-type: inline-size;
  }
  :host([hidden]) {
    display: none !important;
  }
  .base {
    all: initial;
    color-scheme: inherit;
    visibility: inherit;
    cursor: inherit;
    forced-color-adjust: inherit;
    box-sizing: border-box;
    position: relative;
    display: flex;
    flex-direction: column;
    block-size: 100%;
    overflow: clip;
    border: 1px solid var(--_cb-border);
    border-radius: var(--_cb-radius);
    background: var(--_cb-surface);
    box-shadow: var(--_cb-shadow);
    color: var(--_cb-text);
    font: 14px/1.45 var(--_cb-font);
    overflow-wrap: anywhere;
  }
  .header {
    display: flex;
    align-items: center;
    justify-content: end;
    gap: calc(var(--_cb-space) * 3);
    min-block-size: 24px;
    padding: calc(var(--_cb-space) * 4) calc(var(--_cb-space) * 4.5);
  }
  .heading {
    flex: 1;
    margin: 0;
    font-size: 14px;
    font-weight: 600;
  }
  .note {
    color: var(--_cb-quiet);
    font-size: 12.5px;
  }
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
    background: var(--_cb-warning);
  }
  .message {
    display: grid;
    justify-items: start;
    align-content: start;
    gap: calc(var(--_cb-space) * 2);
    padding: 0 calc(var(--_cb-space) * 4.5) calc(var(--_cb-space) * 4);
  }
  .pill {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 1px 9px 1px 7px;
    border-radius: 99px;
    background: var(--_cb-sunken);
    color: var(--_cb-quiet);
    font-size: 12px;
    font-weight: 550;
    line-height: 20px;
  }
  .pill.good {
    background: var(--_cb-positive-fill);
    color: var(--_cb-positive);
  }
  .pill.bad {
    background: var(--_cb-negative-fill);
    color: var(--_cb-negative);
  }
  .hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .skeleton {
    border-radius: var(--_cb-radius-small);
    background: var(--_cb-border);
    animation: skeleton 1.6s ease-in-out infinite alternate;
  }
  @keyframes skeleton {
    to {
      opacity: 0.45;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .base,
    .base * {
      animation: none !important;
      transition: none !important;
    }
  }
  @media (forced-colors: active) {
    .skeleton {
      background: GrayText;
    }
    .chip::before,
    .chip.live::before {
      background: CanvasText;
    }
    .pill {
      border: 1px solid;
    }
  }
`;
