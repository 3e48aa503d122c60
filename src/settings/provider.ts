import type { ReactiveControllerHost } from 'lit';
import type { Settings } from './scope.ts';
import type { Session } from '../data/session.ts';

/** What a `<cb-provider>` is to the elements in it. */
export interface Provider extends HTMLElement, Settings {
  /** The session they share; undefined while it is being created. */
  readonly session: Session | undefined;
  /** Renders an element again whenever a setting of the provider changes. */
  addDependent(element: ReactiveControllerHost): void;
  /** Ends that. */
  removeDependent(element: ReactiveControllerHost): void;
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
  return element !== undefined && 'addDependent' in element;
}
