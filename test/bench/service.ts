/** The product as its operator runs it: a process of its own, embedded or on PostgreSQL. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readyWhen, startPostgres } from '../../scripts/support/databases.ts';
import { start, stop } from '../../scripts/support/processes.ts';
import { inRoot } from '../../scripts/support/root.ts';
import { openStore, type Store } from '../../server/store/database/database.ts';

export type DatabaseKind = 'embedded' | 'PostgreSQL';

/** Where a database is, for the service or for a store of one's own. */
export interface Database {
  kind: DatabaseKind;
  dataDir: string;
  databaseUrl: string | undefined;
  /** Stops and removes it. */
  drop: () => Promise<void>;
}

/** An empty database of this run alone; PostgreSQL with the safety that it has by default. */
export async function createDatabase(kind: DatabaseKind): Promise<Database> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cloudbrain-bench-'));
  const server = kind === 'PostgreSQL' ? await startPostgres({ durable: true }) : undefined;
  return {
    kind,
    dataDir,
    databaseUrl: server?.url,
    drop: async () => {
      await server?.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export const DATABASE_KINDS: readonly DatabaseKind[] = ['embedded', 'PostgreSQL'];

/** Measures on an empty store of each kind, one after the other. */
export async function onEachDatabase<Row>(
  measure: (store: Store, kind: DatabaseKind) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of DATABASE_KINDS) {
    const database = await createDatabase(kind);
    try {
      const store = await openStore(database);
      try {
        rows.push(...(await measure(store, kind)));
      } finally {
        await store.close();
      }
    } finally {
      await database.drop();
    }
  }
  return rows;
}

export interface Service {
  url: string;
  /** An ingest key. */
  key: string;
  /** Logs the admin in. @returns an access token */
  login: () => Promise<string>;
  /** Sends telemetry; resolves once it is acknowledged. */
  post: (body: string | Uint8Array, type: string) => Promise<void>;
  /** Ends the process; the database stays. */
  close: () => Promise<void>;
}

const PASSWORD = 'the benchmark’s own password';
const KEY = 'the-benchmarks-own-ingest-key';
/** Far beyond what is measured here: what limits is the service itself. */
const UNLIMITED = '1000000000';

/** Starts the service on a database. */
export async function startService({ dataDir, databaseUrl }: Database): Promise<Service> {
  const env = {
    PORT: '0',
    HOST: '127.0.0.1',
    CLOUDBRAIN_DATA: dataDir,
    DATABASE_URL: databaseUrl ?? '',
    CLOUDBRAIN_ADMIN_PASSWORD: PASSWORD,
    CLOUDBRAIN_INGEST_KEY: KEY,
    LOG_LEVEL: 'warn',
    RATE_LIMIT_API: UNLIMITED,
    RATE_LIMIT_INGEST: UNLIMITED,
    NODE_ENV: 'production',
  };
  const args = ['--conditions=@cloudbrain/source', inRoot('server', 'main.ts')];
  const child = start('node', args, { env });
  const [, url = ''] = await readyWhen(child, /CloudBrain is ready at (\S+)\n/);
  return {
    url,
    key: KEY,
    async login() {
      const session = await send(`${url}/api/auth/login`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'admin@localhost', password: PASSWORD }),
      });
      return ((await session.json()) as { accessToken: string }).accessToken;
    },
    async post(body, type) {
      const headers = { 'content-type': type, authorization: `Bearer ${KEY}` };
      const answer = await send(`${url}/v1/traces`, { headers, body: body as BodyInit });
      await answer.arrayBuffer();
    },
    close: () => stop(child, 'SIGTERM', 30_000),
  };
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, { method: 'POST', ...init });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer;
}
