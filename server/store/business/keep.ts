/** Keeps the latest version of each record, in whatever order they come. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { matching, namesOf, overwrite, unnest, type Column } from '../database/batch-columns.ts';
import type { Instant } from './instant.ts';
import type { VersionedRow } from './records.ts';

/** A table of versioned rows. */
export interface Kind<Row extends VersionedRow> {
  table: string;
  /** What names a row, beside the workspace. */
  keys: readonly Column<Row>[];
  columns: readonly Column<Row>[];
  /** How a column is made of what goes over the wire, where it isn't the same. */
  read?: Readonly<Record<string, RawBuilder<unknown>>>;
}

/** What became of some records. */
export interface Counts {
  changed: number;
  unchanged: number;
  outdated: number;
}

/** A row that says something else now. */
export interface Change<Row, Stored> {
  before: Stored | null;
  after: Row;
}

/** What is read of each row that is there, beside what it says. */
interface StoredVersion {
  place: number;
  /** Its `updated_at`: a `Date` has no microseconds. */
  version: Instant;
  digest: string;
}

const versionColumns: readonly Column<VersionedRow>[] = [
  ['updated_at', 'timestamptz', ({ updatedAt }) => updatedAt],
  ['deleted', 'boolean', ({ deleted }) => deleted],
  ['digest', 'text', ({ digest }) => digest],
];

/**
 * Writes what is not older than what is there: of two versions of the same time the one that comes
 * later holds, or stands further down. The workspace has to be locked.
 */
export async function keepLatest<Row extends VersionedRow, Stored>(
  ws: WorkspaceTx,
  kind: Kind<Row>,
  told: readonly Row[],
): Promise<{ counts: Counts; changes: Change<Row, Stored>[] }> {
  const counts: Counts = { changed: 0, unchanged: 0, outdated: 0 };
  const changes: Change<Row, Stored>[] = [];
  if (told.length === 0) return { counts, changes };
  const keyOf = (row: Row): string => JSON.stringify(kind.keys.map(([, , value]) => value(row)));
  const latest = new Map<string, Row>();
  for (const row of told) {
    const key = keyOf(row);
    const other = latest.get(key);
    if (other) counts[isSame(row, other) ? 'unchanged' : 'outdated']++;
    if (!other || row.updatedAt >= other.updatedAt) latest.set(key, row);
  }
  const rows = [...latest.values()];
  const stored = await load<Row, Stored>(ws, kind, rows);
  const written: Row[] = [];
  for (const [index, row] of rows.entries()) {
    const before = stored.get(index) ?? null;
    const version = before && { updatedAt: before.version, digest: before.digest };
    if (version && isSame(row, version)) {
      counts.unchanged++;
    } else if (version && row.updatedAt < version.updatedAt) {
      counts.outdated++;
    } else {
      written.push(row);
      const saysTheSame = version?.digest === row.digest;
      counts[saysTheSame ? 'unchanged' : 'changed']++;
      if (!saysTheSame) changes.push({ before, after: row });
    }
  }
  await save(ws, kind, written);
  return { counts, changes };
}

type Version = Pick<VersionedRow, 'updatedAt' | 'digest'>;

/** Whether a version is another once more. */
const isSame = (one: Version, other: Version): boolean =>
  one.updatedAt === other.updatedAt && one.digest === other.digest;

const VERSION = sql`to_char(t.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** What is there of some rows, by their place. */
async function load<Row extends VersionedRow, Stored>(
  ws: WorkspaceTx,
  { table, keys }: Kind<Row>,
  rows: readonly Row[],
): Promise<Map<number, Stored & StoredVersion>> {
  const placed = rows.map((row, place) => ({ row, place }));
  const columns: Column<{ row: Row; place: number }>[] = [
    ['place', 'integer', ({ place }) => place],
    ...keys.map(([name, type, value]): Column<{ row: Row }> => [
      name,
      type,
      ({ row }) => value(row),
    ]),
  ];
  const { rows: found } = await sql<Stored & StoredVersion>`
    select v.place, t.*, ${VERSION} as version from ${sql.table(table)} t, ${unnest(columns, placed)}
    where ${ws.of('t.workspace_id')} and ${matching(keys)}`.execute(ws.tx);
  return new Map(found.map((row) => [row.place, row]));
}

async function save<Row extends VersionedRow>(
  ws: WorkspaceTx,
  { table, keys, columns, read = {} }: Kind<Row>,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const own = [...columns, ...versionColumns];
  const all = [...keys, ...own];
  const values = all.map(([name]) => read[name] ?? sql.ref(`v.${name}`));
  await sql`insert into ${sql.table(table)} (workspace_id, ${namesOf(all)})
    select ${ws.workspaceId}::uuid, ${sql.join(values)} from ${unnest(all, rows)}
    on conflict (workspace_id, ${namesOf(keys)}) do update set ${overwrite(own)}`.execute(ws.tx);
}
