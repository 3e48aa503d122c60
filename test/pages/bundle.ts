/** Bundles a page's script as a customer's build does: JSX, Vue's files and our elements. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { compileScript, parse } from 'vue/compiler-sfc';
import { inRoot } from '../../scripts/support/root.ts';

/** The elements from their source, so that nothing has to be built before. */
const widgets: Plugin = {
  name: 'widgets',
  setup({ onResolve }) {
    onResolve({ filter: /^@cloudbrain\/widgets\// }, ({ path }) => ({
      path: inRoot('components', basename(path, '.js'), 'define.ts'),
    }));
  },
};

const vue: Plugin = {
  name: 'vue',
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor, errors } = parse(await readFile(path, 'utf8'), { filename: path });
      const [error] = errors;
      if (error) throw error;
      const isCustomElement = (tag: string) => tag.startsWith('cb-');
      const { content } = compileScript(descriptor, {
        id: basename(path),
        inlineTemplate: true,
        templateOptions: { compilerOptions: { isCustomElement } },
      });
      return { contents: content, loader: 'ts' };
    });
  },
};

export interface BundleOptions {
  /** Stands in for `src/version.ts`. */
  version?: string;
}

/** The version that elements of this bundle claim to be of. */
const versioned = (version: string): Plugin => ({
  name: 'versioned',
  setup({ onLoad }) {
    onLoad({ filter: /src\/version\.ts$/ }, () => ({
      contents: `export const VERSION = ${JSON.stringify(version)};`,
    }));
  },
});

/** @returns one script, a module */
export async function bundle(entry: string, { version }: BundleOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    write: false,
    conditions: ['@cloudbrain/source'],
    tsconfig: inRoot('tsconfig.json'),
    plugins: [widgets, vue, ...(version === undefined ? [] : [versioned(version)])],
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
