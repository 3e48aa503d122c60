/** The examples in doc comments, to be run. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot } from '../../scripts/support/root.ts';

export interface Example {
  /** The method that it is of, and which of its examples it is. */
  name: string;
  code: string;
}

/** The examples of a class's methods; those of the class itself are left out. */
export async function examplesOf(file: string): Promise<Example[]> {
  const source = await readFile(inRoot(file), 'utf8');
  const methods = source.matchAll(/^ {2}\/\*\*\n((?: {3}\*.*\n)+?) {3}\*\/\n {2}(\w+)/gm);
  return [...methods].flatMap(([, comment = '', name = '']) => {
    const text = comment.replaceAll(/^ {3}\* ?/gm, '');
    const [, ...examples] = text.split('@example\n');
    return examples.map((code, index) => ({ name: `${name} ${index + 1}`, code: code.trim() }));
  });
}

/**
 * Runs an example with what it takes for given.
 * @returns what it has named, as in `const { requests } = ...`
 */
export async function runExample(
  { code }: Example,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const patterns = code.matchAll(/^const (?:\{ ([\w, ]+) \}|(\w+)) =/gm);
  const names = [...patterns].flatMap(([, some, one]) => one ?? some?.split(', ') ?? []);
  const folder = await mkdtemp(join(tmpdir(), 'cloudbrain-example-'));
  try {
    const file = join(folder, 'example.ts');
    const script = `export async function run({ ${Object.keys(given).join(', ')} }) {
${code}
return { ${names.join(', ')} };
}`;
    await writeFile(file, script);
    const { run } = (await import(pathToFileURL(file).href)) as {
      run: (given: Record<string, unknown>) => Promise<Record<string, unknown>>;
    };
    return await run(given);
  } finally {
    await rm(folder, { recursive: true });
  }
}
