import type { Attributes, AttributeValue } from '../wire/model.ts';

interface Tree {
  [key: string]: Tree | AttributeValue;
}

/**
 * Rebuilds what some clients flatten: `llm.input_messages.0.message.content` and its like become a
 * list of objects in the order of their numbers. Numbers may have gaps; they are only an order.
 */
export function unflatten(attributes: Attributes, prefix: string): AttributeValue[] {
  const root: Tree = {};
  for (const [key, value] of attributes) {
    if (!key.startsWith(`${prefix}.`)) continue;
    const path = key.slice(prefix.length + 1).split('.');
    if (path.length < 20) place(root, path, value);
  }
  const list = listed(root);
  return Array.isArray(list) ? list : [];
}

function place(root: Tree, path: string[], value: AttributeValue): void {
  let node = root;
  for (const step of path.slice(0, -1)) {
    const next = Object.hasOwn(node, step) ? node[step] : undefined;
    if (typeof next === 'object' && next !== null && !Array.isArray(next)) {
      node = next;
    } else {
      const made: Tree = {};
      define(node, step, made);
      node = made;
    }
  }
  const last = path.at(-1);
  if (last !== undefined && !Object.hasOwn(node, last)) define(node, last, value);
}

/** Never the prototype's: a key may be called `__proto__`. */
function define(node: Tree, key: string, value: Tree | AttributeValue): void {
  Object.defineProperty(node, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** Objects whose keys are all numbers are lists. */
function listed(node: Tree | AttributeValue): AttributeValue {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return node;
  const entries = Object.entries(node);
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => listed(item));
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, listed(item)]));
}
