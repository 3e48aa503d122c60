/** Business data in and executive figures out, as the SDK's examples do it, on a real server. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  apiKey,
  BadRequestError,
  CloudBrain,
  NotFoundError,
  PermissionError,
} from '@cloudbrain/sdk';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let cb: CloudBrain;
before(async () => {
  server = await TestServer.start();
  cb = new CloudBrain({ baseUrl: server.url, auth: apiKey(await server.apiKey('admin')) });
});
after(() => server.close());

const changedAt = new Date(Date.now() - 3_600_000).toISOString();
const [createdAt, updatedAt] = [changedAt, changedAt];

test('business data are sent with a key of telemetry', async () => {
  const auth = apiKey(await server.ingestKey());
  const sender = new CloudBrain({ baseUrl: server.url, auth });
  const { customers, subscriptions } = await sender.business.ingest({
    customers: [{ id: 'cus_1', name: 'Acme', domains: ['app.example.com'], createdAt, updatedAt }],
    subscriptions: [
      {
        id: 'sub_1',
        customerId: 'cus_1',
        status: 'active',
        amountUsd: '99.00',
        interval: 'month',
        changedAt,
        updatedAt,
      },
    ],
  });
  assert.equal(customers.changed, 1);
  assert.deepEqual(subscriptions, { changed: 1, unchanged: 0, outdated: 0 });
  await assert.rejects(sender.executive.overview(), PermissionError);
});

test('a record that is wrong is named', async () => {
  const bad = cb.business.ingest({
    spend: [{ id: 'ads', from: changedAt, to: changedAt, amountUsd: '1', updatedAt }],
  });
  await assert.rejects(
    bad,
    (error) => error instanceof BadRequestError && error.problem?.errors[0]?.path === '/spend/0/to',
  );
});

test('the overview tells what was sent', async () => {
  const { businessMetrics, unavailable } = await cb.executive.overview({ timeframe: '30d' });
  assert.equal(businessMetrics?.mrrUsd, '99.00');
  assert.ok(unavailable.some(({ path }) => path === 'activeAlerts'));
  assert.equal((await cb.executive.overview()).timeframe, '7d');
});

test('an export is a file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cloudbrain-export-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'executive.pdf');
  const pdf = await cb.executive.export({ format: 'pdf', timeframe: '30d' });
  await writeFile(file, new Uint8Array(await pdf.arrayBuffer()));
  assert.match(await readFile(file, 'latin1'), /^%PDF-/);

  const call = cb.executive.export({ format: 'csv' });
  const { data, response, requestId } = await call.withResponse();
  assert.equal(data, response);
  assert.ok(requestId);
  assert.match(data.headers.get('content-disposition') ?? '', /executive-7d-.*\.csv/);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of data.body ?? []) text += decoder.decode(chunk, { stream: true });
  assert.match(text, /^section,item,at,figure,value,change\r\n/);

  await assert.rejects(cb.executive.export({ format: 'xls' as 'csv' }), BadRequestError);
  const limited = apiKey(await server.apiKey('executive', { domains: ['app.example.com'] }));
  const other = new CloudBrain({ baseUrl: server.url, auth: limited });
  await assert.rejects(
    other.executive.export({ format: 'csv', domain: 'shop.example.com' }),
    NotFoundError,
  );
});
