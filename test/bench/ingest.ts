/** How many spans a second become rows, by HTTP, acknowledged after their commit. */
import { sql } from 'kysely';
import { openStore, type Store } from '../../server/store/database/database.ts';
import { decoding } from './decoding.ts';
import { BATCH, batches, PROTOBUF, type Batch } from './load.ts';
import { quantile, type Context, type Row } from './measure.ts';
import { createDatabase, DATABASE_KINDS, startService, type Database } from './service.ts';

const WRITERS = 4;
/** Spans that are sent before the clock starts: the first pay for compilers and caches. */
const WARM_UP = 4 * BATCH;

export async function ingest({ size, say }: Context): Promise<Row[]> {
  say('decoding');
  const rows = decoding();
  for (const kind of DATABASE_KINDS) {
    say(`${size.spans} spans, ${kind}`);
    rows.push(await measure(await createDatabase(kind), size.spans));
  }
  return rows;
}

async function measure(database: Database, count: number): Promise<Row> {
  try {
    const sent = await throughService(database, batches(count, 1));
    const store = await openStore(database);
    try {
      return {
        what: `OTLP spans to commit, ${database.kind}: ${WRITERS} writers, ${BATCH} a batch`,
        value: perSecond(sent.spans, sent.ms),
        unit: 'spans/s',
        against: { what: 'the same rows by bare insert', value: await bareInserts(store, sent) },
        details: { ...sent, rows: await countRows(store) },
      };
    } finally {
      await store.close();
    }
  } finally {
    await database.drop();
  }
}

interface Sent {
  spans: number;
  requests: number;
  bytes: number;
  ms: number;
  /** Milliseconds until a batch was acknowledged. */
  batchMs: { p50: number; p99: number };
}

async function throughService(database: Database, load: readonly Batch[]): Promise<Sent> {
  const service = await startService(database);
  try {
    await send(batches(WARM_UP, 2), (batch) => service.post(batch.body, PROTOBUF));
    const { ms, samples } = await send(load, (batch) => service.post(batch.body, PROTOBUF));
    const sum = (of: (batch: Batch) => number) => load.reduce((total, it) => total + of(it), 0);
    return {
      spans: sum(({ spans }) => spans),
      requests: sum(({ requests }) => requests),
      bytes: sum(({ body }) => body.length),
      ms,
      batchMs: { p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) },
    };
  } finally {
    await service.close();
  }
}

/** Sends each item once; each writer waits for its answer before it sends another. */
async function send<T>(
  items: readonly T[],
  post: (item: T) => Promise<void>,
): Promise<{ ms: number; samples: number[] }> {
  const samples: number[] = [];
  const queue = items.values();
  const began = performance.now();
  const writer = async (): Promise<void> => {
    for (const item of queue) {
      const sent = performance.now();
      await post(item);
      samples.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return { ms: performance.now() - began, samples };
}

const perSecond = (count: number, ms: number): number => (count / ms) * 1000;

/**
 * What the database does at best: one row a span, with the columns and indexes that spans are kept
 * in, and nothing that follows from them.
 */
async function bareInserts(store: Store, { spans }: Sent): Promise<number> {
  const stored = await store.asSystem(async (tx) => {
    await sql`create table bare (like observations including all)`.execute(tx);
    const { rows } = await sql<{ json: string; n: number }>`
      select jsonb_agg(to_jsonb(o))::text as json, count(*) as n
      from (select *, row_number() over (order by received_at, scope) as place
        from observations) o
      group by place / ${sql.lit(BATCH)}`.execute(tx);
    return rows;
  });
  const { ms } = await send(stored, ({ json }) =>
    store.asSystem(async (tx) => {
      await sql`insert into bare select * from jsonb_populate_recordset(null::bare, ${json})`.execute(
        tx,
      );
    }),
  );
  const count = stored.reduce((sum, { n }) => sum + n, 0);
  if (count < spans) throw new Error(`Of ${spans} spans ${count} became rows.`);
  return perSecond(count, ms);
}

async function countRows(store: Store): Promise<Record<string, number>> {
  const tables = [
    'observations',
    'requests',
    'executions',
    'model_sums',
    'sketches',
    'live_events',
  ];
  return store.asSystem(async (tx) => {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const { rows } = await sql<{
        n: number;
      }>`select count(*) as n from ${sql.table(table)}`.execute(tx);
      counts[table] = rows[0]?.n ?? 0;
    }
    return counts;
  });
}
