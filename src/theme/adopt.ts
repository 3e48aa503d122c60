import type { CSSResult, LitElement } from 'lit';

/** What was adopted later than an element's own styles. */
const later = new WeakMap<ShadowRoot, CSSResult[]>();

/** Adds styles to an element once it needs them. */
export function adopt(element: LitElement, ...styles: CSSResult[]): void {
  const root = element.renderRoot as ShadowRoot;
  const known = later.get(root) ?? [];
  const fresh = styles.filter((it) => !known.includes(it));
  later.set(root, [...known, ...fresh]);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheetsOf(element, fresh)];
}

/**
 * Gives an element its styles back after a move to another document, which drops them: a constructed
 * style sheet belongs to the document that it was made in.
 */
export function restoreStyles(element: LitElement): void {
  const { renderRoot } = element;
  if (!(renderRoot instanceof ShadowRoot) || renderRoot.adoptedStyleSheets.length > 0) return;
  const { elementStyles } = element.constructor as typeof LitElement;
  const styles = [...(elementStyles as CSSResult[]), ...(later.get(renderRoot) ?? [])];
  renderRoot.adoptedStyleSheets = sheetsOf(element, styles);
}

/** Style sheets that belong to the element's document. */
function sheetsOf({ ownerDocument }: LitElement, styles: readonly CSSResult[]): CSSStyleSheet[] {
  const view = ownerDocument.defaultView;
  if (!view || view === window) return styles.flatMap(({ styleSheet }) => styleSheet ?? []);
  return styles.map(({ cssText }) => {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(cssText);
    return sheet;
  });
}
