import { VERSION } from '../version.ts';

const VERSION_KEY = Symbol.for('@cloudbrain/widgets');

type Versioned = CustomElementConstructor & { [VERSION_KEY]?: string };

/**
 * Registers an element under its tag. The first definition wins, so that two bundles can be on a
 * page; if their versions differ, a warning says which one is used. Does nothing without custom
 * elements (Node).
 */
export function define(tag: string, element: CustomElementConstructor): void {
  const registry = globalThis.customElements as CustomElementRegistry | undefined;
  const present = registry?.get(tag) as Versioned | undefined;
  if (!present) {
    Object.assign(element, { [VERSION_KEY]: VERSION });
    registry?.define(tag, element);
  } else if (present[VERSION_KEY] !== VERSION) {
    console.warn(
      `<${tag}> is already defined by version ${present[VERSION_KEY]}; version ${VERSION} is ignored.`,
    );
  }
}
