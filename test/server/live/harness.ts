import { Hono } from 'hono';
import { randomUUID } from 'node:crypto';
import type { ApiCaller } from '../../../server/auth/caller.ts';
import { liveHandlers } from '../../../server/api/live.ts';
import {
  Contract,
  forbidden,
  route,
  unauthorized,
  unavailable,
  type ContractEnv,
  type Schemas,
} from '../../../server/contract/index.ts';
import { LocalBus, type Bus } from '../../../server/live/bus.ts';
import { Hub, type HubLimits } from '../../../server/live/hub.ts';
import { listen, type Listening } from '../../../server/http/listen.ts';
import type { Store } from '../../../server/store/database/database.ts';
import { LiveStore } from '../../../server/store/read/live.ts';
import { appendEvents, type NewEvent } from '../../../server/store/outbox.ts';

const contract = new Contract();

/** An origin that is registered. */
export const PORTAL = 'https://portal.example.com';

export function callerOf(workspaceId: string, changes: Partial<ApiCaller> = {}): ApiCaller {
  return {
    kind: 'account',
    id: randomUUID(),
    name: 'Ada',
    email: 'ada@example.com',
    role: 'admin',
    workspace: { id: workspaceId, name: 'Default', operator: true },
    domains: null,
    expiresAt: null,
    source: { kind: 'session', id: randomUUID() },
    generation: 0,
    ...changes,
  };
}

/** Counts its queries. */
class CountedOutbox extends LiveStore {
  reads = 0;

  override read(...given: Parameters<LiveStore['read']>): ReturnType<LiveStore['read']> {
    this.reads += 1;
    return super.read(...given);
  }
}

/** One process of the service: the live part behind real connections, signed in by name. */
export class LiveServer {
  readonly workspaceId: string;
  readonly outbox: CountedOutbox;
  readonly hub: Hub;
  readonly bus: Bus;
  /** Who a token stands for. */
  readonly callers = new Map<string, ApiCaller>();
  /** Sources whose sessions or keys have ended. */
  readonly ended = new Set<string>();
  readonly errors: unknown[] = [];
  /** Milliseconds that the service's clock is ahead. */
  ahead = 0;
  readonly #store: Store;
  readonly #closing = new AbortController();
  #listening!: Listening;
  port = 0;

  constructor(
    store: Store,
    options: { workspaceId?: string; bus?: Bus; limits?: Partial<HubLimits> } = {},
  ) {
    this.#store = store;
    this.workspaceId = options.workspaceId ?? randomUUID();
    this.bus = options.bus ?? new LocalBus();
    this.outbox = new CountedOutbox(store);
    this.hub = new Hub({
      outbox: this.outbox,
      bus: this.bus,
      limits: options.limits ?? {},
      now: () => Date.now() + this.ahead,
      onError: (_, error) => this.errors.push(error),
    });
    this.callers.set('admin', callerOf(this.workspaceId));
  }

  async listen(): Promise<this> {
    const app = new Hono<ContractEnv>();
    app.use(async (c, next) => {
      c.set('requestId', randomUUID());
      c.set('ip', '127.0.0.1');
      await next();
    });
    route(app, {
      contract,
      handlers: liveHandlers({
        hub: this.hub,
        contract,
        stillValid: async ({ source }) => !this.ended.has(source.id),
        onError: (_, error) => this.errors.push(error),
      }),
      admit: async ({ request, upgrading }) => {
        const origin = request.headers.get('origin');
        if (upgrading && origin !== null && origin !== PORTAL) {
          throw forbidden('Foreign origin.', 'origin_refused');
        }
        const [, token = ''] =
          /^Bearer (.*)$/.exec(request.headers.get('authorization') ?? '') ?? [];
        const caller = this.callers.get(token);
        if (!caller) throw unauthorized('There is no such token.', 'token_invalid');
        return caller;
      },
      perform: (_, __, run) => run(),
      fail: (error) => {
        this.errors.push(error);
        return unavailable('A fault.', 'busy');
      },
      closing: this.#closing.signal,
      timeoutMs: 10_000,
      checkResponses: true,
    });
    this.#listening = await listen(app, { host: '127.0.0.1', port: 0 }, (it) =>
      it.toResponse('req_test'),
    );
    this.port = Number(new URL(this.#listening.url).port);
    return this;
  }

  /** Commits events as a writer does, and wakes the readers. */
  async append(events: readonly NewEvent[]): Promise<number[]> {
    const ids = await commit(this.#store, this.workspaceId, events);
    this.bus.publish(this.workspaceId, ids.at(-1) ?? 0);
    return ids;
  }

  /** Goes down as the service does: streams end first. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.hub.close();
    await this.bus.close();
    await this.#listening.close();
  }
}

/** Commits events as a writer does. @returns their ids */
export function commit(
  store: Store,
  workspaceId: string,
  events: readonly NewEvent[],
): Promise<number[]> {
  return store.inWorkspace(workspaceId, async (ws) => {
    await appendEvents(ws, events);
    const rows = await ws.tx
      .selectFrom('live_events')
      .select('id')
      .where(ws.of())
      .orderBy('id', 'desc')
      .limit(events.length)
      .execute();
    return rows.map(({ id }) => id).reverse();
  });
}

const AT = '2026-11-21T10:00:00.000Z';

/** An execution's event; `note` makes it tellable and, if long, heavy. */
export function execution(
  domain = 'app.example.com',
  { id = randomUUID(), note = '' }: { id?: string; note?: string } = {},
): NewEvent {
  const data: Schemas['LiveExecution']['data'] = {
    execution: {
      id,
      status: 'running',
      domain,
      user: null,
      agent: note,
      model: null,
      conversationId: null,
      startedAt: AT,
      endedAt: null,
      lastEventAt: AT,
      durationMs: null,
      steps: { done: 0, total: null },
      tokens: { input: null, output: null },
      cost: { usd: '0', unpricedRequests: 0 },
      requests: 0,
      error: null,
    },
    deleted: false,
  };
  return { topic: 'executions', domain, payload: data };
}

export function stats(domain = 'app.example.com'): NewEvent {
  const data: Schemas['LiveStats']['data'] = { domain, deltas: [], changed: ['users'] };
  return { topic: 'stats', domain, payload: data };
}

export function cleanup(): NewEvent {
  const data: Schemas['LiveCleanup']['data'] = {
    run: {
      id: randomUUID(),
      state: 'queued',
      dryRun: true,
      trigger: 'manual',
      requestedAt: AT,
      startedAt: null,
      endedAt: null,
      durationMs: null,
      counts: { previewBundles: 0, tempDirs: 0, objects: 0, logs: 0, failed: 0 },
      bytes: 0,
      error: null,
    },
  };
  return { topic: 'cleanup', domain: null, payload: data };
}

export const executions = (count: number, note = ''): NewEvent[] =>
  Array.from({ length: count }, () => execution(undefined, { note }));
