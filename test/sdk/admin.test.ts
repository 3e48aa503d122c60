/** The admin dashboard by the SDK: its examples, run as they are written, and what they give. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  apiKey,
  CloudBrain,
  type LiveUpdate,
  NotFoundError,
  passwordAuth,
  PermissionError,
} from '@cloudbrain/sdk';
import { logsBody, tracesBody } from '../../server/demo/otlp.ts';
import { examplesOf, methodsOf, runExample } from '../support/examples.ts';
import { until } from '../support/loopback.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cb: CloudBrain;
before(async () => {
  server = await TestServer.start();
  cb = new CloudBrain({ baseUrl: server.url, auth: passwordAuth(), logLevel: 'off' });
  await cb.auth.login({ email: 'admin@localhost', password: 'correct horse battery staple' });
  await send();
});
after(() => server.close());

/** A run that failed with a stack, and a session of a command line. */
async function send(): Promise<void> {
  const at = Date.now() - 60_000;
  const headers = { 'content-type': 'application/json' };
  const token = await server.ingestKey();
  const span = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    name: 'invoke_agent clerk',
    start: at,
    end: at + 1_000,
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'user.id': 'ada' },
    error: ['DO_WRITE_FAILED', 'object 17 is gone'] as const,
    stack: 'Error: object 17 is gone\n    at save (store.ts:3:1)',
  };
  const service = 'app.example.com';
  const attributes = { 'event.name': 'auth', 'session.id': 's-1', 'user.email': 'ada@example.com' };
  const log = { at, event: 'claude_code.auth', attributes };
  for (const [path, body] of [
    ['/v1/traces', tracesBody([{ service, scope: 'gen_ai', items: [span] }])],
    ['/v1/logs', logsBody([{ service, scope: 'com.anthropic.claude_code.events', items: [log] }])],
  ] as const) {
    assert.equal((await server.call(path, { token, headers, body })).status, 200);
  }
}

describe('the admin dashboard', () => {
  test('is asked as each example is written', async () => {
    const all = await examplesOf('sdk/resources/admin.ts');
    assert.deepEqual(all.map(({ method }) => method).sort(), methodsOf(cb.admin).sort());
    const { data } = await cb.admin.listErrors();
    const printed: unknown[][] = [];
    const context = { cb, id: data[0]?.id, print: (...words: unknown[]) => printed.push(words) };
    for (const { name, code } of all) await assert.doesNotReject(runExample(code, context), name);
    assert.deepEqual(printed, [['s-1', 'AUTH']]);
  });

  test('gives what the server knows', async () => {
    const [error] = await cb.admin.listErrors({ severity: 'critical' }).toArray({ limit: 5 });
    assert.equal(error?.type, 'DO_WRITE_FAILED');
    const { stack } = await cb.admin.getError(error.id);
    assert.match(stack ?? '', /at save/);
    const { data: groups } = await cb.admin.listErrorGroups();
    assert.deepEqual([groups[0]?.pattern, groups[0]?.count], ['object <n> is gone', 1]);
    const { sessions } = await cb.admin.telemetry();
    assert.equal(sessions.total, 1);
    const { status, parts } = await cb.admin.health();
    assert.equal(status, 'healthy');
    assert.ok((parts?.length ?? 0) >= 7);
    const [login] = await cb.admin.listAuditEntries({ action: 'auth.login' }).toArray({ limit: 1 });
    assert.equal(login?.actor.name, 'admin@localhost');
    const { namespaces, unavailable } = await cb.admin.durableObjects();
    assert.equal(namespaces, null);
    assert.equal(unavailable[0]?.path, 'namespaces');
  });

  test('refuses as everywhere', async () => {
    await assert.rejects(cb.admin.getError('0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b11'), NotFoundError);
    const viewer = new CloudBrain({
      baseUrl: server.url,
      auth: apiKey(await server.apiKey('viewer')),
      logLevel: 'off',
    });
    await assert.rejects(viewer.admin.stats(), PermissionError);
  });

  for (const transport of ['ws', 'sse'] as const) {
    test(`tells of sessions and errors as they come, over ${transport}`, async () => {
      const stream = cb.live.subscribe({
        topics: ['sessions', 'errors'],
        transport,
        lastEventId: '0',
      });
      const heard: LiveUpdate[] = [];
      const reading = (async () => {
        for await (const update of stream) heard.push(update);
      })();
      await until(() => heard.some(({ event }) => event === 'failure'));
      await until(() => heard.some(({ event }) => event === 'session'));
      stream.close();
      await reading;
      for (const update of heard) {
        if (update.event === 'failure') assert.equal(update.data.error.type, 'DO_WRITE_FAILED');
        if (update.event === 'session') assert.equal(update.data.session.sessionId, 's-1');
      }
    });
  }
});
