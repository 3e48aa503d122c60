import { css } from 'lit';

/**
 * The role tokens (`--cb-color-accent`, `--cb-radius`) with their defaults. Each element adds
 * component tokens of its own (`--cb-stat-card-padding-block`). Set any of them on `:root`, on a
 * provider or on an element. The palette that the defaults are taken from is theme.css, for pages
 * that want to change whole hues.
 *
 * Elements read the private `--_cb-*` only: were the public ones set here, a page's `:root` could
 * not reach them any more. Light and dark follow `color-scheme`. Every text colour here has a
 * contrast of at least 4.5 on surface, sunken surface and its own fill, in both schemes.
 */
export const tokens = css`
  :host {
    --_cb-surface: var(--cb-color-surface, light-dark(#fff, #15181f));
    --_cb-border: var(--cb-color-border, light-dark(#e1e4ea, #2a2f3b));
    --_cb-text: var(--cb-color-text, light-dark(#161a22, #eceff5));
    --_cb-quiet: var(--cb-color-text-quiet, light-dark(#586174, #a3adbf));
    --_cb-accent: var(--cb-color-accent, light-dark(#3a55d9, #8fa5ff));
    --_cb-positive: var(--cb-color-positive, light-dark(#13794a, #52cd92));
    --_cb-negative: var(--cb-color-negative, light-dark(#bd2436, #ff8087));
    --_cb-font: var(--cb-font, Inter, system-ui, sans-serif);
    --_cb-radius: var(--cb-radius, 12px);
    --_cb-radius-small: var(--cb-radius-small, 6px);
    --_cb-space: var(--cb-space, 4px);
    --_cb-shadow: var(--cb-shadow, 0 1px 2px light-dark(#141a280f, #0006));
  }
  :host(:state(compact)) {
    --_cb-space: var(--cb-space, 3px);
  }
`;
