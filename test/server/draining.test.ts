/** What answers while a service goes down. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { live } from '../../server/api/health.ts';
import { Origins } from '../../server/auth/origins.ts';
import { Contract } from '../../server/contract/index.ts';
import { createApp } from '../../server/http/app.ts';
import { createLogger } from '../../server/monitoring/logger.ts';

for (const starting of [false, true]) {
  test(`a service that goes down${starting ? ' while it starts' : ''} lives until it has answered all`, async () => {
    const closing = new AbortController();
    const app = createApp({
      contract: new Contract(),
      handlers: { 'health.live': live },
      admit: async () => null,
      idempotency: { perform: (_exchange, _request, run) => run() },
      origins: new Origins([]),
      logger: createLogger('silent'),
      closing: closing.signal,
      starting,
      trustedProxies: 0,
      timeoutMs: 30_000,
      checkResponses: true,
      onAnswer: () => {},
      onFault: (error) => assert.fail(String(error)),
    });
    const ask = async (path: string) => (await app.request(path, {}, {})).status;
    assert.equal(await ask('/api/health/live'), 200);
    closing.abort();
    assert.equal(await ask('/api/health/live'), 200);
    assert.equal(await ask('/api/health'), 503);
    assert.equal(await ask('/metrics'), 503);
  });
}
