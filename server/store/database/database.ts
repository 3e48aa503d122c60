import {
  CompiledQuery,
  Kysely,
  PostgresDialect,
  sql,
  type Dialect,
  type Expression,
  type SqlBool,
  type Transaction,
} from 'kysely';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from './migrate.ts';
import { PGliteClient } from './pglite/client.ts';
import { PGliteWorkerDialect } from './pglite/dialect.ts';
import { holdDirectory } from './pglite/lock.ts';
import type { Schema } from './schema.ts';
import { StatementCounter } from './statements.ts';

export interface StoreOptions {
  /** A PostgreSQL 15+ connection string; without it the database is embedded. */
  databaseUrl?: string | undefined;
  /** Where the embedded database lives; without it, in memory. */
  dataDir?: string | undefined;
  /** The directory of a closed embedded database: one in memory starts as a copy of it. */
  snapshot?: string | undefined;
  /** Connections to PostgreSQL. */
  poolSize?: number;
  /**
   * For the isolation tests alone: queries leave their own workspace predicate out, so that
   * row-level security has to hold by itself.
   */
  unsafeWithoutPredicate?: boolean;
}

/** A transaction that sees one workspace. */
export interface WorkspaceTx {
  readonly tx: Transaction<Schema>;
  readonly workspaceId: string;
  /**
   * `workspace_id = <this workspace>`: goes into every query, beside row-level security.
   * @param column where the query has more than one table, such as `r.workspace_id`
   */
  of(column?: string): Expression<SqlBool>;
}

/** Runs several statements and returns the rows of all of them. */
type Exec = (text: string) => Promise<Record<string, unknown>[]>;

/** Milliseconds that one statement of a request may take on PostgreSQL. */
const STATEMENT_TIMEOUT_MS = 15_000;

/**
 * The database. Every access goes through `inWorkspace` or `inSnapshot` or, for the service's own
 * work, `asSystem`.
 */
export class Store {
  readonly db: Kysely<Schema>;
  readonly dialect: 'pglite' | 'postgres';
  /** What this process has asked the database for. */
  readonly statements: StatementCounter;
  readonly #options: StoreOptions;
  readonly #exec: Exec;
  readonly #release: () => Promise<void>;

  constructor(
    kind: 'pglite' | 'postgres',
    dialect: Dialect,
    options: StoreOptions,
    exec: (db: Kysely<Schema>) => Exec,
    release: () => Promise<void>,
  ) {
    const statements = new StatementCounter();
    this.db = new Kysely<Schema>({
      dialect,
      log: ({ query, queryDurationMillis }) => statements.record(query.sql, queryDurationMillis),
    });
    this.dialect = kind;
    this.statements = statements;
    this.#options = options;
    this.#exec = exec(this.db);
    this.#release = release;
  }

  /** Runs `work` in one transaction that can read and write only this workspace's rows. */
  inWorkspace<T>(workspaceId: string, work: (ws: WorkspaceTx) => Promise<T>): Promise<T> {
    return this.db.transaction().execute((tx) => this.#asApp(tx, workspaceId, work));
  }

  /**
   * Runs `work`, which only reads, in one transaction that sees this workspace as it is at one
   * moment: an answer of several statements would else contradict itself beside a writer.
   */
  inSnapshot<T>(workspaceId: string, work: (ws: WorkspaceTx) => Promise<T>): Promise<T> {
    return this.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((tx) => this.#asApp(tx, workspaceId, work));
  }

  async #asApp<T>(
    tx: Transaction<Schema>,
    workspaceId: string,
    work: (ws: WorkspaceTx) => Promise<T>,
  ): Promise<T> {
    const { unsafeWithoutPredicate } = this.#options;
    await sql`select set_config('role', 'cloudbrain_app', true),
      set_config('cloudbrain.workspace', ${workspaceId}, true),
      set_config('statement_timeout', ${String(STATEMENT_TIMEOUT_MS)}, true),
      -- Compiling a query that reads many short ranges takes longer than reading them.
      set_config('jit', 'off', true)`.execute(tx);
    const of = (column = 'workspace_id'): Expression<SqlBool> =>
      unsafeWithoutPredicate
        ? sql<SqlBool>`true`
        : sql<SqlBool>`${sql.ref(column)} = ${workspaceId}`;
    return work({ tx, workspaceId, of });
  }

  /**
   * Runs `work` in one transaction that sees every workspace: sign-in, which learns the
   * workspace first, and the service's own jobs. Never for what a request asks.
   */
  asSystem<T>(work: (tx: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.db.transaction().execute(async (tx) => {
      await sql`select set_config('cloudbrain.system', 'on', true)`.execute(tx);
      return work(tx);
    });
  }

  /** One statement with `$1` parameters, outside a transaction: for the job queue's own tables. */
  async query(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<{ rows: Record<string, unknown>[] }> {
    const { rows } = await this.db.executeQuery<Record<string, unknown>>(
      CompiledQuery.raw(text, [...values]),
    );
    return { rows };
  }

  /** Several statements without parameters, which may begin and end a transaction of their own. */
  async exec(text: string): Promise<{ rows: Record<string, unknown>[] }> {
    const started = performance.now();
    try {
      return { rows: await this.#exec(text) };
    } finally {
      this.statements.record(text, performance.now() - started);
    }
  }

  async close(): Promise<void> {
    await this.db.destroy();
    await this.#release();
  }
}

/**
 * Opens the database and brings its schema up to date.
 * @throws DirectoryHeldError where another process has the embedded database open
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const store = options.databaseUrl
    ? openPostgres(options.databaseUrl, options)
    : await openEmbedded(options);
  try {
    await migrate(store.db);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

const { INT8, DATE } = pg.types.builtins as Record<'INT8' | 'DATE', number>;
const parserOf = pg.types.getTypeParser as (
  oid: number,
  format?: 'text' | 'binary',
) => (text: string) => unknown;

function openPostgres(connectionString: string, options: StoreOptions): Store {
  const types = {
    getTypeParser(oid: number, format?: 'text' | 'binary') {
      if (oid === INT8) return Number;
      if (oid === DATE) return String;
      return parserOf(oid, format);
    },
  };
  const pool = new pg.Pool({
    connectionString,
    max: options.poolSize ?? 10,
    types: types,
    application_name: 'cloudbrain',
    connectionTimeoutMillis: 10_000,
  });
  // A connection that breaks fails the statement that it is at, or the next one; unheard, what it
  // says while idle or between two statements would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const exec: Exec = async (text) => {
    const client = await pool.connect();
    let done = false;
    try {
      const results = [await client.query<Record<string, unknown>>(text)].flat();
      done = true;
      return results.flatMap(({ rows }) => rows);
    } finally {
      // A statement that fails may leave a transaction open: nobody gets that connection again.
      client.release(!done);
    }
  };
  const dialect = new PostgresDialect({ pool });
  return new Store(
    'postgres',
    dialect,
    options,
    () => exec,
    async () => {},
  );
}

async function openEmbedded(options: StoreOptions): Promise<Store> {
  const release = options.dataDir ? await holdDirectory(options.dataDir) : async () => {};
  try {
    const dataDir = options.dataDir && join(options.dataDir, 'database');
    // Whatever the process gives others by default: who can't enter it can't read anything in it.
    if (dataDir) await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const client = await PGliteClient.open(dataDir ? { dataDir } : { snapshot: options.snapshot });
    // Through the lent connection, so that it can't land inside somebody's transaction, nor leave
    // one of its own open where a statement fails.
    const exec =
      (db: Kysely<Schema>): Exec =>
      (text) =>
        db.connection().execute(async () => {
          try {
            return await client.exec(text);
          } catch (error) {
            await client.exec('rollback').catch(() => {});
            throw error;
          }
        });
    return new Store('pglite', new PGliteWorkerDialect(client), options, exec, release);
  } catch (error) {
    await release();
    throw error;
  }
}
