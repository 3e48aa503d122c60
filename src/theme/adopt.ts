import type { CSSResult, LitElement } from 'lit';

/** Adds styles to an element once it needs them. */
export function adopt(element: LitElement, ...styles: CSSResult[]): void {
  const root = element.renderRoot as ShadowRoot;
  const sheets = styles.flatMap(({ styleSheet }) => styleSheet ?? []);
  const fresh = sheets.filter((it) => !root.adoptedStyleSheets.includes(it));
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...fresh];
}
