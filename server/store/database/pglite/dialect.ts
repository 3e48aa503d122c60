import {
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { PGliteClient } from './client.ts';

/**
 * Kysely over the PGlite worker. Kysely's own PGlite dialect hands its one connection to
 * everybody at once, so that a query made beside a transaction would run inside it; this one
 * lends the connection to one borrower at a time.
 */
export class PGliteWorkerDialect implements Dialect {
  readonly #client: PGliteClient;

  constructor(client: PGliteClient) {
    this.#client = client;
  }

  createDriver(): Driver {
    return new PGliteWorkerDriver(this.#client);
  }
  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }
  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }
  createIntrospector(...[db]: Parameters<Dialect['createIntrospector']>): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }
}

class PGliteWorkerDriver implements Driver {
  readonly #client: PGliteClient;
  readonly #connection: DatabaseConnection;
  #borrowed = false;
  readonly #queue: (() => void)[] = [];

  constructor(client: PGliteClient) {
    this.#client = client;
    this.#connection = new PGliteConnection(client);
  }

  async init(): Promise<void> {}

  acquireConnection(): Promise<DatabaseConnection> {
    if (!this.#borrowed) {
      this.#borrowed = true;
      return Promise.resolve(this.#connection);
    }
    return new Promise((resolve) => this.#queue.push(() => resolve(this.#connection)));
  }

  async releaseConnection(): Promise<void> {
    const next = this.#queue.shift();
    if (next) next();
    else this.#borrowed = false;
  }

  async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    const isolation = isolationLevel ? [`isolation level ${isolationLevel}`] : [];
    const begin = ['begin', ...isolation, ...(accessMode ? [accessMode] : [])].join(' ');
    await connection.executeQuery(CompiledQuery.raw(begin));
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    await this.#client.close();
  }
}

class PGliteConnection implements DatabaseConnection {
  readonly #client: PGliteClient;

  constructor(client: PGliteClient) {
    this.#client = client;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, affected } = await this.#client.query(query.sql, query.parameters);
    return { rows: rows as R[], numAffectedRows: BigInt(affected) };
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('The embedded database does not stream; page through the rows instead');
  }
}
