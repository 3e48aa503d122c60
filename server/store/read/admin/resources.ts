/** What the installation's database holds and does: of all workspaces, for its operator alone. */
import type { Store } from '../../database/database.ts';
import type { StatementCounts } from '../../database/statements.ts';
import type { Unavailable } from '../../rollups/query.ts';

export interface DatabaseResources {
  database: {
    kind: 'postgres' | 'embedded';
    bytes: number | null;
    tables: { name: string; bytes: number; rows: number | null }[];
  };
  statements: {
    source: 'pg_stat_statements' | 'server';
    total: number | null;
    totalMs: number | null;
    countedSince: string | null;
    transactions: number | null;
    rolledBack: number | null;
    cacheHitRate: number | null;
    since: string | null;
    slowest:
      | {
          query: string;
          calls: number;
          totalMs: number;
          meanMs: number;
          rows: number | null;
        }[]
      | null;
  } | null;
  outbox: { events: number; oldestAt: string | null };
  unavailable: Unavailable[];
}

const TABLES = 20;
const STATEMENTS = 10;
const QUERY_LIMIT = 500;

export class ResourceStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async read(): Promise<DatabaseResources> {
    const unavailable: Unavailable[] = [];
    const kind = this.#store.dialect === 'pglite' ? 'embedded' : 'postgres';
    const own = this.#store.statements.read(STATEMENTS);
    const told = kind === 'postgres' ? await this.#told().catch(() => null) : null;
    const statements = told ?? ownStatements(own);
    if (!told) {
      const reason = 'Row counts require pg_stat_statements.';
      unavailable.push({ path: 'statements.slowest.rows', reason });
    } else if (told.countedSince === null) {
      const reason = 'Requires PostgreSQL 14 or newer, which records when the counters were reset.';
      unavailable.push({ path: 'statements.countedSince', reason });
    }
    const counted = kind === 'postgres' ? await this.#counters() : null;
    const counters = counted ?? ownCounters(own);
    if (counters.cacheHitRate === null) {
      const reason =
        kind === 'embedded'
          ? 'The embedded database keeps no read counters.'
          : 'No block has been read yet.';
      unavailable.push({ path: 'statements.cacheHitRate', reason });
    }
    return {
      database: { kind, bytes: await this.#bytes(), tables: await this.#tables() },
      statements: { ...statements, ...counters },
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
  async #told() {
    const { rows } = await this.#store.query(
      `select left(query, ${QUERY_LIMIT}) as query, calls, total_exec_time, mean_exec_time, rows,
        sum(calls) over ()::bigint as total, sum(total_exec_time) over () as total_ms
      from pg_stat_statements s join pg_database d on d.oid = s.dbid
      where d.datname = current_database()
        and s.query ~* '^\\s*(select|insert|update|delete|merge|with)\\y'
      order by total_exec_time desc limit $1`,
      [STATEMENTS],
    );
    const reset = await this.#store
      .query('select stats_reset from pg_stat_statements_info')
      .catch(() => ({ rows: [] }));
    const [{ stats_reset: since } = {}]: { stats_reset?: unknown }[] = reset.rows;
    return {
      source: 'pg_stat_statements' as const,
      total: numberOrNull(rows[0]?.total),
      totalMs: numberOrNull(rows[0]?.total_ms),
      countedSince: since instanceof Date ? since.toISOString() : null,
      slowest: rows.map((row) => ({
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

/** What this process counts itself, where the database counts no statements. */
const ownStatements = ({ total, totalMs, since, slowest }: StatementCounts) => ({
  source: 'server' as const,
  total,
  totalMs,
  countedSince: since.toISOString(),
  slowest: slowest.map(({ query, calls, totalMs: ms }) => ({
    query: query.slice(0, QUERY_LIMIT),
    calls,
    totalMs: ms,
    meanMs: ms / calls,
    rows: null,
  })),
});

const ownCounters = ({ transactions, rolledBack, since }: StatementCounts) => ({
  transactions,
  rolledBack,
  cacheHitRate: null,
  since: since.toISOString(),
});

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
