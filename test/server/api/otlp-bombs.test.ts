/** Hostile telemetry over HTTP: refused, and nobody else waits for it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Schemas } from '../../../server/contract/index.ts';
import { bombs } from '../../support/otlp-bombs.ts';
import { TestServer, type Answer } from '../../support/server.ts';
import { traceOf } from './traces.ts';

const TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' };

/** The most expensive to refuse of those that are refused by a limit. */
const HEAVY = 'protobuf: empty strings';

function bombNamed(name: string) {
  const bomb = bombs.find((one) => `${one.type}: ${one.name}` === name);
  assert.ok(bomb, name);
  const headers = { 'content-type': TYPES[bomb.type], 'content-encoding': 'gzip' };
  return { ...bomb, headers, body: gzipSync(bomb.bytes(), { level: 1 }) };
}

/** A good request that is too large to be read on the main thread. */
function largeTrace(): object {
  const trace = traceOf({ startedAt: Date.now() - 60_000 });
  return { ...trace, padding: 'x'.repeat(40_000) };
}

describe('a bomb over HTTP', () => {
  let server: TestServer;
  let key: string;
  before(async () => {
    server = await TestServer.start({ reader: { threads: 2 } });
    key = await server.ingestKey();
  });
  after(() => server.close());

  for (const [name, status] of [
    ['json: open arrays in a field', 413],
    ['json: empty resources', 413],
    ['json: one string', 413],
    ['json: white space', 413],
    ['json: commas', 400],
    ['protobuf: empty resources', 413],
    ['protobuf: groups in groups', 413],
    ['protobuf: unknown fields', 413],
    ['protobuf: zeros', 400],
    [HEAVY, 413],
  ] as const) {
    it(`is refused: ${name}`, async () => {
      const { body, headers, refusal } = bombNamed(name);
      const answer = await server.call('/v1/traces', { token: key, body, headers });
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.match(answer.body.detail, refusal);
      assert.equal(answer.body.errors[0]?.in, 'body');
    });
  }

  it('is refused where it inflates to more than is taken, and where it is no gzip', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const post = (body: Uint8Array) => server.call('/v1/traces', { token: key, body, headers });
    const large = gzipSync(Buffer.alloc(64 * 2 ** 20, ' '), { level: 1 });
    const refused = await post(large);
    assert.deepEqual([refused.status, refused.body.detail], [413, 'The body is over 16 MiB.']);
    for (const broken of [Buffer.from('{}'), large.subarray(0, 5_000), large.subarray(0, 60_000)]) {
      const { status, body } = await post(broken);
      assert.ok(status === 400 || status === 413, `${status} ${body.detail}`);
    }
  });

  it('keeps nobody waiting: others are answered while bombs are', async () => {
    const otherKey = await server.ingestKey({
      workspaceId: await server.tenancy.createWorkspace('Other'),
    });
    const post = (token: string, body: unknown) =>
      server.call<Schemas['OtlpResponse']>('/v1/traces', { token, body });
    // Both threads have started.
    await Promise.all([post(key, largeTrace()), post(otherKey, largeTrace())]);

    const { body, headers } = bombNamed(HEAVY);
    const order: string[] = [];
    const noted = async (name: string, asked: Promise<Answer>): Promise<number> => {
      const { status } = await asked;
      order.push(name);
      return status;
    };
    const sent = Array.from({ length: 24 }, () =>
      noted('bomb', server.call('/v1/traces', { token: key, body, headers })),
    );
    await Promise.race(sent);
    const others = await Promise.all([
      noted('health', server.call('/api/health')),
      noted('small', post(otherKey, traceOf({ startedAt: Date.now() - 60_000 }))),
      noted('large', post(otherKey, largeTrace())),
    ]);
    assert.deepEqual(others, [200, 200, 200]);
    assert.deepEqual(new Set(await Promise.all(sent)), new Set([413]));
    const last = order.lastIndexOf('bomb');
    for (const other of ['health', 'small', 'large']) {
      assert.ok(order.indexOf(other) < last, `${other} before the last bomb: ${order.join(' ')}`);
    }
  });
});

describe('more than can be read', () => {
  it('is asked to come again, and what comes then is taken', async (t) => {
    const server = await TestServer.start({ reader: { threads: 1, maxWaitingRequests: 2 } });
    t.after(() => server.close());
    const key = await server.ingestKey();
    const { body, headers } = bombNamed(HEAVY);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => server.call('/v1/traces', { token: key, body, headers })),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([413, 429]));
    const busy = answers.find(({ status }) => status === 429);
    assert.equal(busy?.headers.get('retry-after'), '1');
    const good = await server.call('/v1/traces', { token: key, body: largeTrace() });
    assert.equal(good.status, 200);
  });
});

describe('a body whose reading breaks off', () => {
  it('may be sent again', async (t) => {
    const server = await TestServer.start({ reader: { threads: 1, timeoutMs: 1 } });
    t.after(() => server.close());
    const key = await server.ingestKey();
    const { body, headers } = bombNamed(HEAVY);
    const refused = await server.call('/v1/traces', { token: key, body, headers });
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after'), '1');
    const small = traceOf({ startedAt: Date.now() - 60_000 });
    assert.equal((await server.call('/v1/traces', { token: key, body: small })).status, 200);
  });
});
