import { join } from 'node:path';

/** The repository's directory. */
export const root = join(import.meta.dirname, '..', '..');

/** A path of the repository, absolute. */
export const inRoot = (...path: string[]): string => join(root, ...path);
