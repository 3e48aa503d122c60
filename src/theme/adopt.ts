import type { CSSResult, LitElement } from 'lit';

/** Gives an element more styles once it turns out to need them. */
export function adopt(element: LitElement, ...styles: CSSResult[]): void {
  const root = element.renderRoot as ShadowRoot;
  const sheets = styles.flatMap(({ styleSheet }) => styleSheet ?? []);
  const fresh = sheets.filter((it) => !root.adoptedStyleSheets.includes(it));
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...fresh];
}
