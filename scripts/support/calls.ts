import { readFile, readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import ts from 'typescript';
import { inRoot } from './root.ts';

/** Calls that stand for operations of other names. */
const standFor: Record<string, string[]> = {
  'live.subscribe': ['live.stream', 'live.socket'],
  'client.batch': ['batch.run'],
};

/**
 * The examples in the SDK's doc comments, by operation: `stats.overview` is the method `overview` in
 * `sdk/resources/stats.ts`; what the client itself has is in `sdk/client.ts`.
 */
export async function sdkCalls(): Promise<Map<string, string>> {
  const resources = (await readdir(inRoot('sdk', 'resources'))).map((file) => `resources/${file}`);
  const calls = new Map<string, string>();
  for (const file of ['client.ts', ...resources].sort()) {
    const text = await readFile(inRoot('sdk', file), 'utf8');
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    for (const method of tree.statements.filter(ts.isClassDeclaration).flatMap(methodsOf)) {
      const example = exampleOf(method);
      if (example === undefined) continue;
      const id = `${basename(file, '.ts')}.${method.name.getText()}`;
      for (const operation of standFor[id] ?? [id]) calls.set(operation, example);
    }
  }
  return calls;
}

const methodsOf = ({ members }: ts.ClassDeclaration): ts.MethodDeclaration[] =>
  members.filter(ts.isMethodDeclaration);

function exampleOf(method: ts.MethodDeclaration): string | undefined {
  const tag = ts.getJSDocTags(method).find(({ tagName }) => tagName.text === 'example');
  return ts.getTextOfJSDocComment(tag?.comment)?.trim();
}
