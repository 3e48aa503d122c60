/**
 * Writes every generated file: `npm run generate`. With `--check` it writes nothing and fails when
 * a file in the tree differs from what would be written.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { contractTypes } from './support/contract-types.ts';
import { sdkCalls } from './support/calls.ts';
import { cliContract } from './support/cli-contract.ts';
import { elementDocs } from './support/element-docs.ts';
import { errorDocs } from './support/error-docs.ts';
import { run } from './support/processes.ts';
import { inRoot } from './support/root.ts';

interface Generator {
  /** The file or folder that it makes, relative to the repository. */
  target: string;
  /** Makes it at another place. */
  make: (out: string) => Promise<void>;
}

async function tool(command: string, ...args: string[]): Promise<void> {
  const { code, output } = await run(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}\n${output}`);
}

async function types(out: string): Promise<void> {
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, await contractTypes());
}

/** So that a package knows its version without reading package.json, which a page can't. */
const version = (folder: string) => async (out: string) => {
  const text = await readFile(inRoot(folder, 'package.json'), 'utf8');
  const { name, version } = JSON.parse(text) as { name: string; version: string };
  await mkdir(dirname(out), { recursive: true });
  await writeFile(
    out,
    `/** The version of \`${name}\`; written by \`npm run generate\`. */\n` +
      `export const VERSION = '${version}';\n`,
  );
};

/** How each operation is called with the SDK, for the reference page that the server shows. */
async function calls(out: string): Promise<void> {
  const examples = [...(await sdkCalls())].sort(([a], [b]) => (a < b ? -1 : 1));
  await mkdir(dirname(out), { recursive: true });
  await writeFile(
    out,
    `/** The examples of the SDK's doc comments, by operation; written by \`npm run generate\`. */\n` +
      `export const calls: Readonly<Partial<Record<string, string>>> = ` +
      `${JSON.stringify(Object.fromEntries(examples), null, 2)};\n`,
  );
}

/** Operations and values of options, so that the command line follows the contract. */
async function cli(out: string): Promise<void> {
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, await cliContract());
}

/** What every code of an error means, for readers of the docs. */
async function errors(out: string): Promise<void> {
  const options = await resolveConfig(inRoot('docs/errors.md'));
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, await format(errorDocs(), { ...options, parser: 'markdown' }));
}

/** What reads OTLP's protobuf; the files are named after their proto. */
function protobuf(out: string): Promise<void> {
  const opt = ['target=ts', 'import_extension=ts'];
  const plugins = [{ local: 'protoc-gen-es', out, opt }];
  const template = JSON.stringify({ version: 'v2', plugins });
  return tool('buf', 'generate', inRoot('test/support/otlp-oracle'), '--template', template);
}

const generators: Generator[] = [
  { target: 'sdk/generated/openapi.ts', make: types },
  { target: 'test/support/otlp-oracle/generated', make: protobuf },
  { target: 'server/reference/generated/calls.ts', make: calls },
  { target: 'cli/generated/contract.ts', make: cli },
  { target: 'docs/errors.md', make: errors },
  { target: 'docs/elements', make: elementDocs },
  { target: 'sdk/version.ts', make: version('sdk') },
  { target: 'src/version.ts', make: version('.') },
];

/** A file or folder as its files' contents by relative path. */
async function contents(path: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  if (!existsSync(path)) return files;
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return files.set('', await readFile(path, 'utf8'));
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(file.slice(path.length), await readFile(file, 'utf8'));
  }
  return files;
}

async function sameContents(one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([contents(one), contents(other)]);
  return left.size === right.size && [...left].every(([name, text]) => right.get(name) === text);
}

const check = process.argv.includes('--check');
const scratch = await mkdtemp(join(tmpdir(), 'cloudbrain-generate-'));
try {
  for (const { target, make } of generators) {
    const made = join(scratch, target);
    const kept = inRoot(target);
    await make(made);
    if (await sameContents(made, kept)) continue;
    if (check) {
      console.error(`${target} is not what its source gives: run \`npm run generate\`.`);
      process.exitCode = 1;
    } else {
      await rm(kept, { recursive: true, force: true });
      await cp(made, kept, { recursive: true });
      console.log(`Wrote ${target}`);
    }
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
