/** Whether every part works, looked at for real. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { overall, SystemHealth, workerPart } from '../../../server/api/admin/system-health.ts';
import { look } from '../../../server/monitoring/probing.ts';
import type { Schemas } from '../../../server/contract/index.ts';
import { Outbound } from '../../../server/outbound/outbound.ts';
import { HeartbeatStore } from '../../../server/store/heartbeats.ts';
import { statusOf } from '../../../server/store/read/admin/providers.ts';
import { readUpstreams } from '../../../server/config/upstreams.ts';
import { upstreamProbe } from '../../../server/monitoring/upstreams.ts';
import { eventually } from '../../support/eventually.ts';
import { patience } from '../../support/patience.ts';
import { TestServer } from '../../support/server.ts';
import { traceOf } from '../api/traces.ts';
import { Elsewhere } from './upstream.ts';

type Health = Schemas['AdminHealth'];
const PATH = '/api/admin/dashboard/health';

describe('upstreams', () => {
  const outbound = new Outbound();
  const read = (list: string): string[] => {
    const problems: string[] = [];
    readUpstreams(list, (name, what) => problems.push(`${name} ${what}`));
    return problems;
  };

  it('are addresses of http and https, without credentials', () => {
    const problems: string[] = [];
    const upstreams = readUpstreams(
      ' a=https://a.example/health , b=http://b.example:8080#x,',
      () => problems.push('?'),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(upstreams, [
      { name: 'a', url: 'https://a.example/health' },
      { name: 'b', url: 'http://b.example:8080/' },
    ]);
    for (const bad of [
      'a',
      'a=',
      '=https://a.example',
      'a=ftp://a.example',
      'a=file:///etc/passwd',
      'a=javascript:alert(1)',
      'a=//a.example',
      'a=https://user:pass@a.example',
      'a=https://user@a.example',
      'a=https://a.example,a=https://b.example',
      'with space=https://a.example',
      Array.from({ length: 21 }, (_, index) => `n${index}=https://a.example`).join(','),
    ]) {
      assert.equal(read(bad).length, 1, bad);
      assert.ok(!read(bad).join().includes('pass'), 'no credentials are told');
    }
  });

  it('are asked once, and followed nowhere', async () => {
    const elsewhere = await Elsewhere.start();
    try {
      const probe = upstreamProbe({ name: 'gateway', url: elsewhere.url }, outbound);
      const found = async (status: number, headers: Record<string, string> = {}) => {
        elsewhere.answer = (_request, response) => response.writeHead(status, headers).end('body');
        const { status: how, detail } = await look(probe);
        return [how, detail];
      };
      assert.deepEqual(await found(204), ['healthy', null]);
      const redirected = await found(302, { location: `${elsewhere.url}/elsewhere` });
      assert.deepEqual(redirected, [
        'degraded',
        'It responded with 302: redirects are not followed.',
      ]);
      assert.ok(elsewhere.asked.every(({ url }) => url === '/'));
      assert.deepEqual(await found(404), ['degraded', 'It responded with 404.']);
      assert.deepEqual(await found(503), ['down', 'It responded with 503.']);
      // A body without end is not read.
      elsewhere.answer = (_request, response) => {
        response.writeHead(200);
        const more = (): void =>
          void (response.destroyed || response.write('x'.repeat(65_536), more));
        more();
      };
      assert.equal((await look(probe)).status, 'healthy');
      elsewhere.answer = () => {};
      const slow = await look({ ...probe, timeoutMs: 30 });
      assert.deepEqual([slow.status, slow.detail], ['down', 'No response.']);
    } finally {
      await elsewhere.close();
    }
    const gone = await look(upstreamProbe({ name: 'gone', url: elsewhere.url }, outbound));
    assert.equal(gone.status, 'down');
    assert.match(gone.detail ?? '', /^The server can't be reached \([A-Z_]+\)\.$/);
  });
});

describe('workers', () => {
  const now = new Date('2026-11-21T10:00:00Z');
  const minutes = (ago: number): number => now.getTime() - ago * 60_000;
  const worker = { job: 'cleanup', everyMs: 15 * 60_000 };
  const beat = { job: 'cleanup', error: null };
  const part = (more: Partial<Parameters<typeof workerPart>[1]> | null, upMinutes = 600) =>
    workerPart(
      worker,
      more === null ? undefined : { ...beat, successAt: null, errorAt: null, ...more },
      new Date(minutes(upMinutes)),
      now,
    );

  it('are late once they missed two runs', () => {
    assert.equal(part({ successAt: minutes(1) }).status, 'healthy');
    assert.equal(part({ successAt: minutes(46) }).status, 'healthy');
    const late = part({ successAt: minutes(47) });
    assert.deepEqual(
      [late.status, late.detail],
      ['degraded', 'No run since 2026-11-21T09:13:00.000Z.'],
    );
    assert.equal(part(null, 10).status, 'healthy');
    assert.equal(part(null, 47).status, 'degraded');
  });

  it('say why the last run failed, until one does not', () => {
    const failed = part({ successAt: minutes(20), errorAt: minutes(5), error: 'disk full' });
    assert.equal(failed.detail, 'The last run failed: disk full');
    assert.equal(failed.lastSuccessAt, '2026-11-21T09:40:00.000Z');
    const mended = part({ successAt: minutes(1), errorAt: minutes(5), error: 'disk full' });
    assert.equal(mended.status, 'healthy');
  });
});

describe('providers', () => {
  const now = 1_000_000_000;
  const MINUTE = 60_000;
  /** All in minutes ago. */
  const of = (success: number | null, failingSince: number | null, error: number | null) => {
    const at = (ago: number | null) => (ago === null ? null : now - ago * MINUTE);
    const calls = {
      successAt: at(success),
      failingSince: at(failingSince),
      errorAt: at(error),
    };
    return statusOf(calls, now);
  };

  it('are as their last calls were', () => {
    assert.equal(of(1, null, null), 'healthy');
    assert.equal(of(1, null, 2), 'healthy');
    assert.equal(of(8, 7, 2), 'degraded');
    assert.equal(of(8, 7.1, 2), 'down');
    // It is not the quiet before a failure that makes it long.
    assert.equal(of(9 * 60, 0, 0), 'degraded');
    assert.equal(of(null, 2, 2), 'degraded');
    assert.equal(of(null, 8, 2), 'down');
    assert.equal(of(1_441, null, 1_442), null);
    assert.equal(of(null, null, null), null);
  });

  it('make it degraded, and only the database makes it down', () => {
    const fine = {
      status: 'healthy',
      latencyMs: 1,
      timeoutMs: 1,
      lastSuccessAt: null,
      detail: null,
    };
    const part = (name: string, status = 'healthy') =>
      ({ ...fine, name, kind: 'service', status }) as Schemas['AdminHealthPart'];
    assert.deepEqual(overall([part('database')], []), { status: 'healthy', reasons: [] });
    assert.equal(overall([part('database', 'down')], []).status, 'down');
    const degraded = overall([part('database'), part('queue', 'down')], []);
    assert.deepEqual(degraded, { status: 'degraded', reasons: ['service queue: down'] });
  });
});

describe('the health of the installation', () => {
  let server: TestServer;
  let gateway: Elsewhere;
  let admin: string;
  before(async () => {
    gateway = await Elsewhere.start();
    server = await TestServer.start({ env: { CLOUDBRAIN_UPSTREAMS: `gateway=${gateway.url}/up` } });
    admin = await server.apiKey('admin');
    const token = await server.ingestKey();
    const startedAt = Date.now() - 120_000;
    for (const run of [{ startedAt }, { startedAt: startedAt + 60_000, failed: true }]) {
      await server.call('/v1/traces', { token, body: traceOf(run) });
    }
  });
  after(async () => {
    await server.close();
    await gateway.close();
  });

  const health = async (token = admin) => {
    const { status, body } = await server.call<Health>(PATH, { token });
    assert.equal(status, 200);
    return body;
  };
  const part = ({ parts }: Health, name: string) => parts?.find((each) => each.name === name);

  it('is told part by part, each looked at', async () => {
    const told = await health();
    const kinds = told.parts?.map(({ name, kind }) => `${kind} ${name}`);
    assert.deepEqual(kinds, [
      'service database',
      'service queue',
      'service storage',
      'service ingest',
      'worker cleanup',
      'worker abandonment',
      'worker purge',
      'worker erasure',
      'worker retention',
      'upstream gateway',
    ]);
    for (const name of ['database', 'queue', 'storage', 'gateway']) {
      const found = part(told, name);
      assert.equal(found?.status, 'healthy', name);
      assert.ok((found.latencyMs ?? -1) >= 0 && (found.timeoutMs ?? 0) >= 2_000, name);
      assert.ok(Math.abs(Date.parse(found.lastSuccessAt ?? '') - Date.now()) < 60_000, name);
    }
    assert.equal(gateway.asked[0]?.url, '/up');
    // Its last call failed.
    const [openai] = told.providers;
    assert.deepEqual([openai?.name, openai?.status], ['openai', 'degraded']);
    assert.deepEqual(openai?.lastError, { type: 'rate_limit', message: 'Too many requests' });
    assert.deepEqual(
      [told.status, told.reasons],
      ['degraded', ['provider openai: The last call failed: rate_limit']],
    );
  });

  it('remembers when what is down last worked', { timeout: patience(30_000) }, async () => {
    const before = part(await health(), 'gateway');
    gateway.answer = (_request, response) => response.writeHead(500).end();
    const down = await eventually('the gateway is down', async () => {
      const found = part(await health(), 'gateway');
      return found?.status === 'down' && found;
    });
    assert.equal(down.detail, 'It responded with 500.');
    assert.ok(Date.parse(down.lastSuccessAt ?? '') >= Date.parse(before?.lastSuccessAt ?? ''));
    const told = await health();
    assert.ok(told.reasons.includes('upstream gateway: It responded with 500.'));
  });

  it('hears of runs of jobs from every replica', async () => {
    const beats = new HeartbeatStore(server.store);
    const at = (ms: number) => new Date(Date.now() + ms);
    const run = (replica: string, ms: number, error: string | null) =>
      beats.beat({ job: 'demo', replica, endedAt: at(ms), error });
    await run('a', 1_000, null);
    await run('b', 2_000, 'disk\0full');
    const first = (await beats.latest(server.workspaceId)).get('demo');
    assert.equal(first?.error, 'disk\uFFFDfull');
    assert.ok((first.errorAt ?? 0) > (first.successAt ?? 0));
    await run('a', 3_000, null);
    const second = (await beats.latest(server.workspaceId)).get('demo');
    assert.ok((second?.successAt ?? 0) > (second?.errorAt ?? 0));
  });

  it('is written by the jobs themselves', async () => {
    await server.call('/api/cleanup/runs', { token: admin, body: { dryRun: true } });
    const beats = new HeartbeatStore(server.store);
    const cleanup = await eventually('cleanup tells of its run', async () =>
      (await beats.latest(server.workspaceId)).get('cleanup'),
    );
    assert.ok(cleanup.successAt !== null);
  });

  it('is not for other workspaces, but how their providers answer is', async () => {
    const workspaceId = await server.tenancy.createWorkspace('Tenant');
    const theirs = await health(await server.apiKey('sysops', { workspaceId }));
    assert.deepEqual(
      [theirs.parts, theirs.providers, theirs.status, theirs.reasons],
      [null, [], 'healthy', []],
    );
    assert.deepEqual(theirs.unavailable, [
      { path: 'parts', reason: 'Available only in the workspace that runs the installation.' },
    ]);
    const { status } = await server.call(PATH, { token: await server.apiKey('developer') });
    assert.equal(status, 403);
  });
});

describe('the health while the database is away', () => {
  it('is down, with the reason, for whoever was let in just before', async () => {
    const server = await TestServer.start();
    const workspaceId = await server.tenancy.createWorkspace('Tenant');
    const [operator, tenant] = [
      await server.apiKey('sysops'),
      await server.apiKey('admin', { workspaceId }),
    ];
    for (const token of [operator, tenant]) await server.call('/api/auth/me', { token });
    await server.store.close();
    const reason = { path: 'providers', reason: 'The database does not respond.' };
    const { status, body } = await server.call<Health>(PATH, { token: operator });
    assert.deepEqual([status, body.status, body.providers], [200, 'down', []]);
    assert.deepEqual(body.unavailable, [reason]);
    assert.equal(body.parts?.[0]?.status, 'down');
    assert.equal(body.reasons[0], `service database: ${body.parts[0].detail ?? ''}`);
    assert.ok(body.reasons.includes("worker purge: Its heartbeats can't be read."));
    const theirs = await server.call<Health>(PATH, { token: tenant });
    assert.deepEqual(
      [theirs.status, theirs.body.status, theirs.body.reasons],
      [200, 'down', ['service database: No response.']],
    );
    assert.deepEqual(theirs.body.unavailable.at(-1), reason);
    await server.close().catch(() => {});
  });

  it('does not wait for signs of life that nobody gives', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const system = new SystemHealth({
      services: [],
      upstreams: [],
      workers: [{ job: 'cleanup', everyMs: 60_000 }],
      heartbeats: { latest: () => new Promise(() => {}) },
      startedAt: new Date(0),
      now: () => new Date(0),
    });
    const looking = system.look('operator');
    t.mock.timers.tick(2_000);
    const { parts } = await looking;
    assert.deepEqual(
      parts.map(({ status, detail }) => [status, detail]),
      [['degraded', "Its heartbeats can't be read."]],
    );
  });
});

describe('what the installation uses', () => {
  it('has its statements counted, those that fail and are rolled back as well', async () => {
    const server = await TestServer.start();
    try {
      const secret = 'nobody may read 4711';
      const ask = async () => {
        const { body } = await server.call<Schemas['AdminResources']>('/api/admin/resources', {
          token,
        });
        return body.statements ?? assert.fail('No statements are counted.');
      };
      const token = await server.apiKey('sysops');
      const own = () => server.store.statements.read(1_000);
      const before = own();
      // Slow enough to be among the slowest, with a value in its text and one beside it.
      const slow = (value: string) =>
        server.store.query(
          `select count(*) as "slow one" from generate_series(1, 300000) where $1 <> '${secret}'`,
          [value],
        );
      for (const value of ['one', 'two', secret]) await slow(value);
      const failing = server.store.asSystem((tx) => {
        throw new Error(`Not today ${tx.isTransaction}`);
      });
      await assert.rejects(failing, /Not today/);
      await assert.rejects(server.store.query(`select * from nowhere where a = '${secret}'`));
      const statements = await ask();
      const slowOne = statements.slowest?.find(({ query }) => query.includes('"slow one"'));
      assert.equal(
        slowOne?.query,
        'select count(*) as "slow one" from generate_series(?, …) where ? <> ?',
      );
      assert.equal(slowOne.calls, 3);
      assert.ok(slowOne.totalMs > 0 && (statements.totalMs ?? 0) >= slowOne.totalMs);
      const after = own();
      assert.ok(after.total >= before.total + 4);
      assert.ok(after.rolledBack > before.rolledBack);
      assert.ok(after.transactions > before.transactions);
      const failed = after.slowest.find(({ query }) => query.includes('nowhere'));
      assert.deepEqual([failed?.query, failed?.calls], ['select * from nowhere where a = ?', 1]);
      assert.ok(!JSON.stringify([statements, after]).includes('4711'));
      const since = Date.parse(statements.countedSince ?? '');
      assert.ok(since <= Date.now() && since > Date.now() - 600_000);
    } finally {
      await server.close();
    }
  });

  it('is told to its operator', async () => {
    const server = await TestServer.start();
    try {
      await server.call('/v1/traces', {
        token: await server.ingestKey(),
        body: traceOf({ startedAt: Date.now() - 1_000 }),
      });
      const { writeFile, mkdir } = await import('node:fs/promises');
      await mkdir(`${server.dataDir}/objects/previews/1`, { recursive: true });
      await writeFile(`${server.dataDir}/objects/previews/1/bundle.zip`, Buffer.alloc(1_234));
      await writeFile(`${server.dataDir}/objects/other`, Buffer.alloc(6));
      const token = await server.apiKey('sysops');
      const { status, body } = await server.call<Schemas['AdminResources']>(
        '/api/admin/resources',
        { token },
      );
      assert.equal(status, 200);
      const { database, statements, storage, outbox, queues, ingest, unavailable } = body;
      assert.ok((database.bytes ?? 0) > 1_000_000);
      const names = database.tables.map(({ name }) => name);
      assert.ok(names.includes('requests'), names.join());
      assert.ok(
        !names.some((name) => name.startsWith('requests_')),
        'partitions count as their table',
      );
      assert.ok(
        database.tables.every(({ bytes }, index, all) => bytes <= (all[index - 1]?.bytes ?? bytes)),
      );
      assert.equal(database.kind, server.store.dialect === 'pglite' ? 'embedded' : 'postgres');
      assert.ok(statements);
      assert.equal(statements.source, 'server');
      assert.ok((statements.total ?? 0) > 0 && (statements.totalMs ?? 0) > 0);
      assert.ok((statements.transactions ?? 0) > 0);
      const slowest = statements.slowest ?? [];
      assert.equal(slowest.length, 10);
      for (const [index, { query, calls, totalMs, meanMs, rows }] of slowest.entries()) {
        assert.ok(totalMs <= (slowest[index - 1]?.totalMs ?? totalMs) && calls > 0, query);
        assert.ok(Math.abs(meanMs * calls - totalMs) < 1e-6 && rows === null, query);
        assert.doesNotMatch(query, /'|\$\d/, 'no value is in it');
      }
      const reasons = Object.fromEntries(unavailable.map(({ path, reason }) => [path, reason]));
      assert.equal(reasons['statements.slowest.rows'], 'Row counts require pg_stat_statements.');
      for (const [name, value] of Object.entries(statements)) {
        // Counters that were never reset began with the database.
        if (name === 'since' && server.store.dialect === 'postgres') continue;
        assert.equal(value === null, `statements.${name}` in reasons, name);
      }
      const objects = storage?.find(({ area }) => area === 'objects');
      assert.deepEqual(objects, { area: 'objects', files: 2, bytes: 1_240, capped: false });
      const { rows } = await server.store.query('select count(*)::int as n from live_events');
      assert.equal(outbox.events, rows[0]?.n);
      assert.ok(outbox.events > 0 && outbox.oldestAt !== null);
      assert.deepEqual(
        queues?.map(({ name }) => name),
        ['abandonment', 'cleanup', 'erasure', 'purge', 'retention'],
      );
      assert.deepEqual(ingest, { waiting: 0 });
      const workspaceId = await server.tenancy.createWorkspace('Tenant');
      const theirs = await server.apiKey('admin', { workspaceId });
      assert.equal((await server.call('/api/admin/resources', { token: theirs })).status, 403);
    } finally {
      await server.close();
    }
  });
});
