/** What esbuild makes of our decorators, without its helper that serves all others as well. */
import MagicString from 'magic-string';

/** esbuild's mark of a decorated field; accessors and methods have 1. */
const FIELD = 2;

/** `helper([decorator], prototype, "name", 2)` as `decorator(prototype, "name")`. */
function plain({ type, expression }) {
  if (type !== 'ExpressionStatement' || expression.callee?.name !== '__decorateClass') return null;
  const [{ elements }, prototype, name, kind] = expression.arguments;
  return elements.length === 1 && kind.value === FIELD ? [elements[0], prototype, name] : null;
}

/**
 * Calls a field's only decorator directly, as `src/element/decorators.ts` allows: it returns nothing.
 *
 * @returns {import('rollup').Plugin} comes after what turns TypeScript into JavaScript
 */
export const plainDecorators = () => ({
  name: 'plain-decorators',
  transform(code, id) {
    if (!id.endsWith('.ts') || !code.includes('__decorateClass')) return null;
    const result = new MagicString(code);
    for (const statement of this.parse(code).body) {
      const call = plain(statement);
      if (!call) continue;
      const [decorator, prototype, name] = call.map(({ start, end }) => code.slice(start, end));
      result.overwrite(statement.start, statement.end, `${decorator}(${prototype}, ${name});`);
    }
    return { code: result.toString(), map: result.generateMap({ hires: true }) };
  },
});
