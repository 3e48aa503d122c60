/** The elements' tests, in Chromium: `wtr`, or `wtr test/components/cb-stat-card.test.ts`. */
import { dirname } from 'node:path';
import { chromeLauncher } from '@web/test-runner-chrome';
import { build } from 'esbuild';
import { chromium } from './scripts/support/machine.ts';

/** What has been bundled, by its path. */
const bundled = new Map();

/** Bundles a test when it is asked for: Chromium has no TypeScript. */
const bundleTests = {
  name: 'bundle-tests',
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
        write: false,
        format: 'esm',
        target: 'es2022',
        sourcemap: 'inline',
        conditions: ['@cloudbrain/source'],
      });
      for (const output of outputFiles)
        bundled.set(output.path.slice(import.meta.dirname.length), output.text);
    }
    return bundled.get(path);
  },
};

export default {
  files: ['test/components/**/*.test.ts'],
  rootDir: import.meta.dirname,
  concurrency: 2,
  plugins: [bundleTests],
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
  testFramework: { config: { timeout: 10_000 } },
};
