import { readFileSync } from 'node:fs';

/** Beside the sources, or beside `dist`. */
const packageFile = import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json';

export const { version } = JSON.parse(
  readFileSync(new URL(packageFile, import.meta.url), 'utf8'),
) as { version: string };
