import type { Contract } from '../contract/index.ts';
import type { CleanupWorker } from '../jobs/index.ts';
import type { Hub } from '../live/hub.ts';
import { SecurityLog } from '../store/audit/security-log.ts';
import { appendAudit, type AuditEntry } from '../store/audit/audit.ts';
import { TelemetryReader, type ReaderOptions } from '../ingest/index.ts';
import { PdfRenderer } from '../reports/renderer.ts';
import { AuthStore } from '../store/tenancy/auth.ts';
import { KeyStore } from '../store/tenancy/keys.ts';
import { BusinessStore, type BusinessStoreOptions } from '../store/business/business.ts';
import { CleanupStore } from '../store/cleanup/cleanup.ts';
import { ConversationStore } from '../store/read/conversations.ts';
import type { Store } from '../store/database/database.ts';
import { ExecutionStore } from '../store/read/executions.ts';
import { ExecutiveStore } from '../store/read/executive.ts';
import { IdempotencyStore } from '../store/idempotency.ts';
import { statsOf } from '../store/read/stats.ts';
import { ConversationActions } from '../store/write/conversation-actions.ts';
import { Erasures } from '../store/write/erasure/erasures.ts';
import type { Writer } from '../store/write/writer.ts';
import { adminHandlers, type AdminOptions } from './admin.ts';
import { admission, type Admission } from '../auth/admission.ts';
import { authHandlers } from './auth.ts';
import { Authenticator } from '../auth/authenticate.ts';
import { Devices } from '../auth/devices.ts';
import type { ApiCaller } from '../auth/caller.ts';
import { batchHandlers, type BatchOptions } from './batch.ts';
import { businessHandlers } from './business.ts';
import { cleanupHandlers } from './cleanup.ts';
import { withContentRules } from './content.ts';
import { conversationsHandlers } from './conversations.ts';
import { executionsHandlers } from './executions.ts';
import { executiveHandlers } from './executive.ts';
import type { Handlers } from './handlers.ts';
import { healthHandlers, type HealthOptions } from './health.ts';
import { keysHandlers } from './keys.ts';
import { Idempotency } from './idempotency.ts';
import type { Limits } from '../auth/limits.ts';
import { liveHandlers } from './live.ts';
import type { Origins } from '../auth/origins.ts';
import { otlpHandlers, type OtlpOptions } from './otlp.ts';
import type { Secret } from '../auth/secret.ts';
import { statsHandlers } from './stats.ts';
import { usersHandlers } from './users.ts';
import { Tokens } from '../auth/tokens.ts';
import { actorOf, SecurityEvents } from '../auth/security-events.ts';

export interface ApiOptions {
  store: Store;
  contract: Contract;
  secret: Secret;
  origins: Origins;
  limits: Limits;
  hub: Hub;
  writer: Writer;
  /** How telemetry is read. */
  reader?: ReaderOptions | undefined;
  cleanup: CleanupWorker;
  health: HealthOptions;
  admin: Pick<AdminOptions, 'system' | 'resources' | 'durableObjects'>;
  /** For the requests of a batch. */
  batch: Omit<BatchOptions, 'contract'>;
  now: () => Date;
  onIngest: OtlpOptions['onIngest'];
  /** Called when something new is in a workspace's outbox, up to this id. */
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
  /** Writes what was noted beside the requests, and ends what was started for them. */
  close: () => Promise<void>;
}

export function createApi(options: ApiOptions): Api {
  const { store, contract, secret, origins, limits, hub, writer, cleanup, health, now } = options;
  const { onError, onWarning } = options;
  const authStore = new AuthStore(store);
  const answers = new IdempotencyStore(store);
  const tokens = new Tokens(secret, now);
  const authenticator = new Authenticator({ store: authStore, tokens, now });
  const devices = new Devices(secret, now);
  const watch = new SecurityEvents({
    log: new SecurityLog(store),
    now,
    onError: (error) => onError('A security event could not be recorded', error),
  });
  const audit = (workspaceId: string, entry: AuditEntry): Promise<void> =>
    store.inWorkspace(workspaceId, (ws) => appendAudit(ws, entry, clock()));
  const clock = (): number => now().getTime();
  const stillValid = (caller: ApiCaller): Promise<boolean> => authenticator.stillValid(caller);
  const pdf = new PdfRenderer();
  const reader = new TelemetryReader({
    onLost: (error) => onError('A telemetry reader thread has exited', error),
    ...options.reader,
  });
  return {
    admit: admission({ authenticator, limits, origins, devices, watch }),
    idempotency: new Idempotency({ store: answers, secret, now }),
    handlers: withContentRules({
      ...authHandlers({
        store: authStore,
        secret,
        tokens,
        authenticator,
        limits,
        origins,
        devices,
        watch,
        audit,
        now,
        onReuse: (sessionId) => onWarning('A refresh token was used twice', { sessionId }),
      }),
      ...batchHandlers({ ...options.batch, contract }),
      ...businessHandlers({
        store: new BusinessStore({ store, notify: options.announce }),
        now: clock,
      }),
      ...adminHandlers({
        ...options.admin,
        store,
        flushWatch: () => watch.flush(),
        now: clock,
      }),
      ...cleanupHandlers({
        store: new CleanupStore(store),
        worker: cleanup,
        onRequest: ({ caller, ip }, { id, dryRun }) =>
          audit(caller.workspace.id, {
            actor: actorOf(caller),
            action: 'cleanup.run',
            target: id,
            details: { dryRun },
            ip,
          }),
        now: clock,
      }),
      ...conversationsHandlers({
        store: new ConversationStore(store),
        actions: new ConversationActions(store),
        hub,
        stillValid,
        announce: options.announce,
        now: clock,
      }),
      ...executionsHandlers({ store: new ExecutionStore(store), now: clock }),
      ...executiveHandlers({
        store: new ExecutiveStore({
          store,
          onError: (path, error) =>
            onError(`Part of the executive overview is unavailable: ${path}`, error),
        }),
        audit: store,
        pdf,
        onError: (error) => onError('A document could not be rendered', error),
        now: clock,
      }),
      ...healthHandlers(health),
      ...keysHandlers({
        store: new KeyStore(store),
        onChange: (workspaceId, id) => {
          authenticator.forgetKey(id);
          hub.recheck(workspaceId);
        },
        flushUses: () => watch.flush(),
        now: clock,
      }),
      ...liveHandlers({
        hub,
        contract,
        stillValid,
        onError,
      }),
      ...otlpHandlers({ reader, writer, now: clock, onIngest: options.onIngest }),
      ...usersHandlers({ erasures: new Erasures({ store, notify: options.announce }), now: clock }),
      ...statsHandlers({ stats: statsOf(store), now: clock }),
    }),
    prune: async () => {
      await authStore.prune(now());
      await answers.prune(now());
    },
    close: async () => {
      await watch.flush();
      await pdf.close();
      await reader.close();
    },
  };
}
