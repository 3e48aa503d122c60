import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { groupsOf } from '../../scripts/support/groups.ts';
import { inRoot, root } from '../../scripts/support/root.ts';
import { filesOf, FULL_ONLY, suites } from '../../scripts/support/suites.ts';

/** All modules that a file imports, through the tests' and scripts' own; itself too. */
function importsOf(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  // A test may hold the source of a script, whose imports are of another place.
  if (!existsSync(inRoot(file))) return found;
  const source = readFileSync(inRoot(file), 'utf8');
  for (const [, path = ''] of source.matchAll(/(?:from |import\()'([^']+)'/g)) {
    const imported = path.startsWith('.') ? join(dirname(file), path) : path;
    if (/^(test|scripts)\//.test(imported)) importsOf(imported, found);
    else found.add(imported);
  }
  return found;
}

const filesOfSuite = (name: string, isFull: boolean): string[] => {
  const suite = suites.find((it) => it.name === name);
  assert.ok(suite, name);
  return filesOf(suite, isFull);
};

const all = globSync('test/**/*.test.ts', { cwd: root }).sort();

test('every test is in a suite', () => {
  const covered = new Set(suites.flatMap((suite) => filesOf(suite, true)));
  assert.deepEqual(
    all.filter((file) => !covered.has(file)),
    [],
  );
});

test('every test is in the sample, those apart that are listed', () => {
  const covered = new Set(suites.flatMap((suite) => filesOf(suite, false)));
  assert.deepEqual(
    all.filter((file) => !covered.has(file)),
    globSync([...FULL_ONLY], { cwd: root }).sort(),
  );
});

test('a full run has each test of the server on both databases, if it asks one', () => {
  const embedded = new Set(filesOfSuite('server', true));
  const postgres = new Set(filesOfSuite('server-postgres', true));
  const asking = all.filter((file) => importsOf(file).has('test/support/database.ts'));
  const ofServer = asking.filter((file) => file.startsWith('test/server/'));
  assert.ok(ofServer.length > 50);
  assert.deepEqual(
    ofServer.filter((file) => !embedded.has(file) || !postgres.has(file)),
    [],
  );
});

test('tests that share a process leave it as it was', () => {
  const files = suites.filter(({ grouped }) => grouped).flatMap((suite) => filesOf(suite, true));
  assert.ok(files.length > 100);
  for (const file of files) {
    assert.doesNotMatch(
      readFileSync(inRoot(file), 'utf8'),
      /process\.env(?:\.\w+|\[[^\]]+\]) = |delete process\.env|process\.(?:chdir|umask)\(/,
      file,
    );
  }
});

test('a suite in groups runs each of its files once', () => {
  for (const count of [0, 1, 8, 9, 100]) {
    const names = Array.from({ length: count }, (_, index) => `${index}.test.ts`);
    const groups = groupsOf(names);
    assert.deepEqual(groups.flat().sort(), names.sort());
    assert.ok(groups.every((group) => group.length > 0));
  }
});

test('every pattern of a suite finds a file', () => {
  const ofSuites = suites.flatMap(({ files = [], sample = [], except = [] }) => [
    ...files,
    ...sample,
    ...except,
  ]);
  const patterns = [...ofSuites, ...FULL_ONLY];
  for (const pattern of new Set(patterns)) {
    const names = /\{([^}]*)\}/.exec(pattern)?.[1]?.split(',') ?? [''];
    for (const name of names) {
      const one = pattern.replace(/\{[^}]*\}/, name);
      assert.ok(globSync(one, { cwd: root }).length > 0, `${one} is nothing`);
    }
  }
});

test('the number of cases of each property follows from the effort of the run', () => {
  for (const file of all) {
    const source = readFileSync(inRoot(file), 'utf8');
    const properties = [...source.matchAll(/\bfc\.assert\(\n|\bfc\.assert\(property/g)].length;
    const numbers = [...source.matchAll(/\bnumRuns: (?:effort\.)?runs(?:Of)?\(/g)].length;
    assert.ok(numbers >= properties, file);
  }
});

test('every limit of time in a test scales with the machine', () => {
  const limits = [
    /\btimeout: [1-9][\d_]{3,}/,
    /(?:AbortSignal\.timeout|this\.timeout|setDefaultTimeout)\([\d_]+\)/,
    /\b(?:isIn|reads|until|eventually)\([^;]*?, [\d_]{4,}\)/,
    /performance\.now\(\) [-+] (?:\w+ < )?[\d_]+/,
  ];
  /** The SDK's own time-outs, which a test lets pass. */
  const exempt = [
    'test/scripts/suites.test.ts',
    'test/sdk/retry.test.ts',
    'test/sdk/session.test.ts',
  ];
  const found: string[] = [];
  for (const file of globSync('test/**/*.ts', { cwd: root, exclude: ['test/bench/**'] })) {
    if (exempt.includes(file)) continue;
    const source = readFileSync(inRoot(file), 'utf8');
    for (const limit of limits) {
      for (const [text] of source.matchAll(new RegExp(limit, 'g'))) found.push(`${file}: ${text}`);
    }
  }
  assert.deepEqual(found, []);
});
