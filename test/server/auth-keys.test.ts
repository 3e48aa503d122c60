/** A key is a bearer token wherever a token is taken; `x-api-key` is another spelling of it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apiKey, CloudBrain } from '@cloudbrain/sdk';
import { digest } from '../../server/auth/credentials.ts';
import { Contract, type OperationId } from '../../server/contract/index.ts';
import { Listener, transportOf } from '../support/listener.ts';
import type { SampleCall } from '../support/sample-calls.ts';
import { samples, type Sample } from '../support/samples.ts';
import type { Call } from '../support/server.ts';
import { Tenants } from '../support/tenants.ts';

const contract = new Contract();

let tenants: Tenants;
before(async () => {
  tenants = await Tenants.start();
});
after(() => tenants.server.close());

async function statusOf(id: OperationId, call: SampleCall, shown: Call): Promise<number> {
  const operation = contract.operations.get(id);
  assert.ok(operation);
  const transport = transportOf(operation);
  if (transport) {
    const listener = await Listener[transport](tenants.server.url + call.path, shown);
    listener.close();
    return listener.status;
  }
  const { method } = operation;
  const headers = { ...call.headers, ...shown.headers };
  return (await tenants.server.call(call.path, { method, ...call, ...shown, headers })).status;
}

async function sampleOf(id: OperationId): Promise<SampleCall> {
  const sample: Sample = samples[id];
  const [call] = await sample.calls(tenants, tenants.owner);
  assert.ok(call, `${id} has no sample call`);
  return call;
}

for (const { id, token: use } of contract.operations.values()) {
  if (use === 'none') continue;
  test(`${id} takes a key as a bearer token`, async () => {
    const key = await tenants.server.apiKey('admin');
    const ingest = tenants.ingestKey('ours');
    const statuses: number[] = [];
    for (const token of [key, ingest]) {
      const asBearer = await statusOf(id, await sampleOf(id), { token });
      const asHeader = await statusOf(id, await sampleOf(id), { headers: { 'x-api-key': token } });
      assert.equal(asBearer, asHeader, `${id} answers ${asBearer} and ${asHeader}`);
      assert.notEqual(asBearer, 401);
      statuses.push(asBearer);
    }
    const { success } = samples[id];
    // What belongs to an account alone refuses both.
    const isForAccounts = id.endsWith('Favorite');
    assert.ok(isForAccounts || statuses.includes(success), `${id}: ${statuses.join()}`);
  });
}

describe('an ingest key that its operator chose', () => {
  const chosen = {
    'has spaces': 'a key of my own',
    'looks like a signed token': 'eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl',
  };
  for (const [what, key] of Object.entries(chosen)) {
    test(`and that ${what} is taken as a bearer token`, async () => {
      const { server } = tenants;
      const unknown = await server.call('/api/ingest/business', { token: key, body: {} });
      assert.equal(unknown.status, 401);
      await server.tenancy.createKey(server.workspaceId, {
        kind: 'ingest',
        name: what,
        domain: null,
        hash: digest(key),
      });
      const cb = new CloudBrain({ baseUrl: server.url, auth: apiKey(key), maxRetries: 0 });
      const { customers } = await cb.business.ingest({
        customers: [
          {
            id: `cus ${what}`,
            name: 'Acme',
            domains: [],
            createdAt: '2026-11-01T00:00:00Z',
            updatedAt: '2026-11-01T00:00:00Z',
          },
        ],
      });
      assert.equal(customers.changed, 1);
      const body = { resourceSpans: [] };
      for (const shown of [{ token: key }, { headers: { 'x-api-key': key } }]) {
        const { status } = await server.call('/v1/traces', { ...shown, body });
        assert.equal(status, 200);
      }
    });
  }
});
