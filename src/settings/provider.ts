import type { Signal } from '@lit-labs/signals';
import type { Session } from '../data/session.ts';
import type { Settings } from './scope.ts';
import type { Selection } from './selection.ts';

/** What a `<cb-provider>` is to the elements in it. Read within a `computed`, each part is followed. */
export interface Provider extends HTMLElement {
  /** The session they share; undefined while it is being created. */
  readonly session: Session | undefined;
  /** Its settings, and those of the providers around it for what it omits. */
  readonly settings: Signal.Computed<Settings>;
  /** What is selected in its lists. */
  readonly selection: Selection;
  /** Sets its own settings, as controls such as a `<cb-timeframe>` do. */
  change(settings: Settings): void;
}

/** The node around a node as the page shows it: through slots and shadow roots. */
function parentOf(node: Node): Node | null {
  const slot = (node as Partial<Element>).assignedSlot;
  return slot ?? node.parentNode ?? (node as Partial<ShadowRoot>).host ?? null;
}

/** The nearest element around a node that fits, shadow roots notwithstanding. */
export function closestAround(
  node: Node,
  fits: (element: Element) => boolean,
): Element | undefined {
  for (let at = parentOf(node); at; at = parentOf(at)) {
    if (at.nodeType === 1 && fits(at as Element)) return at as Element;
  }
  return undefined;
}

/** The `<cb-provider>` around a node, be it defined yet or not. */
export function findProvider(node: Node): HTMLElement | undefined {
  return closestAround(node, (it) => it.localName === 'cb-provider') as HTMLElement | undefined;
}

/** Whether a provider has been defined and upgraded. */
export function isProvider(element: HTMLElement | undefined): element is Provider {
  return element !== undefined && 'selection' in element;
}
