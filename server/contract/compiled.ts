import type { ValidateFunction } from 'ajv';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { compileFunction } from 'node:vm';
import type { Texts } from './compile.ts';
import { formats } from './formats.ts';
import type { Checks, Validators } from './schemas.ts';
import { readText, type Source } from './source.ts';

/** A contract that is ready to be used. */
export interface Compiled {
  source: Source;
  checks: Checks;
}

/** Ajv's functions ask for some of Ajv's; those that need no other are all that is loaded of it. */
const require = createRequire(import.meta.url);

const extension = extname(import.meta.url);

/** Beside the compiled server that is published; a checkout keeps it where its other caches are. */
const ownFolder = new URL(
  extension === '.ts' ? '../../.cache/contract/' : './compiled/',
  import.meta.url,
);

/** The repository's contract; it is compiled at the first start with it, once. */
export const compiled = (): Compiled => (own ??= loadCompiled(readText()));
let own: Compiled | undefined;

/**
 * Loads what was made of a contract, or makes it where that is missing, cannot be read, or comes
 * of another text or other code.
 * @param folder keeps what was made, of one contract; where it can't be written to, nothing is kept
 */
export function loadCompiled(text: string, folder: URL = ownFolder): Compiled {
  const kept = new URL(`${digestOf(text)}/`, folder);
  let made: Texts | undefined;
  const load = <T>(part: keyof Texts, read: (text: string) => T): T => {
    try {
      return read(made?.[part] ?? readFileSync(new URL(names[part], kept), 'utf8'));
    } catch {
      made = make(text);
      keep(made, kept, folder);
      return read(made[part]);
    }
  };
  let answers: Validators | undefined;
  return {
    source: load('document', (json) => JSON.parse(json) as Source),
    checks: {
      requests: load('requests', evaluate),
      // Many never need them, and they are the most.
      answers: () => (answers ??= load('answers', evaluate)),
    },
  };
}

/** Of all that decides what is made: the contract, the code of this folder, and its two tools. */
function digestOf(text: string): string {
  const hash = createHash('sha256').update(text);
  const here = new URL('./', import.meta.url);
  for (const name of readdirSync(here).sort()) {
    if (extname(name) === extension) hash.update(readFileSync(new URL(name, here)));
  }
  for (const tool of ['ajv', 'yaml']) {
    hash.update((require(`${tool}/package.json`) as { version: string }).version);
  }
  return hash.digest('hex').slice(0, 32);
}

function make(text: string): Texts {
  // Neither Ajv's compiler nor YAML is loaded where there is nothing to make.
  const { compile } = require(`./compile${extension}`) as { compile: (text: string) => Texts };
  return compile(text);
}

const names = {
  document: 'document.json',
  requests: 'requests.cjs',
  answers: 'answers.cjs',
} as const satisfies Record<keyof Texts, string>;

/** Others may start at the same time: what is there is whole, and never changes. */
function keep(texts: Texts, kept: URL, folder: URL): void {
  const scratch = new URL(`${randomUUID()}/`, folder);
  try {
    mkdirSync(scratch, { recursive: true });
    for (const part of Object.keys(names) as (keyof Texts)[]) {
      writeFileSync(new URL(names[part], scratch), texts[part]);
    }
    // One of these that can't be read any more is replaced.
    rmSync(kept, { recursive: true, force: true });
    renameSync(scratch, kept);
    removeOthers(kept, folder);
  } catch {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Whoever still runs with another one has read it. */
function removeOthers(kept: URL, folder: URL): void {
  for (const name of readdirSync(folder)) {
    const other = new URL(`${name}/`, folder);
    if (other.href !== kept.href) rmSync(other, { recursive: true, force: true });
  }
}

function evaluate(code: string): Validators {
  const exports: Record<string, ValidateFunction> = {};
  const run = compileFunction(code, ['exports', 'require', 'formats']) as (
    ...given: [typeof exports, typeof require, typeof formats]
  ) => void;
  run(exports, require, formats);
  return exports;
}
