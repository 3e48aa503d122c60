import { css } from 'lit';

/**
 * The tokens. Three tiers: palette (`--cb-color-blue-600`), role (`--cb-color-accent`) and, in
 * each element, component (`--cb-stat-card-padding`). A brand sets roles, seldom the palette.
 * Set any of them on `:root`, on a provider or on an element.
 *
 * Elements read the private `--_cb-*` only: were the public ones set here, a page's `:root` could
 * not reach them any more. Light and dark follow `color-scheme`. Every text colour here has a
 * contrast of at least 4.5 on surface, sunken surface and its own fill, in both schemes.
 */
export const tokens = css`
  :host {
    --_cb-surface: var(
      --cb-color-surface,
      light-dark(var(--cb-color-gray-0, #fff), var(--cb-color-gray-900, #15181f))
    );
    --_cb-sunken: var(
      --cb-color-surface-sunken,
      light-dark(var(--cb-color-gray-50, #f5f6f8), var(--cb-color-gray-950, #0f1217))
    );
    --_cb-border: var(
      --cb-color-border,
      light-dark(var(--cb-color-gray-200, #e1e4ea), var(--cb-color-gray-800, #2a2f3b))
    );
    --_cb-text: var(
      --cb-color-text,
      light-dark(var(--cb-color-gray-975, #161a22), var(--cb-color-gray-100, #eceff5))
    );
    --_cb-quiet: var(
      --cb-color-text-quiet,
      light-dark(var(--cb-color-gray-600, #586174), var(--cb-color-gray-400, #a3adbf))
    );
    --_cb-accent: var(
      --cb-color-accent,
      light-dark(var(--cb-color-blue-600, #3a55d9), var(--cb-color-blue-300, #8fa5ff))
    );
    --_cb-on-accent: var(
      --cb-color-on-accent,
      light-dark(var(--cb-color-gray-0, #fff), var(--cb-color-blue-950, #0d1330))
    );
    --_cb-accent-fill: var(
      --cb-color-accent-fill,
      light-dark(var(--cb-color-blue-50, #eaeefe), var(--cb-color-blue-900, #1f2747))
    );
    --_cb-positive: var(
      --cb-color-positive,
      light-dark(var(--cb-color-green-700, #13794a), var(--cb-color-green-300, #52cd92))
    );
    --_cb-positive-fill: var(
      --cb-color-positive-fill,
      light-dark(var(--cb-color-green-50, #e3f5eb), var(--cb-color-green-900, #12301f))
    );
    --_cb-negative: var(
      --cb-color-negative,
      light-dark(var(--cb-color-red-600, #bd2436), var(--cb-color-red-300, #ff8087))
    );
    --_cb-negative-fill: var(
      --cb-color-negative-fill,
      light-dark(var(--cb-color-red-50, #fdeaec), var(--cb-color-red-900, #3b171c))
    );
    --_cb-warning: var(
      --cb-color-warning,
      light-dark(var(--cb-color-amber-700, #8a5a00), var(--cb-color-amber-300, #eab54f))
    );
    --_cb-warning-fill: var(
      --cb-color-warning-fill,
      light-dark(var(--cb-color-amber-50, #fdf3da), var(--cb-color-amber-900, #33270c))
    );
    --_cb-chart-1: var(--cb-color-chart-1, var(--_cb-accent));
    --_cb-chart-3: var(
      --cb-color-chart-3,
      light-dark(var(--cb-color-orange-600, #c2571a), var(--cb-color-orange-300, #f59f6b))
    );
    --_cb-font: var(
      --cb-font,
      'Inter',
      system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Noto Sans',
      sans-serif
    );
    --_cb-mono: var(--cb-font-mono, ui-monospace, 'SF Mono', 'Roboto Mono', Menlo, monospace);
    --_cb-radius: var(--cb-radius, 12px);
    --_cb-radius-small: var(--cb-radius-small, 6px);
    --_cb-space: var(--cb-space, 4px);
    --_cb-row: 38px;
    --_cb-shadow: var(--cb-shadow, 0 1px 2px light-dark(rgb(20 26 40 / 6%), rgb(0 0 0 / 40%)));
  }
  :host(:state(compact)) {
    --_cb-space: var(--cb-space, 3px);
    --_cb-row: 30px;
  }
`;
