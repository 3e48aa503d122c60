/** The examples of the SDK's doc comments, as they stand there, against the real server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apiKey, CloudBrain } from '@cloudbrain/sdk';
import { tracesBody } from '../../server/demo/otlp.ts';
import { random } from '../../server/demo/random.ts';
import { agents } from '../../server/demo/cast.ts';
import { conversation } from '../../server/demo/run.ts';
import { examplesOf, methodsOf, runExample } from '../support/examples.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cb: CloudBrain;
before(async () => {
  server = await TestServer.start();
  cb = new CloudBrain({ baseUrl: server.url, auth: apiKey(await server.apiKey('admin')) });
  const r = random(1);
  const start = Date.now() - 3_600_000;
  const runs = agents.flatMap((agent) => conversation(r, agent, start));
  const { status } = await server.call('/v1/traces', {
    token: await server.ingestKey(),
    headers: { 'content-type': 'application/json' },
    body: tracesBody(runs.map(({ service, spans }) => ({ service, scope: 'test', items: spans }))),
  });
  assert.equal(status, 200);
});
after(() => server.close());

for (const example of await examplesOf('sdk/resources/stats.ts')) {
  test(`stats.${example.name} runs`, async () => {
    const printed: unknown[][] = [];
    const print = (...values: unknown[]) => printed.push(values);
    const named = await runExample(example.code, { cb, print, domain: 'shop.example.com' });
    for (const [name, value] of Object.entries(named)) assert.notEqual(value, undefined, name);
    for (const values of printed) assert.ok(!values.includes(undefined), example.code);
    assert.ok(Object.keys(named).length + printed.length > 0, 'it shows something');
  });
}

test('every method of the statistics has an example', async () => {
  const examples = await examplesOf('sdk/resources/stats.ts');
  const shown = new Set(examples.map(({ method }) => method));
  assert.deepEqual([...shown].sort(), methodsOf(cb.stats).sort());
});
