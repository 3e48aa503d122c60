/** Nobody is told of what belongs to others. Made from the contract: each operation, each caller. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { timeCursor } from '../../server/api/cursor.ts';
import { Contract, type Schemas } from '../../server/contract/index.ts';
import { Listener, transportOf } from '../support/listener.ts';
import type { Store } from '../../server/store/database/database.ts';
import type { SampleCall } from '../support/sample-calls.ts';
import { samples, type Sample } from '../support/samples.ts';
import { cells, requestsIn } from '../support/cells.ts';
import { isFull } from '../support/effort.ts';
import { as, Tenants, visibleTo, type Party } from '../support/tenants.ts';

const operations = [...new Contract().operations.values()];
type Operation = (typeof operations)[number];

interface Told {
  status: number;
  /** All that was answered, headers too. */
  text: string;
  body: unknown;
}

/** Asks as the party; a stream is listened to until it has said hello. */
async function ask(
  { server }: Tenants,
  operation: Operation,
  call: SampleCall,
  party: Party,
): Promise<Told> {
  const transport = transportOf(operation);
  if (!transport) {
    const { method } = operation;
    const { status, headers, body } = await server.call(call.path, as(party, { method, ...call }));
    return { status, body, text: JSON.stringify([[...headers], body]) };
  }
  const listener = await Listener[transport](server.url + call.path, party);
  const { status, refusal, events } = listener;
  if (refusal === '') await listener.until(() => events.length > 0);
  listener.close();
  return { status, text: refusal + JSON.stringify(events), body: events };
}

/** What the call is answered with where the party may not make it. */
const refusalOf = ({ kind }: Party): number => (kind === 'nobody' ? 401 : 403);

/** Fails where the party is told of what is not theirs. @returns how many calls succeeded */
async function checkIsolated(
  tenants: Tenants,
  operation: Operation,
  party: Party,
): Promise<number> {
  const { id } = operation;
  const sample: Sample = samples[id];
  const may = sample.may(party);
  // What shows who asks is in the body: whoever has none has no such call.
  if (!may && operation.token === 'none') return 0;
  let successes = 0;
  for (const call of await sample.calls(tenants, party)) {
    const what = `${id} ${call.path} by ${party.name}`;
    const { status, text, body } = await ask(tenants, operation, call, party);
    const fits = may ? (call.status?.(party) ?? sample.success) : refusalOf(party);
    assert.equal(status, fits, `${what}: ${text}`);
    // What somebody said themselves they may hear again.
    const said = JSON.stringify(call);
    for (const secret of tenants.secretsFor(party)) {
      if (!said.includes(secret)) assert.ok(!text.includes(secret), `${what} tells ${secret}`);
    }
    if (status !== sample.success) continue;
    await call.check?.(body, party);
    successes++;
  }
  return successes;
}

interface Variant {
  what: string;
  options?: Parameters<typeof Tenants.start>[0];
  prepare?: (store: Store) => Promise<void>;
  /** Whether it asks the operation of this index. */
  asks: (index: number) => boolean;
}

function isolationTests({ options = {}, prepare = async () => {}, asks }: Variant): void {
  let tenants: Tenants;
  before(async () => {
    tenants = await Tenants.start(options);
    await prepare(tenants.server.store);
  });
  after(() => tenants.server.close());

  test('both workspaces have data of their own', () => {
    for (const cell of cells) {
      assert.equal(tenants.executions.get(cell.marker)?.length, cell.requests, cell.marker);
    }
  });

  for (const [index, operation] of operations.entries()) {
    if (!asks(index)) continue;
    const { id } = operation;
    test(`${id}: its owner's call succeeds, and others see their own or nothing`, async () => {
      const sample: Sample | undefined = samples[id];
      assert.ok(sample, `${id} has no sample call`);
      const owner = sample.owner ? tenants.party(sample.owner) : tenants.owner;
      assert.ok((await checkIsolated(tenants, operation, owner)) > 0);
      const others = tenants.parties.filter((party) => party !== owner);
      for (const [place, party] of others.entries()) {
        // Of the sample's six operations in a row, together all are asked by everybody.
        if (isFull || place % 6 === index % 6) await checkIsolated(tenants, operation, party);
      }
    });
  }

  const toCursor = (startedAt: string, id: string): string => {
    const next = { towards: 'next', position: [startedAt, id], isIncluded: false } as const;
    return timeCursor('executions.list').write({ next, previous: null }).nextCursor ?? '';
  };

  test('a cursor leads nobody to what is not theirs', async () => {
    const page = (party: Party, cursor: string) =>
      tenants.server.call<Schemas['ExecutionPage']>(
        `/api/executions?limit=1&cursor=${cursor}`,
        as(party),
      );
    const far = new Date(Date.now() + 86_400_000).toISOString();
    const made = cells
      .flatMap(({ marker }) => tenants.executions.get(marker) ?? [])
      .map(({ id, startedAt }) => toCursor(startedAt, id));
    const forged = toCursor(far, 'ffffffff-ffff-7fff-bfff-ffffffffffff');
    for (const party of tenants.parties.filter(samples['executions.list'].may)) {
      const own = new Set(tenants.executionIds(visibleTo(party)));
      for (const cursor of [...made, forged]) {
        const { status, body } = await page(party, cursor);
        assert.equal(status, 200);
        for (const { id } of body.data) assert.ok(own.has(id), `${party.name} sees ${id}`);
      }
      const { body } = await page(party, forged);
      assert.equal(body.data.length, Math.min(1, own.size));
    }
  });

  test('page by page, each sees exactly their own', async () => {
    for (const party of tenants.parties.filter(samples['executions.list'].may)) {
      const seen: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const after: string = next && `&cursor=${next}`;
        const { body } = await tenants.server.call<Schemas['ExecutionPage']>(
          `/api/executions?limit=2${after}`,
          as(party),
        );
        seen.push(...body.data.map(({ id }) => id));
        next = body.nextCursor;
      }
      assert.equal(seen.length, requestsIn(visibleTo(party)), party.name);
      assert.deepEqual(seen.sort(), tenants.executionIds(visibleTo(party)).sort(), party.name);
    }
  });

  test('an answer that is kept is repeated to whoever got it first', async () => {
    const headers = { 'idempotency-key': 'one for all' };
    const run = async (party: Party): Promise<string> => {
      const call = as(party, { headers, body: { dryRun: true } });
      const { body } = await tenants.server.call<Schemas['CleanupRun']>('/api/cleanup/runs', call);
      return body.id;
    };
    const parties = tenants.parties.filter(samples['cleanup.run'].may);
    const first = await Promise.all(parties.map(run));
    assert.equal(new Set(first).size, parties.length);
    assert.deepEqual(await Promise.all(parties.map(run)), first);
  });

  test('a login opens no other workspace by naming a domain of it', async () => {
    const { credentials } = tenants.party('another workspace');
    const login = (domain: string) =>
      tenants.server.call('/api/auth/login', { body: { ...credentials, domain } });
    assert.equal((await login('lab.example.com')).status, 200);
    const { status, body } = await login('desk.example.com');
    assert.equal(status, 401);
    assert.equal(body.detail, 'The email or the password is wrong.');
  });
}

/** What is left are the queries' own predicates. */
const withoutPolicies = async (store: Store): Promise<void> => {
  const { rows } = await store.query(
    `select oid::regclass::text as name from pg_class
     where relrowsecurity and relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
  );
  assert.ok(rows.length > 0);
  const switchOff = rows.map(
    ({ name }) => `alter table ${String(name)} disable row level security`,
  );
  await store.exec(switchOff.join('; '));
};

/** In the sample every second operation, the others by the other variant. */
const variants: Variant[] = [
  {
    what: 'with row-level security switched off',
    prepare: withoutPolicies,
    asks: (index) => isFull || index % 2 === 0,
  },
  {
    what: "with the queries' own workspace predicate removed",
    options: { storeOptions: { unsafeWithoutPredicate: true } },
    asks: (index) => isFull || index % 2 === 1,
  },
  // What each of the two keeps apart by itself, both do.
  ...(isFull ? [{ what: 'as it is', asks: () => true }] : []),
];

for (const variant of variants) describe(variant.what, () => isolationTests(variant));
