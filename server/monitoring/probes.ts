import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartProbe } from './probing.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Bus } from '../live/bus.ts';
import type { RedisConnection } from '../store/database/redis.ts';
import type { Store } from '../store/database/database.ts';

export interface Parts {
  store: Store;
  bus: Bus;
  jobs: Jobs;
  dataDir: string;
  /** How many observations wait to be written. */
  writer: { readonly waiting: number };
  /** Where it is configured. */
  redis?: Pick<RedisConnection, 'ping'> | undefined;
}

/** Observations that wait when senders come faster than the database takes them. */
const MANY_WAITING = 25_000;

/** Bytes of the file that is written to see whether one can be. */
const PROBE_BYTES = 8_192;

/** What `GET /api/health` looks at; the service is up as long as the first part is. */
export function probes(parts: Parts): [PartProbe, ...PartProbe[]] {
  const { store, bus, jobs, dataDir, writer, redis } = parts;
  return [
    {
      name: 'database',
      look: async () => {
        await store.query('select 1');
        return undefined;
      },
    },
    {
      name: 'bus',
      look: async () => {
        // Away, it costs speed and nothing else.
        const isThere = bus.connected && (await answers(redis));
        return isThere
          ? undefined
          : {
              status: 'degraded',
              detail: 'Redis is unavailable: replicas poll the database instead.',
            };
      },
    },
    {
      name: 'queue',
      look: async () => {
        const failed = (await jobs.depths()).filter(
          ({ state, jobs: n }) => state === 'failed' && n > 0,
        );
        const detail = failed.map(({ name, jobs: n }) => `${n} failed in ${name}`).join(', ');
        return failed.length > 0 ? { status: 'degraded', detail } : undefined;
      },
    },
    {
      name: 'storage',
      look: async () => {
        const path = join(dataDir, `.probe-${randomUUID()}`);
        // A full disk takes an empty file.
        const written = randomBytes(PROBE_BYTES);
        try {
          await writeFile(path, written, { mode: 0o600 });
          const read = await readFile(path);
          if (!read.equals(written))
            throw new Error('The data that was read differs from the data that was written.');
        } finally {
          await rm(path, { force: true });
        }
        return undefined;
      },
    },
    {
      name: 'ingest',
      look: async () => {
        const { waiting } = writer;
        if (waiting < MANY_WAITING) return undefined;
        return { status: 'degraded', detail: `${waiting} observations are waiting to be written.` };
      },
    },
  ];
}

async function answers(redis: Parts['redis']): Promise<boolean> {
  if (!redis) return true;
  return redis.ping().then(
    () => true,
    () => false,
  );
}
