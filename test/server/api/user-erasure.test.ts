/** An erased user is gone: from every answer at once, from every table soon after, and for good. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Schemas } from '../../../server/contract/index.ts';
import { logsBody, type Span, tracesBody } from '../../../server/demo/otlp.ts';
import { purgeDeleted } from '../../../server/store/write/deletion/purge.ts';
import { Erasures } from '../../../server/store/write/erasure/erasures.ts';
import { LiveStore } from '../../../server/store/read/live.ts';
import { Listener } from '../../support/listener.ts';
import { TestServer } from '../../support/server.ts';
import { tablesWith } from '../../support/tables.ts';
import { apiKey, CloudBrain } from '../../../sdk/index.ts';
import { DOMAIN } from '../../support/turns.ts';
import { agent, chat, tool } from '../../support/user-spans.ts';

/** A word of a name and of what is said that nothing else has. */
const NAME = 'zebra';

describe('an erased user', () => {
  let server: TestServer;
  let ingest: string;
  let admin: string;
  const now = Date.now();
  let traces = 1;

  before(async () => {
    server = await TestServer.start();
    ingest = await server.ingestKey();
    admin = (await server.account('admin')).accessToken;
  });
  after(() => server.close());

  async function send(spans: Span[], service = DOMAIN): Promise<string> {
    const body = tracesBody([{ service, scope: 'test', items: spans }]);
    await resend(body);
    return body;
  }
  async function resend(body: string, path = '/v1/traces'): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const { status } = await server.call(path, { token: ingest, headers, body });
    assert.equal(status, 200);
  }
  const get = async <T>(path: string): Promise<T> => {
    const { status, body } = await server.call<T>(path, { token: admin });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const erase = async (user: string): Promise<Schemas['UserErasure']> => {
    const path = `/api/users/${encodeURIComponent(user)}`;
    const { status, body } = await server.call<Schemas['UserErasure']>(path, {
      token: admin,
      method: 'DELETE',
    });
    assert.equal(status, 202, JSON.stringify(body));
    return body;
  };
  const erasures = (): Erasures => new Erasures({ store: server.store, notify: () => {} });
  const finish = async (): Promise<void> => {
    await erasures().continueAll(now);
    await purgeDeleted(server.store, now);
  };
  const tables = (word: string): Promise<string[]> => tablesWith(server.store, word);

  /** Everything that answers say. */
  async function answered(): Promise<string> {
    const answers: unknown[] = [];
    interface Ids {
      data: { id: string }[];
    }
    const { data: runs } = await get<Ids>('/api/executions?timeframe=all');
    for (const { id } of runs) answers.push(await get(`/api/executions/${id}`));
    const { data: errors } = await get<Ids>('/api/admin/errors?timeframe=all');
    for (const { id } of errors) answers.push(await get(`/api/admin/errors/${id}`));
    for (const path of [
      '/api/conversations?timeframe=all',
      '/api/conversations/search?q=question%20or%20answer%20or%20third',
      '/api/admin/errors/groups?timeframe=all',
      '/api/admin/sessions?timeframe=all',
      '/api/admin/dashboard/health',
      '/api/admin/audit?timeframe=all',
      '/api/stats/errors?timeframe=all',
      '/api/stats/users?timeframe=all',
      '/api/stats/costs?timeframe=all&breakdown=user',
    ]) {
      answers.push(await get(path));
    }
    const { latest } = await new LiveStore(server.store).bounds(server.workspaceId);
    const replay = await Listener.stream(
      `${server.url}/api/live?topics=executions,stats,conversations,sessions,errors`,
      { token: admin, headers: { 'last-event-id': '0' } },
    );
    await replay.until((events) => events.some(({ id }) => Number(id) >= latest));
    replay.close();
    return JSON.stringify([answers, replay.events]);
  }

  /** What rollups and rows count for each user and day, which has to be the same. */
  async function sums(): Promise<unknown[]> {
    return server.store.asSystem(async (tx) => {
      const counted = sql`count(*)::int as n, count(error_type)::int as errors,
        sum(uncached_input)::int as input, sum(output)::int as output, sum(cost_usd)::text as cost`;
      const { rows: raw } = await sql`select user_id, domain,
          to_char(date_bin('1 day', started_at, timestamptz '2000-01-01Z'), 'YYYY-MM-DD') as day,
          ${counted} from requests where user_id is not null group by 1, 2, 3 order by 1, 2, 3`.execute(
        tx,
      );
      for (const grain of [60, 1440]) {
        const { rows } = await sql`select user_id, domain,
            to_char(date_bin('1 day', slot, timestamptz '2000-01-01Z'), 'YYYY-MM-DD') as day,
            sum(n)::int as n, sum(errors)::int as errors, sum(uncached_input)::int as input,
            sum(output)::int as output, sum(cost_usd)::text as cost
          from user_sets where grain = ${grain} group by 1, 2, 3 order by 1, 2, 3`.execute(tx);
        assert.deepEqual(rows, raw, `grain ${grain}`);
      }
      return raw;
    });
  }

  /** A user in every kind of row that there is. @returns what was sent */
  async function appear(user: string, service = DOMAIN): Promise<string[]> {
    const conversation = `c-${traces}`;
    const at = now - 90_000;
    const first = traces++;
    const batch = await send(
      [
        agent({ trace: first, at, conversation, user, said: [['user', `${user} task`]] }),
        chat({
          ...{ trace: first, span: 2, parent: 1, at: at + 1000, conversation, user },
          ...{ said: [['user', `${user} question`]], answer: `${user} answer` },
          error: `${user} limit`,
        }),
        tool({ trace: first, span: 3, parent: 1, at: at + 2000, error: `${user} tool` }),
      ],
      service,
    );
    // A run without a model call, a call without an id, and one within somebody else's conversation.
    const run = await send(
      [agent({ trace: traces++, at, user, said: [['user', `${user} again`]], error: user })],
      service,
    );
    const call = await send(
      [chat({ trace: traces++, at, user, said: [['user', `${user} alone`]], answer: user })],
      service,
    );
    const shared = traces++;
    const guest = await send(
      [
        chat({
          ...{ trace: shared, at: at - 5000, user: 'bob', conversation: `shared-${shared}` },
          ...{ said: [['user', 'hello']], answer: 'hi' },
        }),
        chat({
          ...{ trace: traces++, at, user, conversation: `shared-${shared}` },
          ...{ said: [['user', `${user} joins`]], answer: `welcome ${user}` },
        }),
      ],
      service,
    );
    const log = logsBody([
      {
        service: 'claude-code',
        scope: 'com.anthropic.claude_code.events',
        items: [
          {
            at,
            event: 'claude_code.user_prompt',
            attributes: {
              'event.name': 'user_prompt',
              'session.id': `session-${first}`,
              'user.id': user,
              prompt: `${user} prompt`,
              prompt_length: 10,
            },
          },
          {
            at: at + 1000,
            event: 'claude_code.api_request',
            attributes: {
              'event.name': 'api_request',
              'session.id': `session-${first}`,
              'user.id': user,
              model: 'claude-sonnet-4-5',
              input_tokens: 5,
              output_tokens: 2,
              duration_ms: 900,
            },
          },
        ],
      },
    ]);
    await resend(log, '/v1/logs');
    return [batch, run, call, guest, log];
  }

  it('leaves no name and no word, in answers at once and in tables soon after', async () => {
    const open = await Listener.stream(`${server.url}/api/live`, { token: admin });
    const user = `${NAME}@example.com`;
    await appear(user);
    await appear(user, 'other.example.com');
    await appear('giraffe');
    const before = await tables(NAME);
    for (const table of ['users', 'user_sets', 'conversations', 'executions', 'errors']) {
      assert.ok(before.includes(table), table);
    }
    for (const table of ['cli_sessions', 'histories', 'live_events', 'observations', 'requests']) {
      assert.ok(before.includes(table), table);
    }
    assert.ok((await answered()).includes(NAME));
    const overview = await get<Schemas['StatsOverview']>('/api/stats/overview?timeframe=all');
    const was = await sums();
    const seen = open.events.length;

    const erasure = await erase(user);
    assert.equal(erasure.state, 'running');
    assert.ok(erasure.conversations >= 6 && erasure.requests >= 8, JSON.stringify(erasure));
    assert.ok(!(await answered()).includes(NAME), 'It is gone at once.');
    await open.until((events) =>
      events.slice(seen).some(({ event, data }) => {
        const { changed } = data as { changed?: string[] };
        return event === 'stats' && changed?.includes('users');
      }),
    );
    const told = JSON.stringify(open.events.slice(seen));
    assert.ok(!told.includes(NAME), 'Streams name nobody.');
    for (const event of ['execution', 'failure', 'session', 'conversation']) {
      assert.ok(told.includes(`"event":"${event}"`), event);
    }

    await finish();
    assert.deepEqual(await tables(NAME), []);
    const done = await get<Schemas['UserErasure']>(`/api/users/erasures/${erasure.id}`);
    assert.equal(done.state, 'completed');
    assert.deepEqual(await erase(user), done, 'Again it is the same erasure.');

    const after = await get<Schemas['StatsOverview']>('/api/stats/overview?timeframe=all');
    assert.deepEqual(
      [after.requests, after.tokens, after.cost, after.executions],
      [overview.requests, overview.tokens, overview.cost, overview.executions],
    );
    const is = await sums();
    const renamed = was.map((row) => {
      const { user_id: id, ...rest } = row as { user_id: string };
      return { user_id: id === user ? 'erased' : id, ...rest };
    });
    const order = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted();
    assert.deepEqual(order(is), order(renamed));
    assert.ok((await answered()).includes('giraffe'));
    open.close();
  });

  it('stays anonymous whatever comes late', async () => {
    const user = 'ibex';
    const batches = await appear(user);
    const thread = traces++;
    const orphan = traces++;
    const first: [string, string][] = [['user', 'ibex one']];
    const whole: [string, string][] = [...first, ['assistant', 'ibex two'], ['user', 'ibex three']];
    // A thread whose beginning comes late, and a call whose root, which names the user, does.
    await send([chat({ trace: thread, at: now - 40_000, said: whole, answer: 'ibex four', user })]);
    await send([
      chat({ trace: orphan, span: 2, parent: 1, at: now - 40_000, said: first, answer: 'ibex' }),
    ]);
    await erase(user);
    await send([
      chat({ trace: traces++, at: now - 50_000, said: first, answer: 'ibex two', user }),
    ]);
    await send([agent({ trace: orphan, at: now - 41_000, user, said: first })]);
    assert.ok(!(await answered()).includes(user), 'before the job');
    await finish();
    assert.deepEqual(await tables(user), [], 'after the job');

    for (const body of batches)
      await resend(body, body.includes('resourceLogs') ? '/v1/logs' : '/v1/traces');
    await finish();
    assert.deepEqual(await tables(user), [], 'a repeated batch');
    await appear(user);
    assert.ok(!(await answered()).includes(user));
    await finish();
    assert.deepEqual(await tables(user), [], 'later spans');
    // A trace that is read again, with a part that names nobody.
    const late = traces++;
    await send([agent({ trace: late, at: now - 30_000, user })]);
    await send([
      chat({ trace: late, span: 2, parent: 1, at: now - 29_000, said: [['user', 'ibex late']] }),
      tool({ trace: late, span: 3, parent: 1, at: now - 28_000, error: 'ibex error' }),
    ]);
    assert.ok(!(await answered()).includes(user));
    await finish();
    assert.deepEqual(await tables(user), [], 'a trace read again');
    await sums();
  });

  it('goes on after an interruption, while more of the user comes', async () => {
    const user = 'okapi';
    await appear(user);
    const job = erasures();
    const aborted = AbortSignal.abort();
    const entry = { actor: { kind: 'system', id: null, name: 'test' } as const };
    const started = await job.erase(server.workspaceId, user, entry, { now, signal: aborted });
    assert.equal(started?.steps.done, 0);
    await appear(user);
    // Another process takes it up.
    await finish();
    assert.deepEqual(await tables(user), []);
    assert.equal((await job.find(server.workspaceId, started.id))?.state, 'completed');
    await sums();
  });

  it('is any text that telemetry can name a user by', async () => {
    const names = [
      'a/b@example.com',
      'a b',
      '100%',
      '%2F',
      '../../etc',
      '..',
      '.',
      '%2E%2E',
      '%252e',
      'Zoë 木 🦓',
      "o'hara",
      'x?y#z&w=1',
      `${'long'.repeat(127)}gnus`,
      '-',
    ];
    for (const user of names) {
      await send([chat({ trace: traces++, at: now - 20_000, user, said: [['user', 'hi']] })]);
    }
    const cb = new CloudBrain({ baseUrl: server.url, auth: apiKey(await server.apiKey('admin')) });
    for (const user of names) {
      const erasure = await cb.users.erase(user);
      assert.equal(erasure.requests, 1, user);
    }
    await finish();
    const { data } = await get<Schemas['UserUsagePage']>(
      '/api/stats/users?timeframe=all&limit=100',
    );
    for (const { user } of data) assert.ok(!names.includes(user), user);
  });

  it('has to be known, and is for admins of the whole workspace', async () => {
    for (const user of ['nobody', 'erased']) {
      const path = `/api/users/${user}`;
      assert.equal((await server.call(path, { token: admin, method: 'DELETE' })).status, 404, user);
    }
    const limited = await server.apiKey('admin', { domains: [DOMAIN] });
    await send([chat({ trace: traces++, at: now, user: 'lion' })]);
    const { status, body } = await server.call('/api/users/lion', {
      token: limited,
      method: 'DELETE',
    });
    assert.equal(status, 403);
    assert.match(body.detail, /whole workspace/);
  });

  it('is in the audit log by the id of the erasure alone', async () => {
    const user = 'walrus';
    await appear(user);
    const body = { filter: { user, q: 'walrus' } };
    const exported = await server.call('/api/conversations/export', { token: admin, body });
    assert.equal(exported.status, 200);
    const { id } = await erase(user);
    await finish();
    assert.deepEqual(await tables(user), []);
    const { data } = await get<Schemas['AuditPage']>(
      '/api/admin/audit?timeframe=all&action=user.erase',
    );
    assert.equal(data[0]?.target, id);
    assert.equal(data[0].actor.kind, 'account');
  });
});
