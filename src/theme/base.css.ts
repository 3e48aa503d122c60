import { css } from 'lit';

/**
 * The frame that every element has: surface, header, the states that hold no data. A host page
 * may reset or restyle everything it can reach, so `.base` starts from initial values and takes
 * only the colour scheme, visibility and our own tokens from outside.
 */
export const base = css`
  :host {
    display: block;
  }
  :host([hidden]),
  :host(:state(hidden)) {
    display: none !important;
  }
  .base {
    all: initial;
    color-scheme: inherit;
    visibility: inherit;
    box-sizing: border-box;
    /* The page may make the host anything; its content goes by the width that there is. */
    container-type: inline-size;
    inline-size: 100%;
    /* In a flex row or a shrink-to-fit box there is none to go by. */
    contain-intrinsic-inline-size: 240px;
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
    overflow-wrap: break-word;
  }
  .header {
    display: flex;
    align-items: center;
    justify-content: end;
    gap: calc(var(--_cb-space) * 3);
    min-block-size: 24px;
    padding: calc(var(--_cb-space) * 4) calc(var(--_cb-space) * 4.5);
  }
  /* What has nowhere to go but narrower. */
  .heading,
  .message {
    overflow-wrap: anywhere;
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
  .message {
    display: grid;
    justify-items: start;
    align-content: start;
    gap: calc(var(--_cb-space) * 2);
    padding: 0 calc(var(--_cb-space) * 4.5) calc(var(--_cb-space) * 4);
  }
  .hidden {
    position: absolute;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .skeleton {
    border-radius: var(--_cb-radius-small);
    background: var(--_cb-border);
    animation: pulse 1.6s ease-in-out infinite alternate;
  }
  @keyframes pulse {
    to {
      opacity: 0.45;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
  @media (forced-colors: active) {
    .skeleton {
      background: GrayText;
    }
  }
`;
