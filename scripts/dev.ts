/**
 * `npm run dev`: what `npm start` does, and follows every change: the server restarts, elements come
 * from their sources through Vite, and open pages load anew.
 */
import type { ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { extname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readConfig } from '../server/config/config.ts';
import { startDevServer } from './support/dev-server.ts';
import { run, start, stop, stopAllOnSignal } from './support/processes.ts';
import { inRoot } from './support/root.ts';

const { host, port } = readConfig(process.env);
/** The service's own port; the one that pages use is Vite's. */
const behind = port + 10;
const settleMs = 150;

function startBackend(): ChildProcess {
  const pages = [`http://${host}:${port}`, `http://localhost:${port}`];
  const origins = [process.env.CLOUDBRAIN_ORIGINS, ...pages].filter(Boolean).join(',');
  const script = ['scripts/start.ts', `--elements=http://${host}:${port}`];
  return start('node', ['--conditions=@cloudbrain/source', ...script], {
    env: { PORT: String(behind), CLOUDBRAIN_ORIGINS: origins },
    stream: true,
  });
}

const isUp = () =>
  fetch(`http://${host}:${behind}/api/health`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Until the server answers, or this process of it has ended. */
async function ready(backend: ChildProcess): Promise<void> {
  while (backend.exitCode === null && !(await isUp())) await wait(200);
}

stopAllOnSignal();
const vite = await startDevServer(`http://${host}:${behind}`, { host, port });
let backend = startBackend();

/** What a change asks for; done when nothing has changed for a moment, one after the other. */
const wanted = new Set<'generate' | 'restart' | 'reload'>();
let timer: NodeJS.Timeout | undefined;
let working = Promise.resolve();

function want(what: 'generate' | 'restart' | 'reload'): void {
  wanted.add(what);
  clearTimeout(timer);
  timer = setTimeout(() => {
    const all = new Set(wanted);
    wanted.clear();
    working = working.then(() => follow(all));
  }, settleMs);
}

async function follow(all: Set<'generate' | 'restart' | 'reload'>): Promise<void> {
  if (all.has('generate')) {
    const { output } = await run('node', ['scripts/generate.ts']);
    process.stdout.write(output);
  }
  if (all.has('generate') || all.has('restart')) {
    await stop(backend);
    backend = startBackend();
    await ready(backend);
  }
  vite.reload();
}

watch(inRoot('openapi.yaml'), () => want('generate'));
watch(inRoot('server'), { recursive: true }, (_, file) => {
  if (file === null || /(?:^|\/)(?:node_modules|dist|generated)\//.test(file)) return;
  want(file.startsWith('pages/') || extname(file) !== '.ts' ? 'reload' : 'restart');
});

await ready(backend);
console.log(
  backend.exitCode === null
    ? `\nWorking on it: open ${vite.url}, pages load anew by themselves.\n`
    : '\nThe server ended. It starts again after the next change of its sources.\n',
);
