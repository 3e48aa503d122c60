import type { Hono } from 'hono';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { ResourceReport } from './api/admin/resources.ts';
import { SystemHealth } from './api/admin/system-health.ts';
import { live } from './api/health.ts';
import { createApi } from './api/index.ts';
import { Limits, type Lockout } from './auth/limits.ts';
import { metricsText } from './api/metrics.ts';
import { Origins } from './auth/origins.ts';
import { Secret } from './auth/secret.ts';
import { createApp, refuseUnread, type AppOptions } from './http/app.ts';
import { bootstrap, type Generated } from './commands/bootstrap.ts';
import { DurableObjects, type CloudflareOptions } from './monitoring/cloudflare.ts';
import { answerCommands } from './commands/socket.ts';
import type { Config } from './config/config.ts';
import { version } from './config/version.ts';
import { Contract, type ContractEnv, type Problem } from './contract/index.ts';
import { keptSecret, prepareDirectory, protectDirectory } from './config/directory.ts';
import type { ReaderOptions } from './ingest/index.ts';
import { openJobs } from './jobs/index.ts';
import { listen } from './http/listen.ts';
import { LocalBus } from './live/bus.ts';
import { Hub, type HubLimits } from './live/hub.ts';
import type { RedisBus } from './live/redis-bus.ts';
import { createLogger, type Logger } from './monitoring/logger.ts';
import { createMetrics, type Metrics } from './monitoring/metrics.ts';
import { openConfigured } from './open-store.ts';
import { Outbound } from './outbound/outbound.ts';
import { probes } from './monitoring/probes.ts';
import { StartError } from './config/start-error.ts';
import { diskUsage } from './storage/disk-usage.ts';
import { HeartbeatStore } from './store/heartbeats.ts';
import { ResourceStore } from './store/read/admin/resources.ts';
import { CleanupStore } from './store/cleanup/cleanup.ts';
import type { Store } from './store/database/database.ts';
import { LiveStore } from './store/read/live.ts';
import { DirectoryHeldError } from './store/database/pglite/lock.ts';
import { TenancyStore } from './store/tenancy/tenancy.ts';
import { Writer } from './store/write/writer.ts';
import { upstreamProbe } from './monitoring/upstreams.ts';

/** What whoever runs the service in their own process may choose, beside its settings. */
export interface StartOptions {
  logger?: Logger;
  /** A store that is open already; closed with the service. */
  store?: Store;
  metrics?: Metrics;
  /** The clock of tokens and sessions. */
  now?: () => Date;
  lockout?: Partial<Lockout>;
  /** What live streams may keep, and how often they look. */
  live?: Partial<HubLimits>;
  /** How telemetry is read: its limits and threads. */
  reader?: ReaderOptions;
  /** Milliseconds that an answer may take, streams apart. */
  timeoutMs?: number;
  /** Where Cloudflare's API is, and how long it may take: for tests. */
  cloudflare?: Pick<CloudflareOptions, 'baseURL' | 'timeoutMs'>;
  /** Whether each answer is held against the contract: for tests. */
  checkResponses?: boolean;
  /** Told of each fault of ours: for tests. */
  onFault?: (error: unknown) => void;
  /** Adds what is served beside the contract. */
  pages?: (app: Hono<ContractEnv>) => void;
}

export interface RunningServer {
  /** Such as `http://127.0.0.1:4400`. */
  url: string;
  store: Store;
  /** The operator's workspace. */
  workspaceId: string;
  /** What was made at the first start, to be shown once. */
  generated: Generated;
  /** Answers those who are waiting, ends the streams, and closes everything. */
  close: () => Promise<void>;
}

const HOUR_MS = 3_600_000;

/** How often parts are looked at though nobody asks, so that it is known when each last worked. */
const LOOK_MS = 60_000;

/**
 * Starts the service.
 * @throws StartError, in one line, where the directory, the database or the port can't be had
 */
export async function startServer(
  config: Config,
  options: StartOptions = {},
): Promise<RunningServer> {
  const { now = () => new Date(), lockout = {} } = options;
  const logger = options.logger ?? createLogger(config.logLevel);
  const metrics = options.metrics ?? createMetrics();
  const closing = new AbortController();
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    closing.abort();
    // What was opened last closes first; each once, however often this is called.
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  const onError = (message: string, error: unknown): void => logger.error({ error }, message);

  try {
    await prepareDirectory(config.dataDir);
    const contract = new Contract();
    const origins = new Origins(config.origins);
    const http = {
      contract,
      origins,
      logger,
      closing: closing.signal,
      trustedProxies: config.trustedProxies,
      timeoutMs: options.timeoutMs ?? 30_000,
      publicUrl: config.publicUrl,
      checkResponses: options.checkResponses ?? false,
      onAnswer: metrics.answered,
      onFault: options.onFault ?? (() => {}),
    };
    // From here on somebody answers: that the service starts, for as long as it does.
    let app = startingApp(http);
    const current: Parameters<typeof listen>[0] = {
      fetch: (request, env) => app.fetch(request, env),
    };
    const { connections, publicUrl } = config;
    const refuse = (problem: Problem) => refuseUnread(problem, logger, publicUrl);
    const listening = await listen(current, config, refuse, {
      most: connections.most,
      // All that comes through a proxy comes from its address.
      mostPerNetwork: config.trustedProxies === 0 ? connections.perAddress : Infinity,
      maxAgeMs: connections.maxAgeMinutes * 60_000,
    });
    closers.push(() => listening.close());

    // Takes as long as there are files in it.
    await protectDirectory(config.dataDir);
    const store = options.store ?? (await open(config));
    const holdsDirectory = !options.store && config.databaseUrl === undefined;
    closers.push(() => store.close());
    const secret = new Secret(
      config.secret ?? (await keptSecret(config.dataDir)),
      config.previousSecrets,
    );
    const tenancy = new TenancyStore(store);
    const workspaceId = await tenancy.ensureOperator();

    const redis = await openRedis(config);
    closers.push(() => redis?.close());
    const bus = await openBus(config, logger);
    closers.push(() => bus.close());
    const hub = new Hub({
      outbox: new LiveStore(store),
      bus,
      limits: {
        streamsPerNetwork: connections.streamsPerAddress,
        maxAgeMs: connections.streamHours * HOUR_MS,
        ...options.live,
      },
      now: () => now().getTime(),
      onError,
    });
    const publish = (workspace: string, lastId: number): void => bus.publish(workspace, lastId);
    const writer = new Writer({
      store,
      notify: publish,
      onUnreadable: (workspace, scope, error) =>
        logger.error({ error, workspace, scope }, 'Telemetry could not be parsed'),
      now: () => now().getTime(),
    });
    closers.push(() => writer.drain());
    const heartbeats = new HeartbeatStore(store);
    const replica = `${hostname()}-${randomBytes(4).toString('hex')}`;
    const jobs = await openJobs({
      store,
      writer,
      databaseUrl: config.databaseUrl,
      log: logger,
      dataDir: config.dataDir,
      cleanup: config.cleanup,
      announce: publish,
      onRun: (run) => heartbeats.beat({ ...run, replica }),
    });
    closers.push(() => jobs.close());

    const outbound = new Outbound({ allow: config.outboundAllow });
    const parts = probes({ store, bus, jobs, dataDir: config.dataDir, writer, redis });
    const system = new SystemHealth({
      services: redis ? parts : parts.filter(({ name }) => name !== 'bus'),
      upstreams: config.upstreams.map((upstream) => upstreamProbe(upstream, outbound)),
      workers: jobs.rhythms,
      heartbeats,
      startedAt: now(),
      now,
    });
    const looking = setInterval(() => void system.look(workspaceId), LOOK_MS).unref();
    closers.push(() => clearInterval(looking));

    const api = createApi({
      store,
      contract,
      secret,
      origins,
      limits: new Limits({ rates: config.rateLimits, lockout, redis: redis?.client }),
      hub,
      writer,
      reader: options.reader,
      cleanup: jobs.cleanup,
      health: {
        probes: parts,
        version,
        startedAt: now(),
        // Behind a proxy, a connection from this machine may be somebody else's request.
        metricsWithoutKey: config.metricsWithoutKey && config.trustedProxies === 0,
        metrics: metricsText({
          registry: metrics.registry,
          store,
          cleanup: new CleanupStore(store),
          queues: () => jobs.depths(),
          live: () => hub.stats(),
          waiting: () => writer.waiting,
          onError,
        }),
      },
      admin: {
        system,
        resources: new ResourceReport({
          store: new ResourceStore(store),
          diskUsage: (signal) => diskUsage(config.dataDir, signal),
          depths: () => jobs.depths(),
          waiting: () => writer.waiting,
          now,
        }),
        durableObjects: new DurableObjects(
          config.cloudflare && {
            ...config.cloudflare,
            ...options.cloudflare,
            outbound,
            now: () => now().getTime(),
          },
        ),
      },
      batch: {
        dispatch: (request, env) => app.fetch(request, env),
        publicUrl: config.publicUrl,
      },
      now,
      onIngest: metrics.ingested,
      announce: publish,
      onError,
      onWarning: (message, details) => logger.warn(details, message),
    });
    closers.push(() => api.close());
    const pruning = setInterval(() => {
      api.prune().catch((error: unknown) => onError('Expired records could not be removed', error));
    }, HOUR_MS).unref();
    closers.push(() => clearInterval(pruning));

    const { handlers, admit, idempotency } = api;
    const wholeApp = createApp({ ...http, handlers, admit, idempotency, pages: options.pages });
    // Requests that are at work need all that was opened until here.
    closers.push(() => listening.close());
    closers.push(() => hub.close());
    if (holdsDirectory) closers.push(await answerCommands(config.dataDir, store, onError));
    // Last of all: what is generated here is shown once, so nothing may fail after it.
    const generated = await bootstrap(tenancy, workspaceId, config);
    app = wholeApp;
    logger.info({ url: listening.url, database: store.dialect }, 'ready');
    return { url: listening.url, store, workspaceId, generated, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What answers while the service starts: that its process lives, and a 503 to everything else. */
const startingApp = (http: Omit<AppOptions, 'handlers' | 'admit' | 'idempotency'>) =>
  createApp({
    ...http,
    handlers: { 'health.live': live },
    admit: async () => null,
    idempotency: { perform: (_exchange, _request, run) => run() },
    starting: true,
  });

async function open(config: Config): Promise<Store> {
  try {
    return await openConfigured(config);
  } catch (error) {
    if (error instanceof DirectoryHeldError) throw new StartError(`${error.message}.`, error);
    throw error;
  }
}

/** Its client is loaded where there is one alone: it is a quarter of all that a start loads. */
async function openRedis({ redisUrl }: Config) {
  if (redisUrl === undefined) return undefined;
  const { connectRedis } = await import('./store/database/redis.ts');
  return connectRedis(redisUrl);
}

async function openBus({ redisUrl }: Config, logger: Logger): Promise<LocalBus | RedisBus> {
  if (redisUrl === undefined) return new LocalBus();
  const { RedisBus } = await import('./live/redis-bus.ts');
  return new RedisBus({
    url: redisUrl,
    onChange: (connected, error) => {
      if (connected) logger.info('Redis is available');
      else logger.warn({ error }, 'Redis is unavailable');
    },
  });
}
