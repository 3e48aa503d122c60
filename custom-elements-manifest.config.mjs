/** The manifest that editors, Storybook and framework wrappers read: dist/custom-elements.json. */

/** `components/cb-x/cb-x.ts` is the class of `<cb-x>`: our `define` registers it in the entry. */
const ownFile = /^components\/(cb-[a-z-]+)\/\1\.ts$/;

const published = {
  name: 'published',
  packageLinkPhase({ customElementsManifest: manifest }) {
    manifest.modules = manifest.modules.filter(({ path }) => ownFile.test(path));
    for (const module of manifest.modules) {
      const tag = ownFile.exec(module.path)[1];
      const element = module.declarations.find(({ kind }) => kind === 'class');
      module.path = `dist/esm/classes/${tag}.js`;
      element.customElement = true;
      element.tagName = tag;
      element.description ||= element.summary ?? '';
      element.members = element.members?.filter(isPublic);
      // An event that is only dispatched has no name here; those with one are documented.
      element.events = element.events?.filter(({ name }) => name);
      for (const { type } of [...(element.members ?? []), ...(element.attributes ?? [])]) {
        // Every attribute may be left out: that is no type of its own.
        if (type) type.text = type.text.replace(/ \| undefined$/, '');
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
