import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  openStore,
  type Store,
  type WorkspaceTx,
} from '../../../server/store/database/database.ts';
import type { Observation } from '../../../server/model/observation.ts';
import { Writer } from '../../../server/store/write/writer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { arrival, END, fleet } from './fleet.ts';
import { observation, derivation } from './derivation.ts';
import { comparable, Telemetry } from './telemetry.ts';

const embedded = !process.env.TEST_DATABASE_URL;

/** Four processes, as far as the database can tell: each has connections of its own. */
describe('four writers of one workspace', { skip: embedded && 'needs PostgreSQL' }, () => {
  let telemetry: Telemetry;
  let database: TestDatabase;
  const stores: Store[] = [];
  let writers: Writer[];
  before(async () => {
    database = await createTestDatabase();
    telemetry = await Telemetry.open({ databaseUrl: database.databaseUrl });
    telemetry.clock.now = END;
    for (let index = 0; index < 4; index++) {
      stores.push(await openStore({ databaseUrl: database.databaseUrl, poolSize: 4 }));
    }
    writers = stores.map((store) => new Writer({ store, derivation, now: () => END }));
  });
  after(async () => {
    for (const store of stores) await store.close();
    await telemetry.close();
    await database.drop();
  });

  it('end as one would, without a deadlock, and their events are in order', async () => {
    const fleets = fc.sample(
      fleet.chain((all) =>
        fc.tuple(fc.constant(all), fc.array(arrival(all), { minLength: 4, maxLength: 4 })),
      ),
      { numRuns: 12, seed: 7 },
    );
    for (const [all, arrivals] of fleets) {
      const expected = telemetry.workspace();
      await expected.write(...all);
      const workspace = telemetry.workspace();
      const send = async (writer: Writer, batches: readonly Observation[][]) => {
        for (const observations of batches) {
          await writer.write(workspace.id, { observations, messages: new Map() });
        }
      };
      await Promise.all(writers.map((writer, index) => send(writer, arrivals[index] ?? [])));
      assert.deepEqual(comparable(await workspace.state()), comparable(await expected.state()));
      assert.deepEqual(
        comparable(await workspace.rollups()),
        comparable(await workspace.rollupsFromRows()),
      );
    }
  });

  it('never commit an event before one with a smaller id', async () => {
    const workspace = telemetry.workspace();
    const [all = []] = fc.sample(fleet, { numRuns: 1, seed: 3 });
    let writing = true;
    const seen: number[] = [];
    const watch = async () => {
      while (writing) {
        const rows = await workspace.query<{ id: number }>(
          `select id from live_events where id > ${seen.at(-1) ?? 0} order by id`,
        );
        seen.push(...rows.map(({ id }) => id));
      }
    };
    const watching = watch();
    await Promise.all(
      writers.map(async (writer, index) => {
        for (const [place, original] of all.entries()) {
          const traceId = `${index}${place}`.padStart(32, '0');
          const key = `span:${traceId}:${original.spanId}`;
          const observations = [{ ...original, traceId, key }];
          await writer.write(workspace.id, { observations, messages: new Map() });
        }
      }),
    );
    writing = false;
    await watching;
    const rows = await workspace.query<{ id: number }>('select id from live_events order by id');
    const everything = rows.map(({ id }) => id);
    assert.deepEqual(seen, everything.slice(0, seen.length));
    assert.ok(everything.length >= all.length);
  });

  it('number the events of each workspace by themselves', async () => {
    const [quiet, busy] = [telemetry.workspace(), telemetry.workspace()];
    const [all = []] = fc.sample(fleet, { numRuns: 1, seed: 4 });
    for (const [index, observation] of all.slice(0, 20).entries()) {
      await Promise.all([busy.write(observation), index % 5 === 0 && quiet.write(observation)]);
    }
    for (const workspace of [quiet, busy]) {
      const rows = await workspace.query<{ id: number }>('select id from live_events order by id');
      assert.ok(rows.length > 0);
      assert.deepEqual(
        rows.map(({ id }) => id),
        rows.map((_, index) => index + 1),
      );
    }
  });
});

describe('an answer of several statements', { skip: embedded && 'needs PostgreSQL' }, () => {
  let telemetry: Telemetry;
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
    telemetry = await Telemetry.open({ databaseUrl: database.databaseUrl });
  });
  after(async () => {
    await telemetry.close();
    await database.drop();
  });

  it('sees one moment, whatever is written meanwhile, and writes nothing', async () => {
    const workspace = telemetry.workspace();
    const { store } = telemetry;
    // The first request of a month makes the month's table, which waits for whoever reads.
    await workspace.write(observation({ startedAt: END, spanId: '1'.repeat(16) }));
    const count = async ({ tx, of }: WorkspaceTx) => {
      const counted = tx.selectFrom('requests').where(of());
      const row = await counted.select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirst();
      return row?.n;
    };
    const counts = await store.inSnapshot(workspace.id, async (ws) => {
      const first = await count(ws);
      await workspace.write(observation({ startedAt: END, spanId: '2'.repeat(16) }));
      return [first, await count(ws)];
    });
    assert.deepEqual(counts, [1, 1]);
    assert.equal(await store.inSnapshot(workspace.id, count), 2);
    await assert.rejects(
      store.inSnapshot(workspace.id, ({ tx, of }) =>
        tx.deleteFrom('requests').where(of()).execute(),
      ),
      /read-only/,
    );
  });
});
