/** The guides, followed as they are written, with the packages as they are published. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readyWhen, sparePort } from '../../scripts/support/databases.ts';
import { run, start, stop } from '../../scripts/support/processes.ts';
import { inRoot } from '../../scripts/support/root.ts';
import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';

let service: ServiceProcess;
let project: string;
let env: Record<string, string>;

before(async () => {
  service = await ServiceProcess.start({ CLOUDBRAIN_ORIGINS: 'https://portal.example.com' });
  project = await mkdtemp(join(tmpdir(), 'cloudbrain-guides-'));
  await mkdir(join(project, 'node_modules', '@cloudbrain'), { recursive: true });
  await symlink(inRoot('sdk'), join(project, 'node_modules', '@cloudbrain', 'sdk'));
  await writeFile(join(project, 'package.json'), '{"type":"module"}');
  const { databaseUrl = '' } = service.database;
  env = { CLOUDBRAIN_DATA: service.dataDir, DATABASE_URL: databaseUrl };
});

after(async () => {
  await service.close();
  await rm(project, { recursive: true });
});

/** The code of one language in a guide, block by block. */
async function codeOf(guide: string, language: string): Promise<string[]> {
  const text = await readFile(inRoot(guide), 'utf8');
  const blocks = text.matchAll(/^```(\w+)\n(.*?)^```/gms);
  return [...blocks].flatMap(([, name, code = '']) => (name === language ? [code] : []));
}

/** The commands that a guide gives to the service's command line. */
async function commandsOf(guide: string): Promise<string[]> {
  const lines = (await codeOf(guide, 'sh')).join('').split('\n');
  return lines.filter((line) => line.startsWith('npm run serve -- '));
}

/** What a command of the service prints. */
async function command(line: string): Promise<string> {
  const { code, output } = await run('sh', ['-c', line], { env });
  assert.equal(code, 0, `${line}\n${output}`);
  return output;
}

/** The key that a guide tells how to make. */
async function keyOf(guide: string): Promise<string> {
  const line = (await commandsOf(guide)).find((each) => each.includes('key create'));
  const [key] = /cbk_api_\S+/.exec(await command(line ?? '')) ?? [];
  return key ?? assert.fail('No key was made');
}

/** Starts a guide's code, told where this service is. */
async function startCode(
  name: string,
  code: string,
  more: Record<string, string> = {},
  args: string[] = [],
) {
  const file = join(project, name);
  await writeFile(file, code.replaceAll('http://127.0.0.1:4400', service.url));
  return start('node', [file, ...args], {
    cwd: project,
    env: { CLOUDBRAIN_BASE_URL: service.url, ...more },
  });
}

async function sendRun(more: Record<string, string> = {}): Promise<void> {
  const traceId = randomBytes(16).toString('hex');
  const span = (id: string, name: string, more: object, attributes: Record<string, string>) => ({
    traceId,
    spanId: id,
    name,
    startTimeUnixNano: `${Date.now() - 2_000}000000`,
    endTimeUnixNano: `${Date.now()}000000`,
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: key.endsWith('tokens') ? { intValue: value } : { stringValue: value },
    })),
    ...more,
  });
  const root = 'eee19b7ec3c1b173';
  const spans = [
    span(root, 'invoke_agent helper', {}, { 'gen_ai.operation.name': 'invoke_agent' }),
    span(
      'eee19b7ec3c1b174',
      'chat gpt-5-mini',
      { parentSpanId: root },
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-5-mini',
        'gen_ai.provider.name': 'openai',
        'gen_ai.usage.input_tokens': '1000',
        'gen_ai.usage.output_tokens': '100',
        ...more,
      },
    ),
  ];
  const answer = await fetch(`${service.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': service.key },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  assert.equal(answer.status, 200);
}

test('scripts get figures, and hear of runs', async () => {
  const key = await keyOf('docs/quick-start/script.md');
  const [script = '', errors = ''] = await codeOf('docs/quick-start/script.md', 'ts');
  const watching = await startCode('script.ts', script, { CLOUDBRAIN_API_KEY: key });
  try {
    await readyWhen(watching, /0 requests \(null\), \$0/);
    let heard = false;
    const hears = readyWhen(watching, /completed/).then(() => (heard = true));
    // It asks for figures and a list before it listens: what happened by then it does not hear.
    await eventually('a run that it hears of', async () => {
      await sendRun();
      return heard;
    });
    await hears;
  } finally {
    await stop(watching, 'SIGKILL');
  }
  const client = script.slice(0, script.indexOf('// Figures'));
  const failing = await startCode('errors.ts', client + errors, { CLOUDBRAIN_API_KEY: key });
  await readyWhen(failing, /[\w-]{8,}\n$/);
  for (const [guide, own] of [
    ['README.md', key],
    ['sdk/README.md', await keyOf('sdk/README.md')],
  ] as const) {
    const [readme = ''] = await codeOf(guide, 'ts');
    await readyWhen(
      await startCode('readme.ts', readme, { CLOUDBRAIN_API_KEY: own }),
      /^[1-9]\d* requests, \$0\.\d+/,
    );
  }
});

test('the three scripts report costs, export and erase a user, and write a PDF', async () => {
  await sendRun({ 'user.id': 'ada@example.com', 'gen_ai.conversation.id': 'to-export' });
  const [, , costs = '', erasure = '', pdf = ''] = await codeOf('docs/quick-start/script.md', 'ts');
  const [, key = ''] =
    /(cbk_api_\S+)/.exec(
      await command('npm run serve -- key create --kind api --role admin --name scripts'),
    ) ?? [];
  // What was sent is of today.
  const today = costs.replace("timeframe: 'yesterday'", "timeframe: 'today'");
  await readyWhen(await startCode('costs.ts', today, { CLOUDBRAIN_API_KEY: key }), /\t0\.\d+/);

  const user = 'ada@example.com';
  const erasing = await startCode('erase.ts', erasure, { CLOUDBRAIN_API_KEY: key }, [user]);
  await readyWhen(erasing, /^Erasure [\w-]{36}: \w+/);
  const exported = await readFile(join(project, 'export.ndjson'), 'utf8');
  assert.deepEqual(
    exported
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id),
    ['to-export'],
  );

  const writing = await startCode('pdf.ts', `${pdf}\nconsole.log('written');`, {
    CLOUDBRAIN_API_KEY: key,
  });
  await readyWhen(writing, /written/);
  const file = await readFile(join(project, 'yesterday.pdf'), 'latin1');
  assert.match(file, /^%PDF-/);
});

test('a backend gives out tokens for its pages', async () => {
  const key = await keyOf('docs/quick-start/embed.md');
  const [backend = ''] = await codeOf('docs/quick-start/embed.md', 'js');
  const port = await sparePort();
  const code = `${backend.replace('8080', String(port))}\nconsole.log('listening');`;
  const child = await startCode('backend.js', code, { CLOUDBRAIN_API_KEY: key });
  try {
    await readyWhen(child, /listening/);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    const { token, expiresIn } = (await answer.json()) as { token: string; expiresIn: number };
    assert.equal(expiresIn, 900);
    const figures = await fetch(`${service.url}/api/stats/overview`, {
      headers: { authorization: `Bearer ${token}`, origin: 'https://portal.example.com' },
    });
    assert.equal(figures.status, 200);
  } finally {
    await stop(child, 'SIGTERM');
  }
});

test('an operator makes workspaces, accounts, keys and prices', async () => {
  const lines = await commandsOf('docs/operate.md');
  assert.ok(lines.length >= 4);
  for (const line of lines) await command(line);
  assert.match(await command('npm run serve -- --help'), /CLOUDBRAIN_DATA/);
});

/** What pages take for given: what their earlier blocks made, and what is the reader's own. */
const GIVEN = `
import type * as sdk from '@cloudbrain/sdk';
declare global {
  const cb: sdk.CloudBrain, CloudBrain: typeof sdk.CloudBrain;
  const bearer: typeof sdk.bearer, passwordAuth: typeof sdk.passwordAuth;
  const ConflictError: typeof sdk.ConflictError, NotFoundError: typeof sdk.NotFoundError;
  const auth: ReturnType<typeof sdk.apiKey>, me: sdk.Me, execution: sdk.Execution;
  const domain: string, id: string, email: string, password: string, baseUrl: string;
  const signal: AbortSignal;
  const showLogin: () => void, showName: (name?: string) => void;
  const showState: (state: string, attempt: number, why?: string) => void;
  const show: (shown: sdk.Execution | sdk.Message | number) => void;
  const report: (reason: unknown) => void;
  const fetchEverythingAgain: () => Promise<void>;
  const createdAt: string, changedAt: string, updatedAt: string, at: string;
  const from: string, to: string, message: sdk.Message;
  const writeFile: typeof import('node:fs/promises').writeFile;
  const assert: typeof import('node:assert/strict');
}
`;

test('all code for scripts is typed', async () => {
  const types = join(project, 'types');
  await mkdir(types);
  await writeFile(join(types, 'given.d.ts'), GIVEN);
  for (const guide of [
    ...['README.md', 'sdk/README.md', 'docs/quick-start/script.md'],
    ...['docs/conversations.md', 'docs/executive.md'],
  ]) {
    const blocks = await codeOf(guide, 'ts');
    assert.ok(blocks.length > 0, guide);
    for (const [index, code] of blocks.entries()) {
      const file = `${guide.replaceAll('/', '-')}-${index}.ts`;
      await writeFile(join(types, file), `${code}\nexport {};\n`);
    }
  }
  const options = {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2024', 'dom', 'dom.iterable', 'esnext.disposable'],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [inRoot('node_modules', '@types')],
    },
    include: ['*.ts'],
  };
  await writeFile(join(types, 'tsconfig.json'), JSON.stringify(options));
  const { code, output } = await run('tsc', ['-p', types]);
  assert.equal(code, 0, output);
});
