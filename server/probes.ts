import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Probe } from './api/health.ts';
import type { Jobs } from './jobs/index.ts';
import type { Bus } from './live/bus.ts';
import type { Store } from './store/database.ts';

export interface Parts {
  store: Store;
  bus: Bus;
  jobs: Jobs;
  dataDir: string;
  /** How many observations wait to be written. */
  writer: { readonly waiting: number };
}

/** Observations that wait when senders come faster than the database takes them. */
const MANY_WAITING = 25_000;

/** What `GET /api/health` looks at; the service is up as long as the first part is. */
export function probes({ store, bus, jobs, dataDir, writer }: Parts): [Probe, ...Probe[]] {
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
      look: async () =>
        bus.connected
          ? undefined
          : { status: 'degraded', detail: 'Redis is away: replicas look by themselves.' },
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
        await writeFile(path, '');
        await rm(path);
        return undefined;
      },
    },
    {
      name: 'ingest',
      look: async () => {
        const { waiting } = writer;
        if (waiting < MANY_WAITING) return undefined;
        return { status: 'degraded', detail: `${waiting} observations wait to be written.` };
      },
    },
  ];
}
