/** Many PDFs at once on a busy machine: each is made, or asked for again later. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { eventually } from '../../support/eventually.ts';
import { TestServer } from '../../support/server.ts';

test('30 PDFs at once are answered with 200 or 503, by one thread', async (t) => {
  const server = await TestServer.start();
  t.after(() => server.close());
  const token = (await server.login()).accessToken;
  const busy = Array.from({ length: 4 }, () => new Worker('for (;;);', { eval: true }));
  t.after(() => Promise.all(busy.map((worker) => worker.terminate())));
  await Promise.all(busy.map((worker) => once(worker, 'online')));
  let started = 0;
  const count = (): void => void started++;
  process.on('worker', count);
  t.after(() => process.off('worker', count));
  const path = '/api/executive/export?format=pdf&timeframe=7d';
  const answers = await Promise.all(Array.from({ length: 30 }, () => server.call(path, { token })));
  for (const { status, headers } of answers) {
    assert.ok(status === 200 || status === 503, String(status));
    if (status === 503) assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  }
  // Once the machine is less busy a document is made, by the thread that is warm by then.
  await Promise.all(busy.map((worker) => worker.terminate()));
  await eventually('a document is made', async () => {
    return (await server.call(path, { token })).status === 200;
  });
  assert.ok(started <= 1, `${started} threads`);
});
