import type { Schemas } from '../../contract/index.ts';
import type { HeartbeatStore, Heartbeat } from '../../store/heartbeats.ts';
import { inTime, look, PATIENCE_MS, type Probe } from '../../monitoring/probing.ts';

type Part = Schemas['AdminHealthPart'];

/** A job that comes round by itself. */
export interface WorkerRhythm {
  job: string;
  /** Milliseconds between two runs. */
  everyMs: number;
}

export interface SystemHealthOptions {
  /** The first is the one without which nothing works. */
  services: readonly Probe[];
  upstreams: readonly Probe[];
  workers: readonly WorkerRhythm[];
  heartbeats: Pick<HeartbeatStore, 'latest'>;
  startedAt: Date;
  now: () => Date;
}

/** All parts of the installation, as they were found at one moment. */
export interface SystemState {
  checkedAt: string;
  parts: Part[];
}

/** Milliseconds for which what was found is told again. */
const FRESH_MS = 5_000;

/** A worker that misses two runs is late; a minute is for the queue to notice what is due. */
const late = ({ everyMs }: WorkerRhythm): number => 3 * everyMs + 60_000;

/**
 * Looks at every part of the installation: now, or a few seconds ago for somebody else. It
 * remembers when each last worked.
 */
export class SystemHealth {
  readonly #options: SystemHealthOptions;
  readonly #lastSuccess = new Map<string, string>();
  #last: { state: Promise<SystemState>; at: number } | undefined;

  constructor(options: SystemHealthOptions) {
    this.#options = options;
  }

  /** @param workspaceId the operator's, whose the workers' signs of life are */
  look(workspaceId: string): Promise<SystemState> {
    const at = performance.now();
    if (!this.#last || at - this.#last.at >= FRESH_MS) {
      this.#last = { state: this.#lookNow(workspaceId), at };
    }
    return this.#last.state;
  }

  async #lookNow(workspaceId: string): Promise<SystemState> {
    const { services, upstreams, now } = this.#options;
    const [ofServices, ofUpstreams, ofWorkers] = await Promise.all([
      Promise.all(services.map((probe) => this.#probe('service', probe))),
      Promise.all(upstreams.map((probe) => this.#probe('upstream', probe))),
      this.#workers(workspaceId),
    ]);
    const parts = [...ofServices, ...ofWorkers, ...ofUpstreams];
    return { checkedAt: now().toISOString(), parts };
  }

  async #probe(kind: 'service' | 'upstream', probe: Probe): Promise<Part> {
    const found = await look(probe);
    const key = `${kind} ${probe.name}`;
    if (found.status === 'healthy') this.#lastSuccess.set(key, this.#options.now().toISOString());
    return {
      ...found,
      kind,
      timeoutMs: probe.timeoutMs ?? PATIENCE_MS,
      lastSuccessAt: this.#lastSuccess.get(key) ?? null,
    };
  }

  async #workers(workspaceId: string): Promise<Part[]> {
    const { workers, heartbeats, startedAt, now } = this.#options;
    try {
      const beats = await inTime(() => heartbeats.latest(workspaceId));
      return workers.map((worker) => workerPart(worker, beats.get(worker.job), startedAt, now()));
    } catch {
      const detail = "Its heartbeats can't be read.";
      return workers.map(({ job: name }) => ({
        ...{ name, kind: 'worker', status: 'degraded', detail },
        ...{ latencyMs: null, timeoutMs: null, lastSuccessAt: null },
      }));
    }
  }
}

/** How a worker is, by its last runs on all replicas. */
export function workerPart(
  worker: WorkerRhythm,
  beat: Heartbeat | undefined,
  startedAt: Date,
  now: Date,
): Part {
  const successAt = beat?.successAt ?? null;
  const since = Math.max(startedAt.getTime(), successAt ?? -Infinity);
  const hasFailed = beat?.errorAt != null && beat.errorAt > (successAt ?? -Infinity);
  const isLate = now.getTime() - since > late(worker);
  const detail = hasFailed
    ? `The last run failed: ${beat.error ?? 'the reason was not recorded'}`
    : isLate
      ? `No run since ${new Date(since).toISOString()}.`
      : null;
  return {
    name: worker.job,
    kind: 'worker',
    status: detail === null ? 'healthy' : 'degraded',
    latencyMs: null,
    timeoutMs: null,
    lastSuccessAt: successAt === null ? null : new Date(successAt).toISOString(),
    detail,
  };
}

/**
 * What all of it amounts to, and why.
 * @param parts `null`: they are not for whoever asks
 * @param providers `null`: the database did not tell of them
 */
export function overall(
  parts: readonly Part[] | null,
  providers: readonly Schemas['ProviderHealth'][] | null,
): Pick<Schemas['AdminHealth'], 'status' | 'reasons'> {
  const bad = (parts ?? []).filter(({ status }) => status !== 'healthy');
  const failing = (providers ?? []).filter(
    ({ status }) => status === 'degraded' || status === 'down',
  );
  const isDown = parts?.[0]?.status === 'down';
  const reasons = [
    ...(providers === null && !isDown ? ['service database: No response.'] : []),
    ...bad.map(({ kind, name, detail, status }) => `${kind} ${name}: ${detail ?? status}`),
    ...failing.map(
      ({ name, status, lastError }) =>
        `provider ${name}: ${
          status === 'down' ? 'Calls have failed for over 5 minutes' : 'The last call failed'
        }: ${lastError?.type ?? 'error'}`,
    ),
  ];
  const isAway = isDown || providers === null;
  return { status: isAway ? 'down' : reasons.length > 0 ? 'degraded' : 'healthy', reasons };
}
