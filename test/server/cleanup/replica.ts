/**
 * A process of its own that runs cleanup once: `node replica.ts <data directory> [database url]`.
 * Prints a line for each change of the run. It ends when it is killed.
 */
import { openJobs } from '../../../server/jobs/index.ts';
import { openStore } from '../../../server/store/database/database.ts';
import { defaults, writerOf } from './installation.ts';

const [, , dataDir = '', databaseUrl] = process.argv;
const store = await openStore(databaseUrl ? { databaseUrl } : { dataDir });
const jobs = await openJobs({
  store,
  writer: writerOf(store),
  databaseUrl,
  dataDir,
  cleanup: defaults,
  announce: () => console.log('changed'),
  log: { error: (_, message) => console.error(message) },
});
await jobs.cleanup.request({ dryRun: false });
