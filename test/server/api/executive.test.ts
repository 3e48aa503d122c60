import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { extractText, getDocumentProxy } from 'unpdf';
import type { Schemas } from '../../../server/contract/index.ts';
import { TestServer } from '../../support/server.ts';
import { traceOf } from './traces.ts';

type Overview = Schemas['ExecutiveOverview'];

const HOUR = 3_600_000;
const HOSTILE = [
  '=cmd|calc',
  '@SUM(1,2)',
  '🤖 agent',
  'شكرا جزيلا',
  'a"b\r\nc,d',
  'x'.repeat(250),
] as const;

describe('the executive overview', () => {
  let server: TestServer;
  let admin: string;
  let executive: string;
  before(async () => {
    server = await TestServer.start();
    admin = await server.apiKey('admin');
    executive = await server.apiKey('executive');
    const key = await server.ingestKey();
    for (const [index, name] of HOSTILE.entries()) {
      const startedAt = Date.now() - (index + 1) * HOUR;
      const body = traceOf({ startedAt, service: 'app.example.com', agent: name, user: name });
      await server.call('/v1/traces', { token: key, body });
    }
    const changedAt = new Date(Date.now() - HOUR).toISOString();
    const subscription = {
      ...{ id: 's', customerId: 'c', status: 'active', amountUsd: '120', interval: 'year' },
      ...{ changedAt, updatedAt: changedAt },
    };
    await server.call('/api/ingest/business', {
      token: key,
      body: { subscriptions: [subscription] },
    });
  });
  after(() => server.close());

  const overview = (query = '', token = admin) =>
    server.call<Overview>(`/api/executive/overview${query}`, { token });
  /** The file as its bytes. */
  const download = async (query: string, token = admin): Promise<Response> =>
    fetch(`${server.url}/api/executive/export?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
  const exports = async () => {
    const { rows } = await server.store.query(
      `select actor_kind, actor_name, action, details, ip from audit_log order by id`,
    );
    return rows;
  };

  it('is of the last seven days, to admins and executives', async () => {
    for (const token of [admin, executive]) {
      const { status, body } = await overview('', token);
      assert.equal(status, 200);
      assert.equal(body.timeframe, '7d');
      assert.equal(Date.parse(body.period.to) - Date.parse(body.period.from), 7 * 24 * HOUR);
      assert.equal(body.executionMetrics?.total, HOSTILE.length);
      assert.equal(body.userMetrics?.new, HOSTILE.length);
      assert.equal(body.businessMetrics?.mrrUsd, '10.00');
      assert.equal(body.activeAlerts, null);
    }
    for (const role of ['viewer', 'support', 'developer', 'sysops'] as const) {
      const token = await server.apiKey(role);
      for (const path of ['/api/executive/overview', '/api/executive/export?format=csv']) {
        const { status, body } = await server.call(path, { token });
        assert.equal(status, 403);
        assert.deepEqual(body.requiredRoles, ['admin', 'executive']);
      }
    }
  });

  it('has timeframes of its own, in the zone of the reader', async () => {
    for (const timeframe of ['24h', '7d', '30d', '90d', 'all'] as const) {
      const { status, body } = await overview(`?timeframe=${timeframe}&timezone=Asia/Kathmandu`);
      assert.equal(status, 200);
      assert.equal(body.timeframe, timeframe);
      assert.equal(body.period.timezone, 'Asia/Kathmandu');
      for (const { at } of body.trends.users ?? []) assert.match(at, /:15:00/);
    }
    for (const [query, path] of [
      ['timeframe=today', 'timeframe'],
      ['timezone=Mars/Olympus', 'timezone'],
      ['from=2026-01-01T00:00:00Z', 'from'],
    ] as const) {
      const { status, body } = await server.call(`/api/executive/overview?${query}`, {
        token: admin,
      });
      assert.deepEqual([status, body.errors[0]?.path], [400, path]);
    }
  });

  it('tells a token of its own domains only', async () => {
    const limited = await server.apiKey('executive', { domains: ['shop.example.com'] });
    const { body } = await overview('', limited);
    assert.equal(body.executionMetrics?.total, 0);
    assert.equal(body.businessMetrics?.mrrUsd, null);
    assert.equal((await overview('?domain=app.example.com', limited)).status, 404);
    assert.equal((await download('format=csv&domain=app.example.com', limited)).status, 404);
  });

  it('stands where a part of it fails', async () => {
    await server.store.exec('alter table user_sets rename to away');
    try {
      const { status, body } = await overview();
      assert.equal(status, 200);
      assert.equal(body.userMetrics, null);
      assert.equal(body.topUsers, null);
      assert.equal(body.executionMetrics?.total, HOSTILE.length);
      assert.deepEqual(
        body.unavailable.find(({ path }) => path === 'userMetrics'),
        { path: 'userMetrics', reason: 'It could not be computed.' },
      );
      for (const format of ['csv', 'pdf']) {
        assert.equal((await download(`format=${format}`)).status, 200);
      }
    } finally {
      await server.store.exec('alter table away rename to user_sets');
    }
  });

  it('stands also of all, where some of it can not be asked for its begin', async () => {
    await server.store.exec('alter table subscription_changes rename to away');
    try {
      const { status, body } = await overview('?timeframe=all');
      assert.equal(status, 200);
      assert.equal(body.businessMetrics, null);
      assert.equal(body.executionMetrics?.total, HOSTILE.length);
      const paths = body.unavailable.map(({ path }) => path);
      for (const path of ['period.from', 'businessMetrics', 'trends.revenue']) {
        assert.ok(paths.includes(path), path);
      }
      const csv = await download('format=csv&timeframe=all');
      assert.equal(csv.status, 200);
      assert.match(await csv.text(), /^unavailable,period\.from,,reason,/m);
      assert.equal((await download('format=pdf&timeframe=all')).status, 200);
    } finally {
      await server.store.exec('alter table away rename to subscription_changes');
    }
  });

  it('comes as a table that no spreadsheet computes', async () => {
    const response = await download('format=csv&timeframe=7d');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.match(
      response.headers.get('content-disposition') ?? '',
      /^attachment; filename="executive-7d-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const text = await response.text();
    const lines = text.split('\r\n');
    assert.equal(lines[0], 'section,item,at,figure,value,change');
    assert.ok(lines.includes('businessMetrics,,,mrrUsd,10.00,'));
    assert.ok(lines.includes(`executionMetrics,,,total,${HOSTILE.length},`));
    assert.ok(lines.includes("topAgents,'=cmd|calc,,completed,1,"));
    assert.ok(lines.includes(`topUsers,"'@SUM(1,2)",,requests,1,`));
    assert.ok(lines.includes('topUsers,🤖 agent,,requests,1,'));
    assert.ok(text.includes('topUsers,"a""b\r\nc,d",,requests,1,'));
    assert.ok(lines.includes('trends,,,granularity,day,'));
    assert.ok(lines.some((line) => line.startsWith('trends.users,,20')));
    assert.ok(lines.some((line) => line.startsWith('unavailable,activeAlerts,,reason,')));
  });

  it('comes on paper, whatever names are in it', async () => {
    const response = await download('format=pdf&timeframe=30d&timezone=Europe/Berlin');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/pdf');
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { text, totalPages } = await extractText(await getDocumentProxy(bytes), {
      mergePages: true,
    });
    assert.ok(totalPages >= 1);
    for (const word of ['Executive overview', 'Europe/Berlin', 'Paying customers', '$10.00']) {
      assert.ok(text.includes(word), word);
    }
    // What has no glyph is a box, what is too long is cut, and a line break ends no row.
    for (const name of ['=cmd|calc', '□ agent', 'a"b c,d']) assert.ok(text.includes(name), name);
    assert.match(text, /x{20,}…/);
  });

  it('is written down for whom it was exported', async () => {
    const before = (await exports()).length;
    await download('format=csv&timeframe=90d&timezone=Europe/Berlin');
    await download('format=pdf&domain=app.example.com', executive);
    await overview();
    await download('format=xls');
    const [csv, pdf, ...more] = (await exports()).slice(before);
    const { ip, ...told } = csv ?? {};
    assert.deepEqual(told, {
      actor_kind: 'key',
      actor_name: 'admin',
      action: 'executive.export',
      details: { format: 'csv', timeframe: '90d', timezone: 'Europe/Berlin', domains: null },
    });
    assert.match(String(ip), /^(127\.0\.0\.1|::1)$/);
    assert.equal(pdf?.actor_name, 'executive');
    assert.deepEqual((pdf.details as { domains: unknown }).domains, ['app.example.com']);
    assert.deepEqual(more, []);
  });

  it('is not handed out where it can not be written down', async () => {
    await server.store.exec('revoke insert on audit_log from cloudbrain_app');
    try {
      assert.equal((await download('format=csv')).status, 500);
      const [fault] = server.faults.splice(0);
      assert.match(String(fault), /permission denied for table audit_log/);
    } finally {
      await server.store.exec('grant insert on audit_log to cloudbrain_app');
    }
  });

  it('refuses more documents than it can make', async () => {
    // Their figures come nearly at once, and paper takes longer.
    const answers = await Promise.all(Array.from({ length: 30 }, () => download('format=pdf')));
    const statuses = answers.map(({ status }) => status);
    assert.ok(statuses.includes(200));
    const refused = answers.find(({ status }) => status === 503);
    assert.equal(refused?.headers.get('retry-after'), '5');
    assert.deepEqual(
      statuses.filter((status) => status !== 200 && status !== 503),
      [],
    );
    // Later ones have their turn.
    assert.equal((await download('format=pdf')).status, 200);
  });
});
