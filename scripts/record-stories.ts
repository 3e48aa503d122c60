/**
 * Writes down what a real server with a month of demo telemetry answers, for the stories:
 * `npm run record:stories`. One file in stories/recorded/ for each scenario that has answers.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { bearer, CloudBrain } from '@cloudbrain/sdk';
import { format } from 'prettier';
import { startFleet } from '../server/demo/fleet.ts';
import { leaveFiles } from '../server/demo/files.ts';
import { keyOf, type Recording } from '../stories/support/recording.ts';
import { eventually } from '../test/support/eventually.ts';
import { TestServer } from '../test/support/server.ts';
import { progressBar } from './support/progress.ts';
import { inRoot } from './support/root.ts';

const listenMs = 15_000;
const timeframes = ['today', '24h', '7d', '30d', '90d'];

/** All that an element in a story asks. */
const questions = [
  '/api/auth/me',
  ...timeframes.flatMap((timeframe) => [
    `/api/stats/overview?timeframe=${timeframe}`,
    `/api/stats/timeline?timeframe=${timeframe}`,
    `/api/stats/models?timeframe=${timeframe}&limit=50`,
  ]),
  '/api/executions?timeframe=24h&limit=30',
  '/api/cleanup',
  '/api/cleanup/actions?limit=30',
  '/api/admin/errors?timeframe=24h&limit=30',
];

const rightPassword = { email: 'admin@localhost', password: 'correct horse battery staple' };
const wrongPassword = { ...rightPassword, password: 'wrong' };
/** Nobody has this address: it can be locked without locking out who records. */
const nobody = { email: 'nobody@localhost', password: 'wrong' };

/** A token that nobody honours any more still looks like a secret. */
const withoutTokens = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body, (name, value: unknown) => (name.endsWith('Token') ? 'recorded' : value)),
  );

class Recorder {
  readonly #server: TestServer;
  readonly recording: Recording = {
    recordedAt: new Date().toISOString(),
    answers: {},
    events: [],
  };

  constructor(server: TestServer) {
    this.#server = server;
  }

  async ask(question: string, token?: string, body?: unknown): Promise<void> {
    const { pathname, searchParams } = new URL(question, this.#server.url);
    const call = { ...(token && { token }), ...(body !== undefined && { body }) };
    const answer = await this.#server.call<unknown>(question, call);
    const key = keyOf(body === undefined ? 'GET' : 'POST', pathname, searchParams);
    const retryAfter = answer.headers.get('retry-after');
    this.recording.answers[key] = {
      status: answer.status,
      ...(retryAfter && { headers: { 'retry-after': retryAfter } }),
      body: withoutTokens(answer.body),
    };
  }

  async askAll(token: string): Promise<void> {
    for (const question of questions) await this.ask(question, token);
  }

  /** Listens as a page does. */
  async listen(token: string): Promise<void> {
    const client = new CloudBrain({ baseUrl: this.#server.url, auth: bearer(token) });
    const began = performance.now();
    const stream = client.live.subscribe({ topics: ['executions', 'stats', 'cleanup'] });
    setTimeout(() => stream.close(), listenMs);
    for await (const event of stream) {
      this.recording.events.push({ afterMs: Math.round(performance.now() - began), event });
    }
  }

  async write(scenario: string): Promise<void> {
    const text = await format(JSON.stringify(this.recording), { parser: 'json', printWidth: 100 });
    const file = inRoot('stories', 'recorded', `${scenario}.json`);
    await writeFile(file, text);
    console.log(`Wrote stories/recorded/${scenario}.json, ${Math.round(text.length / 1024)} KB`);
  }
}

/** Sends the demo's history, and resolves when the fleet goes on live. */
async function fill(server: TestServer): Promise<{ close: () => Promise<void> }> {
  await leaveFiles(server.dataDir, Date.now());
  const bar = progressBar('A month of telemetry');
  const { promise, resolve } = Promise.withResolvers<void>();
  const fleet = startFleet({
    url: server.url,
    key: await server.ingestKey(),
    until: Date.now(),
    onMessage: (message) => {
      if (message.type === 'progress') bar.show(message.sent, message.total);
      if (message.type === 'history') bar.end(`${message.requests} requests`);
      if (message.type === 'live') resolve();
    },
  });
  await promise;
  return { close: () => fleet.close() };
}

/** Asks for a run of cleanup and waits for its end. */
async function cleanUp(server: TestServer, token: string): Promise<void> {
  const { body: run } = await server.call<{ id: string }>('/api/cleanup/runs', {
    token,
    body: { dryRun: false },
  });
  await eventually('the run of cleanup ends', async () => {
    const { body } = await server.call<{ state: string }>(`/api/cleanup/runs/${run.id}`, { token });
    return body.state === 'completed';
  });
}

async function recordEmpty(server: TestServer): Promise<void> {
  const { accessToken } = await server.login();
  const empty = new Recorder(server);
  await empty.askAll(accessToken);
  await empty.write('empty');
}

async function recordLogins(server: TestServer): Promise<void> {
  const refused = new Recorder(server);
  await refused.ask('/api/auth/login', undefined, wrongPassword);
  await refused.write('refused');
  const locked = new Recorder(server);
  const status = () => locked.recording.answers['POST /api/auth/login']?.status;
  while (status() !== 429) await locked.ask('/api/auth/login', undefined, nobody);
  await locked.write('locked');
}

async function recordFull(server: TestServer): Promise<void> {
  const fleet = await fill(server);
  const { accessToken } = await server.login();
  await cleanUp(server, accessToken);
  const admin = new Recorder(server);
  const viewer = new Recorder(server);
  await admin.listen(accessToken);
  await admin.askAll(accessToken);
  await admin.ask('/api/cleanup/runs', accessToken, { dryRun: true });
  await admin.ask('/api/auth/login', undefined, rightPassword);
  await viewer.askAll((await server.account('viewer')).accessToken);
  await admin.write('admin');
  await viewer.write('viewer');
  await fleet.close();
}

await mkdir(inRoot('stories', 'recorded'), { recursive: true });
const server = await TestServer.start();
try {
  await recordEmpty(server);
  await recordLogins(server);
  await recordFull(server);
} finally {
  await server.close();
}
