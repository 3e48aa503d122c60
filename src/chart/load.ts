import type * as Core from './echarts.ts';

const TYPES = {
  line: () => import('./types/line.ts'),
  bar: () => import('./types/bar.ts'),
  pie: () => import('./types/pie.ts'),
  sankey: () => import('./types/sankey.ts'),
  heatmap: () => import('./types/heatmap.ts'),
  graph: () => import('./types/graph.ts'),
};

/** A type of series; each is a chunk over the shared core. */
export type ChartType = keyof typeof TYPES;

let core: typeof Core | undefined;
const loaded = new Set<ChartType>();

/**
 * Loads what a chart with these types of series needs.
 *
 * @throws what `import()` throws; another attempt imports again
 */
export async function loadCharts(types: readonly ChartType[]): Promise<void> {
  const [imported, ...modules] = await Promise.all([
    import('./echarts.ts'),
    ...types.map((type) => TYPES[type]()),
  ]);
  core = imported;
  // Called, not a side effect of the import, which a bundler may leave out.
  for (const { install } of modules) install();
  for (const type of types) loaded.add(type);
}

/** The core, if it and these types of series are loaded: a page that prints can't wait. */
export function loadedCore(types: readonly ChartType[]): typeof Core | undefined {
  return types.every((type) => loaded.has(type)) ? core : undefined;
}
