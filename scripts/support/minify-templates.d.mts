import type { Plugin } from 'rollup';

/** Minifies the HTML and CSS in Lit's templates. */
export function minifyTemplates(): Plugin;
