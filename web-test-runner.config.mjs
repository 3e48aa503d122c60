/** The elements' tests, in Chromium: `wtr`, or `wtr test/components/cb-stat-card.test.ts`. */
import { fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { defaultReporter } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import { build } from 'esbuild';
import { chromium } from './scripts/support/machine.ts';
import { patience } from './test/support/patience.ts';

/** What has been bundled, by its path. */
const bundled = new Map();

/** Modules that are not found, by how the names of their files begin. */
const lost = new Set();

/** Bundles a test when it is asked for: Chromium has no TypeScript. */
const bundleTests = {
  name: 'bundle-tests',
  /** `lose` lets a module that is loaded when it is needed be lost, `find` all be found again. */
  executeCommand({ command, payload }) {
    if (command === 'module:lose') lost.add(payload);
    else if (command === 'module:find') lost.clear();
    else return undefined;
    return true;
  },
  resolveMimeType: ({ path }) => (path.endsWith('.ts') ? 'js' : undefined),
  async serve({ path }) {
    if (path.endsWith('.test.ts')) {
      const file = path.slice(1);
      const { outputFiles } = await build({
        entryPoints: [file],
        outdir: dirname(file),
        outExtension: { '.js': '.ts' },
        bundle: true,
        splitting: true,
        // Each test has modules of its own: one that the browser has kept could not be lost.
        chunkNames: `[name]-${basename(file, '.test.ts')}-[hash]`,
        write: false,
        format: 'esm',
        target: 'es2022',
        sourcemap: 'inline',
        conditions: ['@cloudbrain/source'],
      });
      for (const output of outputFiles)
        bundled.set(output.path.slice(import.meta.dirname.length), output.text);
    }
    const isLost = [...lost].some((name) => basename(path).startsWith(`${name}-`));
    return isLost ? undefined : bundled.get(path);
  },
};

/** Asks a process of its own, which starts real servers: `test/components/server.ts`. */
const realServers = () => {
  const waiting = new Map();
  let child;
  let last = 0;
  const start = () => {
    const file = 'test/support/elements-server.ts';
    const started = fork(file, [], { execArgv: ['--conditions=@cloudbrain/source'] });
    started.on('message', ({ number, result, error }) => {
      const { resolve, reject } = waiting.get(number);
      waiting.delete(number);
      // No answer would mean that nobody knows the command.
      if (error === undefined) resolve(result ?? true);
      else reject(new Error(error));
    });
    started.on('exit', (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`The process ended: ${code}.`));
      waiting.clear();
    });
    return started;
  };
  return {
    name: 'real-servers',
    executeCommand({ command, payload }) {
      if (!command.startsWith('server:')) return undefined;
      child ??= start();
      return new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        child.send({ number: last, command: command.slice('server:'.length), payload });
      });
    },
    serverStop: () => child?.connected && child.disconnect(),
  };
};

/** Notes how long each file took, where the run asks for it. */
const fileTimes = {
  reportTestFileResults({ sessionsForTestFile, testFile }) {
    const { TEST_FILE_TIMES } = process.env;
    if (!TEST_FILE_TIMES) return;
    const msOf = ({ tests = [], suites = [] }) =>
      tests.reduce((sum, { duration = 0 }) => sum + duration, 0) +
      suites.reduce((sum, suite) => sum + msOf(suite), 0);
    const ms = Math.round(
      sessionsForTestFile.reduce((sum, { testResults }) => sum + msOf(testResults ?? {}), 0),
    );
    const file = relative(import.meta.dirname, testFile);
    appendFileSync(TEST_FILE_TIMES, `${JSON.stringify({ file, ms })}\n`);
  },
};

export default {
  files: ['test/components/**/*.test.ts'],
  rootDir: import.meta.dirname,
  // A page in the background gets no frames.
  concurrency: 1,
  plugins: [bundleTests, realServers()],
  browsers: [
    chromeLauncher({
      launchOptions: {
        executablePath: chromium.find(),
        args: [
          '--no-sandbox',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
          '--no-first-run',
          // A test proves that a removed element is collected.
          '--js-flags=--expose-gc',
        ],
      },
    }),
  ],
  reporters: [defaultReporter(), fileTimes],
  testsFinishTimeout: patience(300_000),
  testFramework: { config: { timeout: patience(30_000) } },
};
