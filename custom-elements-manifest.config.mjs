/** The manifest that editors, Storybook and framework wrappers read: dist/custom-elements.json. */

/** `components/cb-x/cb-x.ts` is the class of `<cb-x>`: our `define` registers it in the entry. */
const ownFile = /^components\/(cb-[a-z-]+)\/\1\.ts$/;

/** A module's own constants, by their names: a default is told as what it is. */
const constants = new Map();

const published = {
  name: 'published',
  analyzePhase({ ts, node, moduleDoc: { path } }) {
    if (!ts.isVariableDeclaration(node) || !node.initializer) return;
    if (!ts.isNumericLiteral(node.initializer) && !ts.isStringLiteral(node.initializer)) return;
    constants.set(`${path} ${node.name.getText()}`, node.initializer.getText());
  },
  packageLinkPhase({ customElementsManifest: manifest }) {
    manifest.modules = manifest.modules.filter(({ path }) => ownFile.test(path));
    for (const module of manifest.modules) {
      const tag = ownFile.exec(module.path)[1];
      const source = module.path;
      const element = module.declarations.find(({ kind }) => kind === 'class');
      module.path = `dist/esm/classes/${tag}.js`;
      element.customElement = true;
      element.tagName = tag;
      element.description ||= element.summary ?? '';
      element.members = element.members?.filter(isPublic);
      // What is only dispatched has no name here, or one that is guessed; ours are documented.
      element.events = element.events?.filter(({ name }) => name?.startsWith('cb-'));
      for (const one of [...(element.members ?? []), ...(element.attributes ?? [])]) {
        // Every attribute may be left out: that is no type of its own.
        if (one.type) one.type.text = one.type.text.replace(/ \| undefined$/, '');
        one.default &&= constants.get(`${source} ${one.default}`) ?? one.default;
      }
      for (const exported of module.exports) exported.declaration.module = module.path;
      module.exports.push({
        kind: 'custom-element-definition',
        name: tag,
        declaration: { name: element.name, module: module.path },
      });
    }
  },
};

/** Private methods, and what Lit itself calls, are nobody's concern. */
function isPublic({ name, privacy, static: isStatic }) {
  return !privacy && !isStatic && !name.startsWith('#') && !name.startsWith('_');
}

export default {
  globs: ['components/**/*.ts', 'src/**/*.ts'],
  exclude: ['**/*.css.ts', '**/*.styles.ts'],
  outdir: 'dist',
  litelement: true,
  packagejson: false,
  plugins: [published],
};
