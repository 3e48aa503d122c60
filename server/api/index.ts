import type { Contract } from '../contract/index.ts';
import type { CleanupWorker } from '../jobs/index.ts';
import type { Hub } from '../live/hub.ts';
import { PdfRenderer } from '../report/renderer.ts';
import { AuthStore } from '../store/auth.ts';
import { BusinessStore, type BusinessStoreOptions } from '../store/business.ts';
import { CleanupStore } from '../store/cleanup.ts';
import type { Store } from '../store/database.ts';
import { ExecutionStore } from '../store/executions.ts';
import { ExecutiveStore } from '../store/executive.ts';
import { IdempotencyStore } from '../store/idempotency.ts';
import { StatsStore } from '../store/stats.ts';
import type { Writer } from '../store/write/writer.ts';
import { admission, type Admission } from './admission.ts';
import { authHandlers } from './auth.ts';
import { Authenticator } from './authenticate.ts';
import { businessHandlers } from './business.ts';
import { cleanupHandlers } from './cleanup.ts';
import { executionsHandlers } from './executions.ts';
import { executiveHandlers } from './executive.ts';
import type { Handlers } from './handlers.ts';
import { healthHandlers, type HealthOptions } from './health.ts';
import { Idempotency } from './idempotency.ts';
import type { Limits } from './limits.ts';
import { liveHandlers } from './live.ts';
import type { Origins } from './origins.ts';
import { otlpHandlers, type OtlpOptions } from './otlp.ts';
import type { Secret } from './secret.ts';
import { statsHandlers } from './stats.ts';
import { Tokens } from './tokens.ts';

export interface ApiOptions {
  store: Store;
  contract: Contract;
  secret: Secret;
  origins: Origins;
  limits: Limits;
  hub: Hub;
  writer: Writer;
  cleanup: CleanupWorker;
  health: HealthOptions;
  now: () => Date;
  onIngest: OtlpOptions['onIngest'];
  /** Told of the last event of each commit of business data. */
  announce: BusinessStoreOptions['notify'];
  /** Told of what failed where no caller waits for it. */
  onError: (message: string, error: unknown) => void;
  /** Told of what an operator should see, such as a refresh token that came twice. */
  onWarning: (message: string, details: object) => void;
}

/** What every request means: who may, what is done once, and a handler for each operation. */
export interface Api {
  admit: Admission;
  idempotency: Idempotency;
  handlers: Handlers;
  /** Removes what has ended: sessions, tokens and kept answers. */
  prune: () => Promise<void>;
  /** Ends what was started beside the requests. */
  close: () => Promise<void>;
}

export function createApi(options: ApiOptions): Api {
  const { store, contract, secret, origins, limits, hub, writer, cleanup, health, now } = options;
  const { onError, onWarning } = options;
  const authStore = new AuthStore(store);
  const answers = new IdempotencyStore(store);
  const tokens = new Tokens(secret, now);
  const authenticator = new Authenticator({
    store: authStore,
    tokens,
    now,
    onError: (error) => onError('The use of a key could not be noted', error),
  });
  const clock = (): number => now().getTime();
  const pdf = new PdfRenderer();
  return {
    admit: admission({ authenticator, limits, origins }),
    idempotency: new Idempotency({ store: answers, secret, now }),
    handlers: {
      ...authHandlers({
        store: authStore,
        secret,
        tokens,
        authenticator,
        limits,
        origins,
        now,
        onReuse: (sessionId) => onWarning('A refresh token came twice', { sessionId }),
      }),
      ...businessHandlers({
        store: new BusinessStore({ store, notify: options.announce }),
        now: clock,
      }),
      ...cleanupHandlers({
        store: new CleanupStore(store),
        worker: cleanup,
        now: clock,
      }),
      ...executionsHandlers({ store: new ExecutionStore(store), now: clock }),
      ...executiveHandlers({
        store: new ExecutiveStore({
          store,
          onError: (path, error) => onError(`The executive overview lacks ${path}`, error),
        }),
        audit: store,
        pdf,
        now: clock,
      }),
      ...healthHandlers(health),
      ...liveHandlers({
        hub,
        contract,
        stillValid: (caller) => authenticator.stillValid(caller),
        onError,
      }),
      ...otlpHandlers({ writer, now: clock, onIngest: options.onIngest }),
      ...statsHandlers({ store: new StatsStore(store), now: clock }),
    },
    prune: async () => {
      await authStore.prune(now());
      await answers.prune(now());
    },
    close: () => pdf.close(),
  };
}
