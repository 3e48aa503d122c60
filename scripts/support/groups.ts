import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot } from './root.ts';

/** To load the server takes longer than most files of its tests; more of them would hold too much. */
const FILES = 8;

/**
 * Loads one file after the other: what one of them is loading, `require()` of another may not want at
 * the same time.
 */
const LOAD = `import { describe } from 'node:test';
let last = Promise.resolve();
const load = (url) => (last = last.then(() => import(url), () => import(url)));
`;

/** Files in groups of about as many, neighbours apart: those of one folder take about as long. */
export function groupsOf(files: readonly string[]): string[][] {
  const groups: string[][] = Array.from({ length: Math.ceil(files.length / FILES) }, () => []);
  files.forEach((file, index) => groups[index % groups.length]?.push(file));
  return groups;
}

/**
 * Writes modules that run several files of tests each, one after the other. Each file is a suite by
 * its name: what it sets up at its top is set up when its turn comes.
 * @returns their paths
 */
export async function writeGroups(files: readonly string[], directory: string): Promise<string[]> {
  return Promise.all(
    groupsOf(files).map(async (group, index) => {
      const path = join(directory, `group-${index}.mjs`);
      const suites = group.map((file) => {
        const url = pathToFileURL(inRoot(file)).href;
        return `describe(${JSON.stringify(file)}, () => load(${JSON.stringify(url)}));\n`;
      });
      await writeFile(path, `${LOAD}${suites.join('')}`);
      return path;
    }),
  );
}
