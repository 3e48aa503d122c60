/**
 * What is published to the browser.
 *
 * - `modules`: ESM for bundlers. One entry per element that registers it (`cb-stat-card.js`), one
 *   that only exports its class (`classes/cb-stat-card.js`), one for texts (`messages.js`), shared
 *   chunks. Dependencies stay imports.
 * - `cdn`: all elements in one script for a `<script type="module">`, with what is fetched later
 *   (charts, languages) beside it, and the theme.
 *
 * The entries come from the folders under components/.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import dynamicImportVars from '@rollup/plugin-dynamic-import-vars';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';
import { minifyTemplates } from './scripts/support/minify-templates.mjs';

/** Every element, as its folder under components/ tells it: nothing else has to name a new one. */
export const elements = readdirSync(join(import.meta.dirname, 'components'))
  .sort()
  .map((tag) => ({
    tag,
    /** Its class, without side effects. */
    classFile: `components/${tag}/${tag}.ts`,
    /** What registers it. */
    entry: `components/${tag}/define.ts`,
  }))
  .filter(({ entry }) => existsSync(join(import.meta.dirname, entry)));

const typescript = [
  esbuild({ tsconfig: 'tsconfig.json', target: 'es2022' }),
  // The languages: `import(`../../src/i18n/${language}/cb-x.ts`)`.
  dynamicImportVars({ include: ['components/**', 'src/**'] }),
];

/** What pages use besides the elements. */
const messages = 'src/i18n/messages.ts';

/**
 * A module that only exists here: it registers every element and exports their classes, and
 * `registerMessages`.
 */
const allElements = 'virtual:all-elements';
const all = {
  name: 'all-elements',
  resolveId: (id) => (id === allElements ? id : null),
  load: (id) =>
    id === allElements
      ? [...elements.map(({ entry }) => entry), messages]
          .map((file) => `export * from '${import.meta.dirname}/${file}';`)
          .join('\n')
      : null,
};

/** A language's texts of all elements travel together. */
function languageChunk(id) {
  const language = /\/src\/i18n\/([^/]+)\/[^/]+\.ts$/.exec(id)?.[1];
  return language ? `language-${language}` : undefined;
}

/** The licences of all that the bundle contains, beside it: its comments are gone. */
const licences = {
  name: 'licences',
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap(({ moduleIds }) => moduleIds ?? []);
    const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []);
    const texts = [...new Set(folders)].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json')));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? readFileSync(join(folder, file), 'utf8') : '';
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    });
    const source = texts.join(`\n${'-'.repeat(80)}\n\n`);
    this.emitFile({ type: 'asset', fileName: 'LICENCES.txt', source });
  },
};

/** The palette and the roles that come from it, for pages that change whole hues. */
const theme = {
  name: 'theme',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'theme.css', source: readFileSync(themeFile) });
  },
};
const themeFile = join(import.meta.dirname, 'src/theme/theme.css');

/** @type {import('rollup').RollupOptions} */
export const modules = {
  input: {
    index: allElements,
    messages,
    ...Object.fromEntries(elements.map(({ tag, entry }) => [tag, entry])),
    ...Object.fromEntries(elements.map(({ tag, classFile }) => [`classes/${tag}`, classFile])),
  },
  external: (id) => /^(?:lit|@lit|@lit-labs|@tanstack|echarts|@cloudbrain\/sdk)(?:\/|$)/.test(id),
  plugins: [all, typescript, minifyTemplates()],
  output: {
    dir: 'dist/esm',
    format: 'es',
    sourcemap: true,
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
};

/** What makes the bundle, not yet as small as it gets. */
const bundling = [
  all,
  nodeResolve({ browser: true, exportConditions: ['@cloudbrain/source'] }),
  typescript,
  minifyTemplates(),
  licences,
  theme,
];

/** @type {import('rollup').RollupOptions} */
export const cdn = {
  input: { cloudbrain: allElements },
  // Of these only what is imported is wanted: no charts that nobody draws.
  treeshake: { moduleSideEffects: (id) => !/\/(?:echarts|zrender)\//.test(id) },
  // The script itself holds the elements, so that its integrity hash covers them.
  preserveEntrySignatures: 'allow-extension',
  plugins: [
    bundling,
    terser({
      ecma: 2020,
      module: true,
      // Browsers have no `process`; what is only for development goes.
      compress: { passes: 3, global_defs: { 'process.env.NODE_ENV': 'production' } },
      format: { comments: /^!/ },
    }),
  ],
  output: {
    dir: 'dist/cdn',
    format: 'es',
    generatedCode: { preset: 'es2015', symbols: false },
    freeze: false,
    banner: '/*! CloudBrain, MIT. What it contains: LICENCES.txt beside it. */',
    sourcemap: true,
    chunkFileNames: 'cloudbrain/[name]-[hash].js',
    manualChunks: languageChunk,
  },
};

export default [modules, cdn];
