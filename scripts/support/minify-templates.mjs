/** What a minifier of JavaScript leaves alone: the HTML and CSS in Lit's templates. */
import { transformSync } from 'esbuild';
import MagicString from 'magic-string';

/** Line breaks and indentation between tags and attributes; what is within a line is kept. */
const breaks = /\s*\n\s*/g;

/** In a custom property's value a minifier of CSS leaves what means nothing in all of ours. */
const customSpaces = /(--[\w-]+[:,]|\),|#\w+,) /g;

/** CSS without its white space; a template with values in it isn't CSS yet. */
function minifyCss(css) {
  const { code } = transformSync(css, { loader: 'css', minify: true });
  return code.trim().replace(customSpaces, '$1').replaceAll('\\', '\\\\');
}

function* templatesIn(node) {
  if (node.type === 'TaggedTemplateExpression') yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') yield* templatesIn(child);
    }
  }
}

/**
 * @returns {import('rollup').Plugin} comes after what turns TypeScript into JavaScript
 */
export const minifyTemplates = () => ({
  name: 'minify-templates',
  transform(code, id) {
    if (!id.endsWith('.ts') || !/\b(?:html|svg|css)`/.test(code)) return null;
    const result = new MagicString(code);
    for (const { tag, quasi } of templatesIn(this.parse(code))) {
      for (const { start, end } of quasi.quasis) {
        const text = code.slice(start, end);
        let short = text;
        if (tag.name === 'html' || tag.name === 'svg') short = text.replace(breaks, ' ');
        else if (tag.name === 'css' && quasi.quasis.length === 1) short = minifyCss(text);
        if (short !== text) result.overwrite(start, end, short);
      }
    }
    return { code: result.toString(), map: result.generateMap({ hires: true }) };
  },
});
