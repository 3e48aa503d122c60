import { Counter, Gauge, Registry } from 'prom-client';
import type { QueueDepth } from '../jobs/index.ts';
import type { CleanupStore } from '../store/cleanup/cleanup.ts';
import type { Store } from '../store/database/database.ts';
import { executionFigures, type ExecutionFigures } from '../store/read/metrics.ts';

export interface MetricsOptions {
  /** What this process counts of itself. */
  registry: Registry;
  store: Store;
  cleanup: Pick<CleanupStore, 'totals'>;
  queues: () => Promise<QueueDepth[]>;
  /** Open live streams of this process, and events that wait for slow readers. */
  live: () => { streams: number; queued: number };
  /** Observations of this process that wait to be written. */
  waiting: () => number;
  /** Told where the database's figures can't be had; the others are given without them. */
  onError: (message: string, error: unknown) => void;
}

/** What the database tells of the installation: the same from every replica and after a restart. */
interface Figures {
  cleanup: Awaited<ReturnType<CleanupStore['totals']>>;
  executions: ExecutionFigures;
  queues: QueueDepth[];
}

/** The Prometheus metrics as text: of the installation and of this process. */
export function metricsText(options: MetricsOptions): () => Promise<string> {
  const { registry, store, cleanup, queues, onError } = options;
  const read = async (): Promise<Figures | null> => {
    try {
      const [totals, executions, depths] = await Promise.all([
        cleanup.totals(),
        executionFigures(store),
        queues(),
      ]);
      return { cleanup: totals, executions, queues: depths };
    } catch (error) {
      onError('The installation metrics could not be read', error);
      return null;
    }
  };
  return async () => {
    const figures = await read();
    // Made anew each time: nothing is counted here, and what can't be had now is left out.
    const now = new Registry();
    ofProcess(now, options, figures !== null);
    if (figures) ofInstallation(now, figures);
    return Registry.merge([registry, now]).metrics();
  };
}

function ofProcess(
  registry: Registry,
  { live, waiting }: Pick<MetricsOptions, 'live' | 'waiting'>,
  databaseIsUp: boolean,
): void {
  const { streams, queued } = live();
  const { gauge } = metersOf(registry);
  gauge('cloudbrain_database_up', 'Whether the database responds.', Number(databaseIsUp));
  gauge('cloudbrain_live_streams', 'Open live streams of this process.', streams);
  gauge('cloudbrain_live_events_queued', 'Events queued for slow readers.', queued);
  gauge('cloudbrain_ingest_waiting', 'Observations waiting to be written.', waiting());
}

function ofInstallation(registry: Registry, { cleanup, executions, queues }: Figures): void {
  const { counter, gauge } = metersOf(registry);
  const deleted = (type: 'preview_bundle' | 'temp_dir' | 'object' | 'log'): number =>
    cleanup.deleted.get(type) ?? 0;
  counter(
    'cleanup_previews_deleted_total',
    'Preview bundles that cleanup deleted.',
    deleted('preview_bundle'),
  );
  counter(
    'cleanup_tmp_dirs_deleted_total',
    'Temporary directories that cleanup deleted.',
    deleted('temp_dir'),
  );
  counter(
    'cleanup_objects_deleted_total',
    'Bundle objects without a preview job that cleanup deleted.',
    deleted('object'),
  );
  counter('cleanup_logs_deleted_total', 'Log files that cleanup deleted.', deleted('log'));
  gauge(
    'cleanup_last_run_timestamp',
    'When a cleanup run last completed, in Unix seconds; 0 if never.',
    (cleanup.lastRunAt ?? 0) / 1000,
  );
  counter('ai_job_success_total', 'Completed executions.', executions.completed);
  counter('ai_job_failure_total', 'Failed executions.', executions.failed);
  gauge('ai_job_running', 'Running executions.', executions.running);
  gauge(
    'avg_ai_job_latency_seconds',
    'Mean duration of executions in the last 24 hours; NaN if there were none.',
    executions.meanSeconds ?? Number.NaN,
  );
  const depth = new Gauge({
    name: 'cloudbrain_queue_jobs',
    help: 'Jobs by queue and state; `failed` counts the last hour.',
    labelNames: ['queue', 'state'],
    registers: [registry],
  });
  for (const { name, state, jobs } of queues) depth.set({ queue: name, state }, jobs);
}

/** Makes metrics of a single figure each. */
function metersOf(registry: Registry) {
  const registers = [registry];
  return {
    counter: (name: string, help: string, value: number): void => {
      new Counter({ name, help, registers }).inc(value);
    },
    gauge: (name: string, help: string, value: number): void => {
      new Gauge({ name, help, registers }).set(value);
    },
  };
}
