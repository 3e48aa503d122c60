import { VERSION } from './version.ts';

const VERSION_KEY = Symbol.for('@cloudbrain/widgets');

/**
 * Registers an element under its tag. The first on the page wins, so that two bundles can meet;
 * where they are of different versions a warning says which one runs. Does nothing where there
 * are no custom elements (Node).
 */
export function define(tag: string, element: CustomElementConstructor): void {
  const registry = globalThis.customElements as CustomElementRegistry | undefined;
  if (!registry || !globalThis.document) return;
  const present = registry.get(tag) as { [VERSION_KEY]?: string } | undefined;
  if (!present) {
    Object.defineProperty(element, VERSION_KEY, { value: VERSION });
    registry.define(tag, element);
  } else if (present !== element && present[VERSION_KEY] !== VERSION) {
    const other = present[VERSION_KEY] ?? 'something else';
    console.warn(`<${tag}> is defined already, by ${other}; ${VERSION} stays unused.`);
  }
}
