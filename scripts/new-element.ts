/**
 * `npm run new:element cb-name`: an element that works, with its styles, texts, story, tests and
 * docs, to start from. Its tests pass; nothing else has to name it.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { namesOf } from './support/element-names.ts';

const template = join(import.meta.dirname, 'templates', 'element');

async function create(tag: string, root: string): Promise<string[]> {
  const names = namesOf(tag);
  const fill = (text: string) =>
    text
      .replaceAll('Example title', names.title)
      .replaceAll('cb-example', tag)
      .replaceAll('CbExample', names.className)
      .replaceAll('ExampleMessage', names.messageType);
  const entries = await readdir(template, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const source = join(entry.parentPath, entry.name);
      return { source, file: join(root, relative(template, source).replaceAll('cb-example', tag)) };
    });
  const present = files.find(({ file }) => existsSync(file));
  if (present) throw new Error(`${relative(root, present.file)} is there already.`);
  for (const { source, file } of files) {
    const filled = fill(await readFile(source, 'utf8'));
    const options = { ...(await resolveConfig(file)), filepath: file };
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await format(filled, options));
  }
  return files.map(({ file }) => relative(root, file));
}

const [tag, ...rest] = process.argv.slice(2);
try {
  if (tag === undefined || rest.length > 0) throw new Error('Usage: npm run new:element cb-name');
  const made = await create(tag, process.cwd());
  console.log(`Made <${tag}>:\n${made.map((file) => `  ${file}`).join('\n')}`);
  console.log(`\nIts tests: npx wtr test/components/${tag}.test.ts`);
  console.log('Next: what it shows, its title in every language, and `npm run generate` for its docs.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
