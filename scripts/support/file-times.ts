import { readFile } from 'node:fs/promises';
import { seconds, table } from './print.ts';

/** How long a file of tests took. */
export interface FileTime {
  file: string;
  ms: number;
}

/** What a suite noted of its files; empty where it ended early. */
export async function readTimes(path: string): Promise<FileTime[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as FileTime);
}

/** The ten files that took longest, as a table. */
export function slowest(suites: readonly { name: string; files: readonly FileTime[] }[]): string {
  const all = suites.flatMap(({ name, files }) => files.map((it) => ({ ...it, name })));
  const ten = all.sort((a, b) => b.ms - a.ms).slice(0, 10);
  return table(ten.map(({ file, name, ms }) => [file, name, seconds(ms)]));
}
