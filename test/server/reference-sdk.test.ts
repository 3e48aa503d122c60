/** The calls on the reference page of operations that have no method of their own in the SDK. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudBrain } from '@cloudbrain/sdk';
import { compiled } from '../../server/contract/compiled.ts';
import { sdkCallOf } from '../../server/reference/sdk.ts';
import { runExample } from '../support/examples.ts';
import { startLoopback } from '../support/loopback.ts';

test('each call by path is the one of its operation', async (t) => {
  const server = await startLoopback(t, ({ path }) =>
    path === '/metrics' ? { text: 'up 1' } : { json: {} },
  );
  const cb = new CloudBrain({ baseUrl: server.url, logLevel: 'off' });
  const { source } = compiled();
  let calls = 0;
  for (const [path, methods] of Object.entries(source.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const call = sdkCallOf(source, { method, path, operation });
      if (!call.includes('cb.api.')) continue;
      calls++;
      const given = { cb, body: {}, id: 'chat-1', domain: 'app.example.com' };
      await runExample(call, given);
      const { seen } = server;
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: 'id') => given[name]);
      assert.equal(
        `${seen.at(-1)?.method} ${seen.at(-1)?.path}`,
        `${method.toUpperCase()} ${filled}`,
      );
    }
  }
  assert.ok(calls > 3, `${calls} calls`);
});
