import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Schemas } from '../../../server/contract/index.ts';
import { eventually } from '../../support/eventually.ts';
import { patience } from '../../support/patience.ts';
import { TestServer, type Answer, type Call } from '../../support/server.ts';
import { EventReader } from '../live/event-reader.ts';
import { Files, HOUR } from './files.ts';

type Run = Schemas['CleanupRun'];
type Status = Schemas['CleanupStatus'];
type Page = Schemas['CleanupActionPage'];

let server: TestServer;
let files: Files;
let admin: string;
let sysops: string;

before(async () => {
  server = await TestServer.start();
  files = Files.in(server.dataDir);
  admin = (await server.login()).accessToken;
  sysops = (await server.account('sysops')).accessToken;
});
after(() => server.close());

const ask = <Body>(path: string, call: Call = {}): Promise<Answer<Body>> =>
  server.call<Body>(`/api/cleanup${path}`, { token: admin, ...call });

async function run(dryRun: boolean, call: Call = {}): Promise<Run> {
  const { status, body } = await ask<Run>('/runs', { body: { dryRun }, ...call });
  assert.equal(status, 202);
  return ended(body.id);
}

const ended = (id: string): Promise<Run> =>
  eventually('the end of the run', async () => {
    const { body } = await ask<Run>(`/runs/${id}`);
    return body.endedAt === null ? null : body;
  });

beforeEach(async () => {
  await files.write('tmp/abandoned/file', 2 * HOUR);
});

describe('GET /api/cleanup', () => {
  test('tells the settings, the last run and the next, and who may run it', async () => {
    const made = await run(true);
    const { status, body } = await ask<Status>('');
    assert.equal(status, 200);
    assert.deepEqual(body.settings, {
      enabled: true,
      dryRun: false,
      tmpDirTtlMinutes: 60,
      previewBundleTtlHours: 24,
      logRetentionDays: 7,
      intervalMinutes: 15,
    });
    assert.deepEqual(body.lastRun, made);
    assert.equal(body.mayRun, true);
    const next = new Date(body.nextRunAt ?? '');
    assert.ok(next.getTime() > Date.now() && next.getTime() <= Date.now() + 15 * 60_000);
    assert.equal(next.getUTCMinutes() % 15, 0);
    assert.equal(next.getUTCSeconds(), 0);
  });

  test('shows whoever may not act what there is to see', async () => {
    const { status, body } = await ask<Status>('', { token: sysops });
    assert.equal(status, 200);
    assert.equal(body.mayRun, false);
  });
});

describe('POST /api/cleanup/runs', () => {
  test('answers at once, and the result comes by itself', async () => {
    const { body } = await ask<Run>('/runs', { body: { dryRun: false } });
    assert.deepEqual(
      { ...body, id: '', requestedAt: '' },
      {
        id: '',
        state: 'queued',
        dryRun: false,
        trigger: 'manual',
        requestedAt: '',
        startedAt: null,
        endedAt: null,
        durationMs: null,
        counts: { previewBundles: 0, tempDirs: 0, objects: 0, logs: 0, failed: 0 },
        bytes: 0,
        error: null,
      },
    );
    const done = await ended(body.id);
    assert.equal(done.state, 'completed');
    assert.equal(done.counts.tempDirs, 1);
    assert.equal(await files.has('tmp/abandoned'), false);
  });

  test('with the same Idempotency-Key asks once', async () => {
    const headers = { 'idempotency-key': 'once' };
    const asked = () => ask<Run>('/runs', { body: { dryRun: true }, headers });
    const [first, again] = [await asked(), await asked()];
    assert.equal(again.status, 202);
    assert.equal(again.body.id, first.body.id);
    await ended(first.body.id);
  });

  test('is for admins of the operator’s workspace, and not for embed tokens', async () => {
    const other = await server.tenancy.createWorkspace('Another');
    const foreign = (await server.account('admin', { workspaceId: other })).accessToken;
    for (const token of [sysops, foreign]) {
      const { status, body } = await server.call('/api/cleanup/runs', {
        token,
        body: { dryRun: true },
      });
      assert.equal(status, 403);
      assert.deepEqual(body.requiredRoles, ['admin']);
    }
    const { status } = await server.call('/api/cleanup', { token: foreign });
    assert.equal(status, 403);
  });

  test('refuses what is no request', async () => {
    for (const body of [{}, { dryRun: 'yes' }, { dryRun: true, more: 1 }, null]) {
      assert.equal((await ask('/runs', { body })).status, 400);
    }
  });
});

describe('GET /api/cleanup/runs/{id}', () => {
  test('knows no other runs', async () => {
    assert.equal((await ask('/runs/01900000-0000-7000-8000-000000000000')).status, 404);
    assert.equal((await ask('/runs/none')).status, 400);
  });
});

describe('GET /api/cleanup/actions', () => {
  test('lists them page by page, by run and type', async () => {
    for (let i = 0; i < 5; i++) await files.write(`tmp/many-${i}/file`, 2 * HOUR);
    const { id } = await run(true);
    const seen: Page['data'] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const after: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const { body }: Answer<Page> = await ask(`/actions?runId=${id}&limit=2${after}`);
      assert.ok(body.data.length <= 2);
      seen.push(...body.data);
      cursor = body.nextCursor;
    }
    assert.equal(new Set(seen.map((action) => action.id)).size, 6);
    assert.ok(seen.every(({ type, outcome }) => type === 'temp_dir' && outcome === 'would_delete'));
    const { body } = await ask<Page>(`/actions?runId=${id}&type=log`);
    assert.deepEqual(body, { data: [], nextCursor: null, previousCursor: null });
  });

  test('refuses a cursor that is none', async () => {
    const { status, body } = await ask<Schemas['Problem']>('/actions?cursor=nonsense');
    assert.equal(status, 400);
    assert.equal(body.errors[0]?.path, 'cursor');
  });
});

test('disabled, or set to dry runs, the answer says why there is no real run', async (t) => {
  for (const [name, value] of [
    ['CLEANUP_ENABLED', 'false'],
    ['CLEANUP_DRY_RUN', 'true'],
  ] as const) {
    const other = await TestServer.start({ env: { [name]: value } });
    t.after(() => other.close());
    const { accessToken: token } = await other.login();
    const refused = await other.call('/api/cleanup/runs', { token, body: { dryRun: false } });
    assert.equal(refused.status, 409);
    assert.match(refused.body.detail, new RegExp(name));
    const dry = await other.call<Run>('/api/cleanup/runs', { token, body: { dryRun: true } });
    assert.equal(dry.status, 202);
    const { body } = await other.call<Status>('/api/cleanup', { token });
    assert.equal(body.nextRunAt === null, name === 'CLEANUP_ENABLED');
  }
});

test('whoever listens hears of a run as it goes', { timeout: patience(20_000) }, async (t) => {
  const { port } = new URL(server.url);
  const query = '?topics=cleanup';
  const reader = await EventReader.open({ port: Number(port), token: sysops, query });
  t.after(() => reader.close());
  assert.equal((await reader.next()).event, 'hello');
  const { id } = await run(false);
  const states: string[] = [];
  while (!states.includes('completed')) {
    const { event, data } = await reader.next();
    if (event === 'cleanup' && data.run.id === id) states.push(data.run.state);
  }
  assert.deepEqual(states, ['queued', 'running', 'running', 'completed']);
});
