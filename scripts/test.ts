/**
 * The tests: `npm test`, or some suites by name: `npm test -- server pages`. It runs a fixed sample
 * of all cases; `npm run test:full` runs every case, on random input (see
 * docs/architecture/testing.md). Does all set-up itself: programs, a private PostgreSQL and Redis,
 * what has to be built.
 */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { countsOfPages, countsOfTap, type Counts, settle, sum } from './support/counts.ts';
import { dumpPGlite, type PrivateServer, startPostgres, startRedis } from './support/databases.ts';
import { type FileTime, readTimes, slowest } from './support/file-times.ts';
import { writeGroups } from './support/groups.ts';
import { chromium, ensurePrograms } from './support/machine.ts';
import { runPool } from './support/pool.ts';
import { seconds, styled, table } from './support/print.ts';
import { type Finished, run, stopAllOnSignal } from './support/processes.ts';
import { inRoot } from './support/root.ts';
import { filesOf, type Preparation, type Service, type Suite, suites } from './support/suites.ts';

const { values, positionals } = parseArgs({
  options: { full: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const isFull = values.full;

/** Ends what would never end, on a machine several times slower than ours as well. */
const suiteTimeoutMs = (isFull ? 180 : 60) * 60_000;

const timesReporter = pathToFileURL(inRoot('scripts', 'support', 'times-reporter.ts')).href;

const preparations: Record<Preparation, string[]> = {
  elements: ['scripts/build-elements.ts'],
  packages: ['scripts/build.ts'],
  storybook: ['scripts/build-storybook.ts'],
};

const variables: Record<Service, string> = {
  postgres: 'TEST_DATABASE_URL',
  redis: 'TEST_REDIS_URL',
  snapshot: 'TEST_PGLITE_SNAPSHOT',
};

const starters: Record<Service, () => Promise<PrivateServer>> = {
  postgres: startPostgres,
  redis: startRedis,
  snapshot: dumpPGlite,
};

/** One that is named in the environment is used as it is; else a private one is started. */
async function startService(service: Service): Promise<PrivateServer> {
  const given = process.env[variables[service]];
  if (given) return { url: given, close: async () => {} };
  return starters[service]();
}

function choose(names: string[]): Suite[] {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    const known = suites.map((suite) => suite.name).join(' ');
    throw new Error(`No such suite: ${unknown.join(', ')}. Suites: ${known}`);
  }
  const wanted = suites.filter(({ name }) => names.length === 0 || names.includes(name));
  return wanted.filter((suite) => existsSync(inRoot(suite.folder)) && hasTests(suite));
}

/** Elements' tests are found by @web/test-runner itself. */
const hasTests = (suite: Suite): boolean =>
  suite.runner === 'page' || filesOf(suite, isFull).length > 0;

/** The programs that the suites need, those apart that the environment already stands in for. */
function programsOf(chosen: Suite[]) {
  const needed = new Set(chosen.flatMap((suite) => suite.programs ?? []));
  return [...needed].filter((program) => {
    if (program.apt === 'postgresql') return !process.env[variables.postgres];
    if (program.apt === 'redis-server') return !process.env[variables.redis];
    return true;
  });
}

interface Result extends Counts {
  name: string;
  ms: number;
  files: FileTime[];
}

async function runSuite(suite: Suite, env: NodeJS.ProcessEnv, scratch: string): Promise<Result> {
  console.log(`▶ ${suite.name}`);
  const times = join(scratch, `${suite.name}.times`);
  const options = { env: { ...env, TEST_FILE_TIMES: times }, timeoutMs: suiteTimeoutMs };
  let result: Finished;
  let counts: Counts | undefined;
  if (suite.runner === 'page') {
    result = await run('wtr', [], options);
    counts = countsOfPages(result.output);
  } else {
    const tap = join(scratch, `${suite.name}.tap`);
    const reporters = [
      ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
      ...['--test-reporter=tap', `--test-reporter-destination=${tap}`],
      ...[`--test-reporter=${timesReporter}`, `--test-reporter-destination=${times}`],
    ];
    // Tests often wait for a server, so as many processes as there are cores keep these busy.
    const width = `--test-concurrency=${availableParallelism()}`;
    // PGlite runs for seconds: to optimise its code takes longer than the code then saves.
    const quick = suite.services?.includes('snapshot') ? ['--liftoff-only'] : [];
    const files = filesOf(suite, isFull);
    const args = [
      // A test makes much that it soon drops: the more room that has, the less often it is cleared.
      ...['--conditions=@cloudbrain/source', '--max-semi-space-size=64', ...quick],
      ...['--test', width, ...reporters],
      ...(suite.grouped ? await writeGroups(files, await groupDirectory(suite, scratch)) : files),
    ];
    result = await run('node', args, options);
    counts = countsOfTap(await readFile(tap, 'utf8').catch(() => ''));
  }
  const settled = settle(counts, result.code);
  if (settled.failed > 0) console.log(`\n${styled('bold', suite.name)}\n${result.output.trim()}\n`);
  const mark = settled.failed > 0 ? styled('red', '✘') : styled('green', '✔');
  console.log(`${mark} ${suite.name}: ${settled.passed} passed, ${seconds(result.ms)}`);
  return { name: suite.name, ms: result.ms, files: await readTimes(times), ...settled };
}

async function groupDirectory({ name }: Suite, scratch: string): Promise<string> {
  const directory = join(scratch, name);
  await mkdir(directory);
  return directory;
}

async function prepare(chosen: Suite[]): Promise<void> {
  for (const name of new Set(chosen.flatMap((suite) => suite.prepare ?? []))) {
    console.log(`▶ building: ${name}`);
    const args = ['--conditions=@cloudbrain/source', ...preparations[name]];
    const { code, output, ms } = await run('node', args);
    if (code !== 0) throw new Error(`Building ${name} failed:\n${output}`);
    console.log(`${styled('green', '✔')} building: ${name}, ${seconds(ms)}`);
  }
}

/** Of all random input: TEST_SEED repeats a run. */
const seed = process.env.TEST_SEED ?? String(randomInt(2 ** 31));

/** Starts what the suites connect to; the variables that tell them stand in `env`. */
async function startServices(chosen: Suite[]) {
  const names = [...new Set(chosen.flatMap((suite) => suite.services ?? []))];
  const servers = new Map<Service, PrivateServer>();
  for (const name of names) servers.set(name, await startService(name));
  const envOf = (suite: Suite): NodeJS.ProcessEnv => {
    const env: NodeJS.ProcessEnv = {
      CHROME_PATH: chromium.find() ?? '',
      // A hundred files of tests and more load the same modules.
      NODE_COMPILE_CACHE: inRoot('.cache', 'compile'),
      TEST_EFFORT: isFull ? 'full' : 'sample',
      ...(isFull && { TEST_SEED: seed }),
    };
    // A suite that doesn't ask for a service must not find it: it tests the embedded one.
    for (const [service, variable] of Object.entries(variables) as [Service, string][]) {
      env[variable] = suite.services?.includes(service) ? servers.get(service)?.url : undefined;
    }
    return env;
  };
  const close = async () => {
    await Promise.all([...servers.values()].map((server) => server.close()));
  };
  return { envOf, close };
}

async function main(): Promise<number> {
  const began = performance.now();
  const chosen = choose(positionals);
  if (isFull) console.log(`Everything, on random input. Again the same: TEST_SEED=${seed}`);
  await ensurePrograms(programsOf(chosen));
  const scratch = await mkdtemp(join(tmpdir(), 'cloudbrain-test-'));
  const services = await startServices(chosen);
  const cleanUp = async () => {
    await services.close();
    await rm(scratch, { recursive: true, force: true });
  };
  stopAllOnSignal(cleanUp);
  try {
    await prepare(chosen);
    const jobs = chosen.map((suite) => () => runSuite(suite, services.envOf(suite), scratch));
    const results = await runPool(jobs, Math.min(2, availableParallelism()));
    const total = sum(results);
    console.log(`\nSlowest files:\n${slowest(results)}`);
    const head = ['suite', 'passed', 'failed', 'skipped', 'time'];
    const rows = results.map((r) => [
      r.name,
      ...[r.passed, r.failed, r.skipped].map(String),
      seconds(r.ms),
    ]);
    console.log(`\n${table([head, ...rows])}`);
    console.log(`\nIn ${seconds(performance.now() - began)}:`);
    console.log(`${total.passed} passed, ${total.failed} failed`);
    return total.failed > 0 || total.passed === 0 ? 1 : 0;
  } finally {
    await cleanUp();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
