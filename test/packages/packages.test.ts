import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { chromium } from 'playwright-core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { elements } from '../../rollup.config.mjs';
import { chromium as program } from '../../scripts/support/machine.ts';
import { inRoot } from '../../scripts/support/root.ts';
import { patience } from '../support/patience.ts';
import { serveFolder } from '../support/static-server.ts';

/** Runs a program to its end; its output. @throws with all that it wrote, where it fails */
async function execute(command: string, args: string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd })).stdout.trim();
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

interface Packed {
  name: string;
  /** Its folder in the repository. */
  folder: string;
  tarball: string;
  files: string[];
}

let project: string;
let packages: Packed[];

async function pack(folder: string): Promise<Packed> {
  const args = ['pack', '--json', '--pack-destination', project];
  const [packed] = JSON.parse(await execute('npm', args, folder)) as [
    { name: string; filename: string; files: { path: string }[] },
  ];
  const files = packed.files.map(({ path }) => path);
  return { name: packed.name, folder, tarball: join(project, packed.filename), files };
}

/** What a user of the packages would do: an empty project, and the tarballs. */
before(async () => {
  project = await mkdtemp(join(tmpdir(), 'cloudbrain-packages-'));
  packages = [];
  for (const folder of ['.', 'sdk', 'cli', 'server']) packages.push(await pack(inRoot(folder)));
  const manifest = { name: 'empty', private: true, type: 'module' };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  const tarballs = packages.map(({ tarball }) => tarball);
  const flags = ['--prefer-offline', '--no-audit', '--no-fund'];
  await execute('npm', ['install', ...flags, ...tarballs], project);
});

after(() => rm(project, { recursive: true, force: true }));

/** Every path that a package can be imported by; `*` is each element's. */
async function entriesOf({ name, folder }: Packed): Promise<string[]> {
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  const { exports } = JSON.parse(text) as { exports: Record<string, unknown> };
  const scripts = Object.keys(exports).filter((path) => !/\.(?:json|css)$/.test(path));
  const paths = scripts.flatMap((path) =>
    path.includes('*') ? elements.map(({ tag }) => path.replace('cb-*', tag)) : [path],
  );
  return paths.map((path) => name + path.slice(1));
}

const eachPackage = [
  '@cloudbrain/widgets',
  '@cloudbrain/sdk',
  '@cloudbrain/cli',
  '@cloudbrain/server',
];

function packed(name: string): Packed {
  const found = packages.find((one) => one.name === name);
  assert.ok(found, `${name} was packed`);
  return found;
}

/** Runs a script in the project; its output. */
const inProject = (script: string): Promise<string> =>
  execute('node', ['--input-type=module', '-e', script], project);

for (const name of eachPackage) {
  describe(name, () => {
    test('publint finds nothing', async () => {
      const file = await readFile(packed(name).tarball);
      const tarball = new Uint8Array(file).buffer;
      const { messages, pkg } = await publint({ strict: true, pack: { tarball } });
      assert.deepEqual(
        messages.map((message) => formatMessage(message, pkg, { color: false })),
        [],
      );
    });

    test('its types are right', async () => {
      const one = packed(name);
      const entries = (await entriesOf(one)).map((entry) => entry.replace(name, '.'));
      // A command has nothing to import.
      if (entries.length === 0) return;
      // Scripts are of every module system, pages and servers of one.
      const profile = name === '@cloudbrain/sdk' ? 'strict' : 'esm-only';
      const args = ['--profile', profile, '--no-emoji', '--entrypoints', ...entries];
      await execute('attw', [one.tarball, ...args], project);
    });

    test('carries its licence, and nothing that is not for its users', () => {
      const { files } = packed(name);
      assert.ok(files.includes('LICENSE'));
      const strange = files.filter((file) =>
        /(?:^|\/)(?:test|scripts|demo|node_modules)\//.test(file),
      );
      assert.deepEqual(strange, []);
    });

    test('every entry imports in Node', async () => {
      const entries = await entriesOf(packed(name));
      const script = entries.map((entry) => `await import('${entry}');`).join('\n');
      assert.equal(await inProject(`${script}\nconsole.log('imported')`), 'imported');
    });
  });
}

/** Leaves a tag's calls out: of them a page has as many as the contract, of the core only one. */
const withoutCalls: Plugin = {
  name: 'without-calls',
  setup({ onLoad }) {
    onLoad({ filter: /\/resources\/\w+\.js$/ }, async ({ path }) => {
      if (/\/(?:auth|live|resource)\.js$/.test(path)) return null;
      const source = await readFile(path, 'utf8');
      const [, name = ''] = /export class (\w+)/.exec(source) ?? [];
      return { contents: `export class ${name} {}` };
    });
  },
};

/** Bytes (gzip) that the SDK costs a page, what it loads only when needed apart. */
async function sizeOfSdk(plugins: Plugin[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '@cloudbrain/sdk';`, resolveDir: project },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    outdir: join(project, 'size'),
    write: false,
    plugins,
  });
  const entry = outputFiles.find(({ path }) => path.endsWith('stdin.js'));
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  // With what it imports from the start.
  const first = new Set(['stdin.js']);
  for (const name of first) {
    const imports = texts.get(name)?.matchAll(/(?:from|import)"\.\/([\w.-]+)"/g) ?? [];
    for (const [, imported = ''] of imports) first.add(imported);
  }
  assert.ok(entry && texts.size > first.size, 'something is loaded later');
  return [...first].reduce((sum, name) => sum + gzipSync(texts.get(name) ?? '').length, 0);
}

test("the SDK's core costs a page 9 KB at most, and with the calls of every tag 12 KB", async (t) => {
  const [core, whole] = [await sizeOfSdk([withoutCalls]), await sizeOfSdk([])];
  t.diagnostic(`core ${core} bytes, whole ${whole} bytes`);
  assert.ok(core < whole, 'calls cost something');
  assert.ok(core <= 9 * 1024, `${core} bytes`);
  assert.ok(whole <= 12 * 1024, `${whole} bytes`);
});

test('types resolve in a strict project', async () => {
  const entries = (await Promise.all(packages.map(entriesOf))).flat();
  const imports = entries.map((entry, index) => `import * as m${index} from '${entry}';`);
  const uses = `console.log(${entries.map((_, index) => `m${index}`).join(', ')});
const card: HTMLElement | null = document.querySelector('cb-stat-card');
document.createElement('cb-stat-card').metric = 'requests';
export { card };`;
  await writeFile(join(project, 'use.ts'), `${imports.join('\n')}\n${uses}\n`);
  const options = {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2024', 'dom', 'dom.iterable', 'esnext.disposable'],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
    },
    files: ['use.ts'],
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(options));
  await execute('tsc', ['-p', project], project);
});

describe('the SDK in a CommonJS project', () => {
  const inCommonJs = (script: string) =>
    execute('node', ['--input-type=commonjs', '-e', script], project);

  test('is required, and is the same as where it is imported', async () => {
    const script = `
      const { APIError } = require('@cloudbrain/sdk');
      const { Core } = require('@cloudbrain/sdk/core');
      const { FakeServer } = require('@cloudbrain/sdk/testing');
      import('@cloudbrain/sdk').then((it) => {
        console.log(it.APIError === APIError, typeof Core, typeof FakeServer);
      });`;
    assert.equal(await inCommonJs(script), 'true function function');
  });

  test('calls and streams where ES modules can not be required', async () => {
    const script = `
      const { CloudBrain } = require('./node_modules/@cloudbrain/sdk/dist/cjs/index.js');
      const server = require('node:http').createServer(({ url }, response) => {
        const isLive = url.startsWith('/api/live');
        response.setHeader('content-type', isLive ? 'text/event-stream' : 'application/json');
        response.end(isLive ? 'event: reset\\nid: 7\\ndata: {"event":"reset"}\\n\\n' : '{"status":"up"}');
      });
      server.listen(0, '127.0.0.1', async () => {
        const cb = new CloudBrain({ baseUrl: 'http://127.0.0.1:' + server.address().port });
        const { status } = await cb.health.get();
        const events = [];
        for await (const { event } of cb.live.subscribe({ transport: 'sse' })) {
          events.push(event);
          break;
        }
        console.log(status, events.join());
        server.close();
        server.closeAllConnections();
      });`;
    assert.equal(await inCommonJs(script), 'up reset');
  });
});

const resolutions = [
  ['node10', { module: 'commonjs', moduleResolution: 'node10' }, 'ts'],
  ['node16, CommonJS', { module: 'node16' }, 'cts'],
  ['node16, ES modules', { module: 'node16' }, 'mts'],
  ['nodenext, CommonJS', { module: 'nodenext' }, 'cts'],
  ['nodenext, ES modules', { module: 'nodenext' }, 'mts'],
  ['bundler', { module: 'esnext', moduleResolution: 'bundler' }, 'ts'],
] as const;

for (const [name, options, extension] of resolutions) {
  test(`the SDK's types are clean under ${name}`, async () => {
    const folder = join(project, `types-${name.replaceAll(/\W+/g, '-')}`);
    await mkdir(folder);
    const script = `import { type APIError, CloudBrain, type StatsOverview } from '@cloudbrain/sdk';
import { Core, StatsResource } from '@cloudbrain/sdk/core';
import { FakeServer } from '@cloudbrain/sdk/testing';
const cb = new CloudBrain({ baseUrl: 'http://127.0.0.1:4400' });
export const overview: Promise<StatsOverview> = new StatsResource(new Core({})).overview();
export const status = (error: APIError): number => error.status;
export async function cost(): Promise<string | null> {
  // @ts-expect-error: there is no such timeframe
  await cb.stats.overview({ timeframe: 'someday' });
  return (await cb.stats.overview({ timeframe: '7d' })).cost.usd;
}
console.log(new FakeServer());
`;
    await writeFile(join(folder, `use.${extension}`), script);
    const compilerOptions = {
      ...options,
      target: 'es2023',
      lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      types: [],
    };
    const config = { compilerOptions, files: [`use.${extension}`] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    await execute('tsc', ['-p', folder], project);
  });
}

/** Bundles a page's script as a user's bundler would. */
async function bundle(script: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: project },
    bundle: true,
    write: false,
    format: 'esm',
    minify: true,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

test('a class that nobody uses leaves nothing in a bundle', async () => {
  assert.equal(await bundle("import '@cloudbrain/widgets/classes/cb-stat-card.js';"), '');
  assert.match(await bundle("import '@cloudbrain/widgets/cb-stat-card.js';"), /cb-stat-card/);
});

test('texts are registered by an entry of its own, for the elements of every other', async () => {
  const script = `
    const { registerMessages } = await import('@cloudbrain/widgets/messages.js');
    const all = await import('@cloudbrain/widgets');
    registerMessages('fr', { base: { retry: 'Réessayer' } });
    console.log(all.registerMessages === registerMessages);`;
  assert.equal(await inProject(script), 'true');
});

test('a page that is built with the package shows a card; so does one with the CDN bundle', async () => {
  const pages = join(project, 'pages');
  const installed = join(project, 'node_modules', '@cloudbrain', 'widgets', 'dist', 'cdn');
  await mkdir(pages);
  const script = await bundle("import '@cloudbrain/widgets/cb-stat-card.js';");
  await writeFile(join(pages, 'built.js'), script);
  const hashes = JSON.parse(await readFile(join(installed, 'integrity.json'), 'utf8')) as {
    'cloudbrain.js': string;
  };
  const page = (tag: string) =>
    `<!doctype html>${tag}<cb-stat-card heading="Answered" value="0.42" format="percent"></cb-stat-card>`;
  await writeFile(
    join(pages, 'built.html'),
    page('<script type="module" src="built.js"></script>'),
  );
  const cdn = await serveFolder(installed);
  const attributes = `src="${cdn.url}/cloudbrain.js" integrity="${hashes['cloudbrain.js']}"`;
  const tag = `<script type="module" crossorigin ${attributes}></script>`;
  await writeFile(join(pages, 'cdn.html'), page(tag));
  const theme = `<link rel="stylesheet" href="${cdn.url}/theme.css">`;
  const hue = '<style>:root { --cb-color-blue-600: rgb(1, 2, 3) }</style>';
  await writeFile(join(pages, 'themed.html'), page(tag + theme + hue));
  const server = await serveFolder(pages);
  const browser = await chromium.launch({
    executablePath: program.find() ?? '',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const tab = await browser.newPage({ colorScheme: 'light' });
    const accents: string[] = [];
    for (const name of ['built', 'cdn', 'themed']) {
      await tab.goto(`${server.url}/${name}.html`);
      await tab.getByText('42').waitFor({ timeout: patience(10_000) });
      const bar = tab.locator('cb-stat-card .bar');
      accents.push(await bar.evaluate((it) => getComputedStyle(it).color));
    }
    // The bundle exports what a page needs to add a language.
    const isExported = (url: string) =>
      import(url).then((it: { registerMessages?: unknown }) => typeof it.registerMessages);
    assert.equal(await tab.evaluate(isExported, `${cdn.url}/cloudbrain.js`), 'function');
    // The palette changes nothing where the theme isn't loaded, and a whole hue where it is.
    assert.deepEqual(accents, ['rgb(58, 85, 217)', 'rgb(58, 85, 217)', 'rgb(1, 2, 3)']);
  } finally {
    await browser.close();
    await Promise.all([server.close(), cdn.close()]);
  }
});

interface Declaration {
  tagName?: string;
  events?: { name: string }[];
  attributes?: { name: string; default?: string }[];
  cssParts?: { name: string }[];
  cssStates?: { name: string }[];
}

test('the manifest describes every element', async () => {
  const path = join(project, 'node_modules/@cloudbrain/widgets/dist/custom-elements.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as {
    modules: { path: string; declarations: Declaration[] }[];
  };
  const tags = manifest.modules.flatMap(({ declarations }) =>
    declarations.flatMap(({ tagName }) => tagName ?? []),
  );
  assert.deepEqual(tags.sort(), elements.map(({ tag }) => tag).sort());
  const { files } = packed('@cloudbrain/widgets');
  for (const { path: module } of manifest.modules) assert.ok(files.includes(module), module);

  const declarations = manifest.modules.flatMap((module) => module.declarations);
  const events = declarations.flatMap(({ events = [] }) => events.map(({ name }) => name));
  assert.deepEqual(
    events.filter((name) => !name.startsWith('cb-')),
    [],
  );
  const named = declarations.flatMap(({ tagName = '', attributes = [] }) =>
    attributes.flatMap((one) => (/^[A-Z]/.test(one.default ?? '') ? `${tagName} ${one.name}` : [])),
  );
  assert.deepEqual(named, [], 'defaults that are the name of one');
  const of = (tag: string) => declarations.find(({ tagName }) => tagName === tag);
  const limit = (tag: string) => of(tag)?.attributes?.find(({ name }) => name === 'limit')?.default;
  assert.deepEqual(['cb-exec-stream', 'cb-cleanup-monitor'].map(limit), ['20', '10']);
  for (const tag of ['cb-exec-stream', 'cb-cleanup-monitor', 'cb-usage-timeline']) {
    const has = (list: { name: string }[] | undefined, name: string) =>
      assert.ok(
        list?.some((one) => one.name === name),
        `${tag}: ${name}`,
      );
    has(of(tag)?.cssParts, 'retry');
    has(of(tag)?.cssParts, 'error-code');
    has(of(tag)?.cssStates, 'compact');
  }
});

/** What the installed server has of the compiled contract: paths, and when each was written. */
async function compiledContract(): Promise<string[]> {
  const server = join(project, 'node_modules', '@cloudbrain', 'server');
  const folder = join(server, 'dist', 'contract', 'compiled');
  const paths = (await readdir(folder, { recursive: true })).sort();
  return Promise.all(
    paths.map(async (path) => `${path} ${(await stat(join(folder, path))).mtimeMs}`),
  );
}

test('the installed server starts, and serves the elements', async () => {
  const bin = join(project, 'node_modules', '.bin', 'cloudbrain-server');
  assert.match(await execute(bin, ['--help'], project), /CLOUDBRAIN_DATA/);
  const env = { ...process.env, PORT: '0', CLOUDBRAIN_DATA: join(project, 'data') };
  const compiled = await compiledContract();
  assert.equal(compiled.length, 4, String(compiled));
  const child = execFile(bin, ['serve'], { cwd: project, env });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      child.stderr?.on('data', (text: string) => (output += text));
      child.stdout?.on('data', (text: string) => {
        output += text;
        const [, ready] = /ready at (http:\S+)/.exec(output) ?? [];
        if (ready) resolve(ready);
      });
      child.once('close', () => reject(new Error(`It ended:\n${output}`)));
    });
    const health = await fetch(`${url}/api/health`);
    assert.deepEqual(await health.json(), { status: 'healthy' });
    const script = await fetch(`${url}/cloudbrain.js`);
    assert.equal(script.status, 200);
    assert.match(await script.text(), /cb-stat-card/);
    const theme = await fetch(`${url}/cloudbrain.theme.css`);
    assert.match(theme.headers.get('content-type') ?? '', /^text\/css/);
    assert.match(await theme.text(), /--cb-color-blue-600/);
    assert.match(await (await fetch(url)).text(), /<cb-stat-card/);
    const reference = await fetch(`${url}/api/docs`);
    assert.match(await reference.text(), /id="stats.overview"/);
    const sheet = await fetch(`${url}/api/docs/reference.css`);
    assert.match(sheet.headers.get('content-type') ?? '', /^text\/css/);
    const contract = await fetch(`${url}/api/openapi.json`);
    assert.equal(((await contract.json()) as { openapi: string }).openapi, '3.1.0');
    // Compiled at the start, it would have taken the place of what the package brought.
    assert.deepEqual(await compiledContract(), compiled);
  } finally {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  }
});

test('the installed command runs, and completes in shells', async () => {
  const bin = join(project, 'node_modules', '.bin', 'cloudbrain');
  const manifest = await readFile(inRoot('cli', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  assert.equal(await execute(bin, ['--version'], project), version);
  assert.match(await execute(bin, ['--help'], project), /cloudbrain \[options\] \[command\]/);
  for (const shell of ['bash', 'zsh', 'fish']) {
    assert.match(await execute(bin, ['completion', shell], project), /cloudbrain/);
  }
  const failed = await execute(bin, ['stats', '--base-url', 'http://127.0.0.1:9'], project).then(
    () => '',
    (error: unknown) => String(error),
  );
  assert.match(failed, /You are not signed in at http:\/\/127\.0\.0\.1:9\./);
});
