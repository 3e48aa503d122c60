import { createHash } from 'node:crypto';
import { JobQueue, queueTables } from '../../server/jobs/queue.ts';
import { openStore, type StoreOptions } from '../../server/store/database/database.ts';
import { migrations } from '../../server/store/database/migrations/index.ts';

/** What databases of tests are copies of differs with it: our tables, and the job queue's. */
export const tablesDigest = createHash('sha256')
  .update(Object.keys(migrations).join())
  .update(queueTables())
  .digest('hex')
  .slice(0, 16);

/** Makes all tables that a server makes at its first start, and no rows of ours. */
export async function makeTables(
  place: Pick<StoreOptions, 'databaseUrl' | 'dataDir'>,
): Promise<void> {
  const store = await openStore({ ...place, poolSize: 1 });
  try {
    const log = { error: () => {} };
    const queue = await JobQueue.open({ store, databaseUrl: place.databaseUrl, log });
    await queue.close();
  } finally {
    await store.close();
  }
}
