import { purgeDeleted } from '../store/write/deletion/purge.ts';
import { Erasures, type ErasuresOptions } from '../store/write/erasure/erasures.ts';
import { Retention } from '../store/write/retention.ts';
import type { Store } from '../store/database/database.ts';
import type { Writer } from '../store/write/writer.ts';
import type { QueueDefinition } from './queue.ts';

export interface HousekeepingOptions {
  store: Store;
  writer: Pick<Writer, 'sweepAbandoned'>;
  /** Called when something new is in a workspace's outbox, up to this id. */
  announce: ErasuresOptions['notify'];
}

/** How often each comes round, in milliseconds. */
export const RHYTHMS = [
  { job: 'abandonment', everyMs: 60_000 },
  { job: 'purge', everyMs: 60_000 },
  { job: 'erasure', everyMs: 60_000 },
  { job: 'retention', everyMs: 3_600_000 },
] as const;

/** What comes round by itself, and is done by one replica each time. */
export function housekeeping({
  store,
  writer,
  announce,
}: HousekeepingOptions): QueueDefinition<object>[] {
  const retention = new Retention({ store });
  const erasures = new Erasures({ store, notify: announce });
  return [
    {
      name: 'abandonment',
      policy: 'exclusive',
      cron: '* * * * *',
      poll: 10,
      limit: 300,
      run: async () => {
        await writer.sweepAbandoned();
      },
    },
    {
      name: 'purge',
      policy: 'exclusive',
      cron: '* * * * *',
      poll: 10,
      limit: 300,
      run: async () => {
        await purgeDeleted(store, Date.now());
      },
    },
    {
      name: 'erasure',
      policy: 'exclusive',
      cron: '* * * * *',
      poll: 10,
      limit: 3600,
      run: async (_data, signal) => {
        await erasures.continueAll(Date.now(), signal);
      },
    },
    {
      name: 'retention',
      policy: 'exclusive',
      // Beside the quarter hours, which are cleanup's.
      cron: '7 * * * *',
      poll: 10,
      limit: 3600,
      run: async () => {
        await retention.run(Date.now());
      },
    },
  ];
}
