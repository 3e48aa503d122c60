/**
 * Bundles of some elements, made by the repository's own Rollup configuration for the CDN bundle:
 * what a page's bundler makes of `import '@cloudbrain/widgets/cb-….js'`, minified, with the SDK.
 */
import { gzipSync } from 'node:zlib';
import { rollup, type OutputChunk, type Plugin } from 'rollup';
import { cdn, elements } from '../../rollup.config.mjs';

/** A script of a bundle. */
export interface Script {
  /** Its path in the bundle. */
  name: string;
  code: string;
  /** Bytes of `gzip -9`. */
  gzip: number;
  /** Whether it contains the library that draws charts. */
  isChart: boolean;
  /** Scripts that are fetched together with it. */
  imports: readonly string[];
}

export interface Bundle {
  /** The script that a page names. */
  entry: Script;
  scripts: ReadonlyMap<string, Script>;
  /** The entry with all that it imports, directly or not: fetched before anything is shown. */
  first: readonly Script[];
}

const ENTRY = 'virtual:page';

/** Registers elements by their tags, and nothing else. */
function pageOf(tags: readonly string[]): Plugin {
  const entries = tags.map((tag) => {
    const element = elements.find((known) => known.tag === tag);
    if (!element) throw new Error(`There is no element ${tag}.`);
    return element.entry;
  });
  return {
    name: 'page',
    resolveId: (id) => (id === ENTRY ? id : null),
    load: (id) =>
      id === ENTRY
        ? entries.map((entry) => `import '${process.cwd()}/${entry}';`).join('\n')
        : null,
  };
}

/** Bundles a page's elements. */
export async function bundle(...tags: string[]): Promise<Bundle> {
  const build = await rollup({
    ...cdn,
    input: { page: ENTRY },
    preserveEntrySignatures: false,
    plugins: [pageOf(tags), cdn.plugins],
  });
  const { output } = await build.generate({ ...cdn.output, banner: '', sourcemap: false });
  await build.close();
  const scripts = new Map(
    output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, scriptOf(file)]] : [])),
  );
  const entry = [...scripts.values()].find(({ name }) => name === 'page.js');
  if (!entry) throw new Error('The bundle has no entry.');
  return { entry, scripts, first: closure(entry, scripts) };
}

function scriptOf({ fileName, code, imports, moduleIds }: OutputChunk): Script {
  const isChart = moduleIds.some((id) => /\/node_modules\/(?:echarts|zrender)\//.test(id));
  return { name: fileName, code, gzip: gzipSync(code, { level: 9 }).length, isChart, imports };
}

function closure(entry: Script, scripts: ReadonlyMap<string, Script>): Script[] {
  const reached = new Set([entry]);
  for (const script of reached) {
    for (const name of script.imports) {
      const imported = scripts.get(name);
      if (imported) reached.add(imported);
    }
  }
  return [...reached];
}
