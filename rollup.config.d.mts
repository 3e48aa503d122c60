import type { OutputOptions, RollupOptions } from 'rollup';

interface Bundle extends RollupOptions {
  output: OutputOptions & { dir: string };
}

export const elements: { tag: string; classFile: string; entry: string }[];
export const modules: Bundle;
export const cdn: Bundle;
declare const bundles: Bundle[];
export default bundles;
