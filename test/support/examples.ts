/** The examples in doc comments, to be run. */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { inRoot } from '../../scripts/support/root.ts';

export interface Example {
  method: string;
  /** The method, and which of its examples it is. */
  name: string;
  code: string;
}

/** The examples of a class's methods; those of the class itself are left out. */
export async function examplesOf(file: string): Promise<Example[]> {
  const source = await readFile(inRoot(file), 'utf8');
  const methods = source.matchAll(
    /^ {2}\/\*\*\n((?: {3}\*.*\n)+?) {3}\*\/\n {2}(?:async )?(\w+)[<(]/gm,
  );
  return [...methods].flatMap(([, comment = '', method = '']) => {
    const text = comment.replaceAll(/^ {3}\* ?/gm, '');
    const [, ...examples] = text.split('@example\n');
    return examples.map((code, index) => ({
      method,
      name: `${method} ${index + 1}`,
      code: code.trim(),
    }));
  });
}

/**
 * Runs an example with what it takes for given.
 * @returns what it has named, as in `const { requests } = ...`
 */
export async function runExample(
  code: string,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const patterns = code.matchAll(/^const (?:\{ ([\w, ]+) \}|(\w+)) =/gm);
  const names = [...patterns].flatMap(([, some, one]) => one ?? some?.split(', ') ?? []);
  const script =
    // In a block of its own, as an example may name what it finds as what is given.
    stripTypeScriptTypes(`export async function run({ ${Object.keys(given).join(', ')} }) {{
${code}
return { ${names.join(', ')} };
}}`);
  const { run } = (await import(`data:text/javascript,${encodeURIComponent(script)}`)) as {
    run: (given: Record<string, unknown>) => Promise<Record<string, unknown>>;
  };
  return run(given);
}

/** The methods of an object's class, of which each has to have an example. */
export const methodsOf = (object: object): string[] =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter(
    (name) => name !== 'constructor',
  );
