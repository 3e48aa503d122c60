import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digest, hashPassword, newApiKey } from '../../server/auth/credentials.ts';
import type { Role } from '../../server/auth/caller.ts';
import { readConfig } from '../../server/config/config.ts';
import type { Schemas } from '../../server/contract/index.ts';
import { createLogger } from '../../server/monitoring/logger.ts';
import { startServer, type RunningServer, type StartOptions } from '../../server/start.ts';
import { openStore, type Store, type StoreOptions } from '../../server/store/database/database.ts';
import { TenancyStore } from '../../server/store/tenancy/tenancy.ts';
import { createTestDatabase } from './database.ts';

/** An origin that every test server has registered. */
export const PORTAL = 'https://portal.example.com';

const ADMIN = { email: 'admin@localhost', password: 'correct horse battery staple' };

export interface TestServerOptions extends StartOptions {
  /** Settings, as the environment would have them. */
  env?: Record<string, string>;
  /** How its store is opened. */
  storeOptions?: Pick<StoreOptions, 'unsafeWithoutPredicate'>;
}

/** How many milliseconds the service's clock is ahead. */
interface Clock {
  ahead: number;
}

export interface Call {
  method?: string;
  /** An access token, embed token or key, sent as `Authorization: Bearer`. */
  token?: string;
  origin?: string;
  headers?: Record<string, string>;
  /** Sent as JSON; a string, bytes or a stream as it is. */
  body?: unknown;
}

/** An answer, its body read: JSON is parsed. */
export interface Answer<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
}

/**
 * A whole service of its own: a directory, a port, a clock that can be put on, and an empty
 * database, in memory or on the PostgreSQL of TEST_DATABASE_URL.
 */
export class TestServer {
  readonly running: RunningServer;
  readonly tenancy: TenancyStore;
  readonly dataDir: string;
  /** Faults of ours that a request met. They fail the test when the server closes. */
  readonly faults: unknown[];
  readonly #clock: Clock;
  readonly #drop: () => Promise<void>;

  private constructor(
    running: RunningServer,
    own: { dataDir: string; faults: unknown[]; clock: Clock; drop: () => Promise<void> },
  ) {
    this.running = running;
    this.tenancy = new TenancyStore(running.store);
    this.dataDir = own.dataDir;
    this.faults = own.faults;
    this.#clock = own.clock;
    this.#drop = own.drop;
  }

  static async start(given: TestServerOptions = {}): Promise<TestServer> {
    const { env, storeOptions, ...options } = given;
    const dataDir = await mkdtemp(join(tmpdir(), 'cloudbrain-test-'));
    const faults: unknown[] = [];
    const clock: Clock = { ahead: 0 };
    const { databaseUrl, snapshot, drop } = await createTestDatabase();
    const config = readConfig({
      PORT: '0',
      CLOUDBRAIN_DATA: dataDir,
      DATABASE_URL: databaseUrl,
      CLOUDBRAIN_ADMIN_PASSWORD: ADMIN.password,
      CLOUDBRAIN_ORIGINS: PORTAL,
      // Tests ask from one address, and quickly.
      RATE_LIMIT_LOGIN: '10000',
      RATE_LIMIT_REFRESH: '10000',
      RATE_LIMIT_ANONYMOUS: '100000',
      RATE_LIMIT_API: '100000',
      RATE_LIMIT_INGEST: '100000',
      ...env,
    });
    const running = await startServer(config, {
      ...((databaseUrl === undefined || storeOptions) &&
        !options.store && {
          store: await openStore({ databaseUrl, snapshot, ...storeOptions }),
        }),
      logger: createLogger(process.env.LOG_LEVEL ?? 'silent'),
      checkResponses: true,
      onFault: (error) => faults.push(error),
      now: () => new Date(Date.now() + clock.ahead),
      ...options,
    });
    return new TestServer(running, { dataDir, faults, clock, drop });
  }

  get url(): string {
    return this.running.url;
  }

  get store(): Store {
    return this.running.store;
  }

  /** The operator's workspace. */
  get workspaceId(): string {
    return this.running.workspaceId;
  }

  /** Lets time pass for tokens and sessions. */
  advance(ms: number): void {
    this.#clock.ahead += ms;
  }

  /** Asks; `Body` is what the caller expects, as the server itself checks its answers. */
  async call<Body = Schemas['Problem']>(path: string, call: Call = {}): Promise<Answer<Body>> {
    const { method, token, origin, body } = call;
    const headers = new Headers(call.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (origin !== undefined) headers.set('origin', origin);
    const init: RequestInit = { headers, method: method ?? (body === undefined ? 'GET' : 'POST') };
    if (typeof body === 'string' || body instanceof Uint8Array) {
      init.body = body as BodyInit;
    } else if (body !== undefined) {
      if (!headers.has('content-type')) headers.set('content-type', 'application/json');
      init.body = JSON.stringify(body);
    }
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    // Not the lines of NDJSON.
    const json = /\bjson\b/.test(response.headers.get('content-type') ?? '') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : text) as Body,
    };
  }

  /** Logs in; as the admin of the operator's workspace if nobody else is named. */
  async login(
    credentials: { email: string; password: string } = ADMIN,
  ): Promise<Schemas['Session']> {
    const { status, body } = await this.call<Schemas['Session']>('/api/auth/login', {
      body: credentials,
    });
    if (status !== 200) throw new Error(`The login failed: ${JSON.stringify(body)}`);
    return body;
  }

  /** Makes an account and logs it in. */
  async account(
    role: Role,
    { workspaceId = this.workspaceId, domains = null as readonly string[] | null } = {},
  ): Promise<Schemas['Session'] & { email: string; password: string }> {
    const credentials = { email: `${randomUUID()}@example.com`, password: ADMIN.password };
    adminHash ??= hashPassword(ADMIN.password);
    const passwordHash = await adminHash;
    const { email } = credentials;
    await this.tenancy.createAccount(workspaceId, {
      email,
      name: role,
      role,
      domains,
      passwordHash,
    });
    return { ...(await this.login(credentials)), ...credentials };
  }

  /** Makes an API key. */
  async apiKey(
    role: Role,
    { workspaceId = this.workspaceId, domains = null as readonly string[] | null } = {},
  ): Promise<string> {
    const key = newApiKey('api');
    const hash = digest(key);
    await this.tenancy.createKey(workspaceId, { kind: 'api', name: role, role, domains, hash });
    return key;
  }

  /** Makes an ingest key. */
  async ingestKey({
    workspaceId = this.workspaceId,
    domain = null as string | null,
    team = null as string | null,
  } = {}): Promise<string> {
    const key = newApiKey('ingest');
    const hash = digest(key);
    const told = { kind: 'ingest', name: 'Test', domain, team, hash } as const;
    await this.tenancy.createKey(workspaceId, told);
    return key;
  }

  /** Closes everything and removes its files. @throws where a request met a fault of ours */
  async close(): Promise<void> {
    await this.running.close();
    await this.#drop();
    await rm(this.dataDir, { recursive: true, force: true });
    if (this.faults.length > 0)
      throw new AggregateError(this.faults, 'Requests met faults of ours: ' + this.faults.join());
  }
}

let adminHash: Promise<string> | undefined;
