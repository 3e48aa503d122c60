import type { Schemas } from '../../contract/index.ts';
import type { QueueDepth } from '../../jobs/index.ts';
import type { ResourceStore } from '../../store/read/admin/resources.ts';

type Resources = Schemas['AdminResources'];

export interface ResourcesOptions {
  store: Pick<ResourceStore, 'read'>;
  /** Counts what lies in the data directory, as far as the time lets it. */
  diskUsage: (signal: AbortSignal) => Promise<NonNullable<Resources['storage']>>;
  depths: () => Promise<QueueDepth[]>;
  /** Observations that wait to be written. */
  waiting: () => number;
  now: () => Date;
}

/** Milliseconds for which what was read is told again. */
const FRESH_MS = 30_000;

/** Milliseconds that counting files may take. */
const TALLY_MS = 5_000;

/** What the installation uses: read at most every 30 seconds, however many ask. */
export class ResourceReport {
  readonly #options: ResourcesOptions;
  #last: { told: Promise<Resources>; at: number } | undefined;

  constructor(options: ResourcesOptions) {
    this.#options = options;
  }

  read(): Promise<Resources> {
    const at = performance.now();
    if (!this.#last || at - this.#last.at >= FRESH_MS) {
      const told = this.#read();
      const last = (this.#last = { told, at });
      // A failure is nobody else's: the next one asks again.
      told.catch(() => {
        if (this.#last === last) this.#last = undefined;
      });
    }
    return this.#last.told;
  }

  async #read(): Promise<Resources> {
    const { store, diskUsage, depths, waiting, now } = this.#options;
    const { unavailable, ...database } = await store.read();
    const missing = (path: string, reason: string) => () => {
      unavailable.push({ path, reason });
      return null;
    };
    const [storage, queues] = await Promise.all([
      diskUsage(AbortSignal.timeout(TALLY_MS)).catch(
        missing('storage', "The data directory can't be read."),
      ),
      depths().catch(missing('queues', "The job queue can't be read.")),
    ]);
    return {
      readAt: now().toISOString(),
      ...database,
      storage,
      queues: queues && byQueue(queues),
      ingest: { waiting: waiting() },
      unavailable,
    };
  }
}

function byQueue(depths: readonly QueueDepth[]): NonNullable<Resources['queues']> {
  return [...Map.groupBy(depths, ({ name }) => name)].map(([name, states]) => {
    const jobs = (state: QueueDepth['state']) =>
      states.find((depth) => depth.state === state)?.jobs ?? 0;
    return { name, waiting: jobs('waiting'), active: jobs('active'), failed: jobs('failed') };
  });
}
