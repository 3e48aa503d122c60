/** What the installation's database holds and does: of all workspaces, for its operator alone. */
import type { Store } from '../../database/database.ts';
import type { Unavailable } from '../../rollups/query.ts';

export interface DatabaseResources {
  database: {
    kind: 'postgres' | 'embedded';
    bytes: number | null;
    tables: { name: string; bytes: number; rows: number | null }[];
  };
  statements: {
    total: number | null;
    transactions: number | null;
    rolledBack: number | null;
    cacheHitRate: number | null;
    since: string | null;
    slowest:
      { query: string; calls: number; totalMs: number; meanMs: number; rows: number }[] | null;
  } | null;
  outbox: { events: number; oldestAt: string | null };
  unavailable: Unavailable[];
}

const TABLES = 20;
const STATEMENTS = 10;
const QUERY_LIMIT = 500;

const COUNTERS = ['transactions', 'rolledBack', 'cacheHitRate', 'since'] as const;

export class ResourceStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async read(): Promise<DatabaseResources> {
    const unavailable: Unavailable[] = [];
    const kind = this.#store.dialect === 'pglite' ? 'embedded' : 'postgres';
    const slowest = await this.#slowest().catch((error: unknown) => {
      unavailable.push({ path: 'statements.slowest', reason: whyNot(error) });
      return null;
    });
    if (slowest === null) {
      unavailable.push({
        path: 'statements.total',
        reason: 'Only pg_stat_statements counts statements.',
      });
    }
    const counters = await this.#counters();
    if (!counters) {
      const reason = 'The embedded database counts no transactions.';
      for (const name of COUNTERS) unavailable.push({ path: `statements.${name}`, reason });
    } else if (counters.cacheHitRate === null) {
      unavailable.push({ path: 'statements.cacheHitRate', reason: 'No block was read yet.' });
    }
    return {
      database: { kind, bytes: await this.#bytes(), tables: await this.#tables() },
      statements: {
        transactions: null,
        rolledBack: null,
        cacheHitRate: null,
        since: null,
        ...counters,
        total: slowest?.total ?? null,
        slowest: slowest?.statements ?? null,
      },
      outbox: await this.#outbox(),
      unavailable,
    };
  }

  async #bytes(): Promise<number | null> {
    const { rows } = await this.#store.query(
      'select pg_database_size(current_database()) as bytes',
    );
    return numberOrNull(rows[0]?.bytes);
  }

  /** Partitions count as their table. */
  async #tables(): Promise<DatabaseResources['database']['tables']> {
    const { rows } = await this.#store.query(
      `select coalesce(p.relname, c.relname) as name,
        sum(pg_total_relation_size(c.oid))::bigint as bytes,
        case when bool_or(c.reltuples >= 0)
          then sum(greatest(c.reltuples, 0))::bigint end as rows
      from pg_class c
      left join pg_inherits i on i.inhrelid = c.oid
      left join pg_class p on p.oid = i.inhparent
      join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname in ('public', 'cloudbrain_jobs')
      group by 1 order by 2 desc, 1 limit $1`,
      [TABLES],
    );
    return rows.map(({ name, bytes, rows: count }) => ({
      name: String(name),
      bytes: Number(bytes),
      rows: numberOrNull(count),
    }));
  }

  /** `null`: where nobody counts. */
  async #counters() {
    const { rows } = await this.#store.query(
      `select xact_commit, xact_rollback, blks_hit, blks_read, stats_reset
      from pg_stat_database where datname = current_database()`,
    );
    const [row] = rows;
    const committed = numberOrNull(row?.xact_commit);
    const rolledBack = numberOrNull(row?.xact_rollback);
    if (!row || committed === null || rolledBack === null || committed + rolledBack === 0) {
      return null;
    }
    const hit = Number(row.blks_hit);
    const blocks = hit + Number(row.blks_read);
    return {
      transactions: committed + rolledBack,
      rolledBack,
      cacheHitRate: blocks === 0 ? null : hit / blocks,
      since: row.stats_reset instanceof Date ? row.stats_reset.toISOString() : null,
    };
  }

  /**
   * Reads and writes alone: other statements are told with their values, such as a password.
   * @throws where the extension isn't there, or the login may not read it
   */
  async #slowest() {
    const { rows } = await this.#store.query(
      `select left(query, ${QUERY_LIMIT}) as query, calls, total_exec_time, mean_exec_time, rows,
        sum(calls) over ()::bigint as total
      from pg_stat_statements s join pg_database d on d.oid = s.dbid
      where d.datname = current_database()
        and s.query ~* '^\\s*(select|insert|update|delete|merge|with)\\y'
      order by total_exec_time desc limit $1`,
      [STATEMENTS],
    );
    return {
      total: numberOrNull(rows[0]?.total),
      statements: rows.map((row) => ({
        query: String(row.query),
        calls: Number(row.calls),
        totalMs: Number(row.total_exec_time),
        meanMs: Number(row.mean_exec_time),
        rows: Number(row.rows),
      })),
    };
  }

  /** A workspace numbers its events, so that its first and last tell how many there are. */
  async #outbox(): Promise<DatabaseResources['outbox']> {
    return this.#store.asSystem(async (tx) => {
      const workspaces = await tx.selectFrom('workspaces').select('id').execute();
      let events = 0;
      let oldest = Infinity;
      for (const { id } of workspaces) {
        const of = tx.selectFrom('live_events').where('workspace_id', '=', id).select(['id', 'at']);
        const first = await of.orderBy('id').limit(1).executeTakeFirst();
        const last = await of.orderBy('id', 'desc').limit(1).executeTakeFirst();
        if (!first || !last) continue;
        events += last.id - first.id + 1;
        oldest = Math.min(oldest, first.at.getTime());
      }
      return { events, oldestAt: Number.isFinite(oldest) ? new Date(oldest).toISOString() : null };
    });
  }
}

function whyNot(error: unknown): string {
  const { code } = error as { code?: unknown };
  if (code === '42P01') return 'The extension pg_stat_statements is not installed.';
  if (code === '42501') return 'The login may not read pg_stat_statements.';
  return 'pg_stat_statements can not be read.';
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
