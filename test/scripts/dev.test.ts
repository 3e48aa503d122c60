/** `npm run dev` in a copy of the repository, whose files a developer changes. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { readyWhen, sparePort } from '../../scripts/support/databases.ts';
import { chromium as program } from '../../scripts/support/machine.ts';
import { start, stop } from '../../scripts/support/processes.ts';
import { inRoot } from '../../scripts/support/root.ts';
import { writeState } from '../../server/demo/state.ts';
import { eventually } from '../support/eventually.ts';
import { patience } from '../support/patience.ts';

const PARTS = [
  ...['components', 'src', 'sdk', 'server', 'scripts', 'openapi.yaml', 'package.json'],
  ...['rollup.config.mjs', 'tsconfig.json', 'tsconfig.base.json'],
];

let copy: string;
let dev: ChildProcess;
let browser: Browser;
let page: Page;
let url: string;
const complaints: string[] = [];

const modulesOf = (folder: string): string => inRoot(folder, 'node_modules');

before(async () => {
  copy = await mkdtemp(join(tmpdir(), 'cloudbrain-dev-'));
  const filter = (file: string) => !/\/(?:node_modules|dist)$/.test(file);
  for (const part of PARTS) {
    await cp(inRoot(part), join(copy, part), { recursive: true, filter });
  }
  for (const folder of ['.', 'sdk', 'server'].filter((it) => existsSync(modulesOf(it)))) {
    await symlink(modulesOf(folder), join(copy, folder, 'node_modules'));
  }
  const dataDir = join(copy, 'data');
  // A second start: the demo has no history to send.
  await writeState(dataDir, { until: Date.now(), sent: true });
  const port = await sparePort();
  url = `http://127.0.0.1:${port}`;
  dev = start(
    process.execPath,
    ['--conditions=@cloudbrain/source', join(copy, 'scripts', 'dev.ts')],
    {
      cwd: copy,
      env: { PORT: String(port), CLOUDBRAIN_DATA: dataDir, DATABASE_URL: '', REDIS_URL: '' },
    },
  );
  await readyWhen(dev, /Working on it/);
  browser = await chromium.launch({ executablePath: program.find() ?? '', args: ['--no-sandbox'] });
  page = await browser.newPage();
  page.setDefaultTimeout(patience(15_000));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text());
  });
  await page.goto(url);
});

after(async () => {
  await stop(dev, 'SIGTERM', patience(5_000));
  await browser.close();
  await rm(copy, { recursive: true, force: true });
});

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(copy, file), 'utf8');
  assert.ok(text.includes(from), `${from} in ${file}`);
  await writeFile(join(copy, file), text.replaceAll(from, to));
}

const signIn = (name: string) => page.getByRole('button', { name, exact: true }).first();
const live = (): Promise<unknown> => page.locator('cb-stat-card:state(live)').first().waitFor();

test('a page has its elements from their sources, and is live through the same address', async () => {
  await signIn('Sign in').waitFor();
  await live();
  assert.deepEqual(complaints, []);
});

test('a change of an element is in the page that is open', async () => {
  await change('components/cb-login/cb-login.messages.ts', "'Sign in'", "'Come in'");
  await signIn('Come in').waitFor();
  await live();
});

test('a change of the server restarts it, and the page that is open is live again', async () => {
  const policy = async (): Promise<string> =>
    (await fetch(url)).headers.get('content-security-policy') ?? '';
  assert.match(await policy(), /frame-ancestors 'none'/);
  await page.evaluate(() => ((globalThis as { mark?: boolean }).mark = true));
  await change('server/http/static.ts', "frame-ancestors 'none'", "frame-ancestors 'self'");
  await eventually('the server of now', async () =>
    (await policy()).includes("frame-ancestors 'self'"),
  );
  await page.waitForFunction(() => !(globalThis as { mark?: boolean }).mark);
  await live();
  await signIn('Come in').waitFor();
});

test('a change of a page is in the page that is open', async () => {
  await change('server/pages/index.html', '<h1>Agents</h1>', '<h1>Changed</h1>');
  await page.getByRole('heading', { name: 'Changed', exact: true }).waitFor();
});
