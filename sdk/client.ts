import type { Api } from './core/api.ts';
import { Batch, type BatchCalls } from './resources/batch.ts';
import { Core, type CoreOptions, type Middleware, type RequestOptions } from './core/core.ts';
import { userAgent, withEnvironment } from './core/runtime.ts';
import { check } from './core/settings.ts';
import { createLog, type Logger, type LogLevel } from './core/log.ts';
import { AdminResource } from './resources/admin.ts';
import { AuthResource } from './resources/auth.ts';
import { BusinessResource } from './resources/business.ts';
import { CleanupResource } from './resources/cleanup.ts';
import { ConversationsResource } from './resources/conversations.ts';
import { ExecutionsResource } from './resources/executions.ts';
import { ExecutiveResource } from './resources/executive.ts';
import { HealthResource } from './resources/health.ts';
import { KeysResource } from './resources/keys.ts';
import { LiveResource } from './resources/live.ts';
import { StatsResource } from './resources/stats.ts';
import { UsersResource } from './resources/users.ts';

/**
 * Settings of a client, all of them optional. Times in milliseconds.
 *
 * In Node, Deno and Bun, `CLOUDBRAIN_BASE_URL` is the default of `baseUrl`, and `CLOUDBRAIN_API_KEY` of
 * `auth`; `auth: null` sends no credentials.
 */
export interface ClientOptions extends Omit<CoreOptions, 'log' | 'around'> {
  /** `console` by default. */
  logger?: Logger | undefined;
  /** `warn` by default. */
  logLevel?: LogLevel | undefined;
  /** The first is outermost. */
  middleware?: Middleware[] | undefined;
}

/**
 * A client of one CloudBrain server.
 *
 * @example
 * const cb = new CloudBrain({ baseUrl: 'https://cloudbrain.example.com', auth: apiKey(key) });
 * const { requests, cost } = await cb.stats.overview({ timeframe: '7d' });
 */
export class CloudBrain {
  /** Sends the calls of all resources. The resources of `@cloudbrain/sdk/core` take it, too. */
  readonly core: Core;
  readonly auth: AuthResource;
  readonly keys: KeysResource;
  readonly stats: StatsResource;
  readonly executions: ExecutionsResource;
  readonly conversations: ConversationsResource;
  readonly users: UsersResource;
  readonly admin: AdminResource;
  readonly cleanup: CleanupResource;
  readonly business: BusinessResource;
  readonly executive: ExecutiveResource;
  readonly live: LiveResource;
  readonly health: HealthResource;
  /**
   * Every operation of the contract by its path, typed, for operations without a method. Tokens, retries
   * and time-outs apply; an error answer is returned, not thrown.
   *
   * @example
   * const { data, error } = await cb.api.GET('/api/executions/{id}', { params: { path: { id } } });
   */
  readonly api: Api;
  #options: ClientOptions;

  /** @throws CloudBrainError for an invalid setting. */
  constructor(options: ClientOptions = {}) {
    check(options);
    const given = withEnvironment(options);
    const { logger, logLevel, middleware = [] } = given;
    const log = createLog(logger, logLevel);
    const headers = { 'user-agent': userAgent(), ...given.headers };
    const core = new Core({ ...given, headers, log, around: nested(middleware) });
    this.#options = { ...given, gate: core.gate };
    this.core = core;
    this.api = core.api;
    this.auth = new AuthResource(core);
    this.keys = new KeysResource(core);
    this.stats = new StatsResource(core);
    this.executions = new ExecutionsResource(core);
    this.conversations = new ConversationsResource(core);
    this.users = new UsersResource(core);
    this.admin = new AdminResource(core);
    this.cleanup = new CleanupResource(core);
    this.business = new BusinessResource(core);
    this.executive = new ExecutiveResource(core);
    this.live = new LiveResource(core);
    this.health = new HealthResource(core);
  }

  /**
   * A copy with other settings that shares the session.
   *
   * @example
   * const patient = cb.withOptions({ timeout: 120_000, maxRetries: 5 });
   */
  withOptions(options: ClientOptions): CloudBrain {
    // `undefined` changes nothing, as in a constructor.
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const changes: ClientOptions = Object.fromEntries(given);
    // Another server, and other credentials, have limits of their own.
    const gate = 'baseUrl' in changes || 'auth' in changes ? undefined : this.#options.gate;
    return new CloudBrain({ ...this.#options, gate, ...changes });
  }

  /**
   * Sends up to 100 reads in one request. The function makes the calls with the client that it gets.
   * Await the batch for all results in the order of the calls, or iterate it to get each result when
   * it arrives. A call that fails doesn't affect the others: its result has the error. `signal`,
   * `timeout` and `headers` apply to the whole batch.
   *
   * @throws BadRequestError for a stream, an export, or more than 100 calls; CloudBrainError for a
   * write.
   * @example
   * const [overview, models] = await cb.batch((b) => [
   *   b.stats.overview({ timeframe: '7d' }),
   *   b.stats.models({ timeframe: '7d' }),
   * ]);
   * if (overview.status === 'fulfilled') show(overview.value.requests);
   * @example
   * for await (const entry of cb.batch((b) => [b.auth.me(), b.executions.list()])) {
   *   if (entry.status === 'rejected') report(entry.index, entry.reason);
   *   else if (entry.index === 1) show(entry.value.data);
   * }
   */
  batch<const Calls extends BatchCalls>(
    make: (client: CloudBrain) => Calls,
    options: RequestOptions = {},
  ): Batch<Calls> {
    const { middleware = [] } = this.#options;
    const collecting = (collector: Middleware) => {
      const client = this.withOptions({ middleware: [collector, ...middleware] });
      // Its own copies, which may have other credentials, send their calls by themselves.
      client.#options = this.#options;
      return make(client);
    };
    return new Batch(this.core, collecting, options);
  }
}

/** Several layers as one. */
function nested(middleware: Middleware[]): Middleware {
  return (request, next) =>
    middleware.reduceRight<typeof next>(
      (inner, layer) => (sent) => layer(sent, inner),
      next,
    )(request);
}
