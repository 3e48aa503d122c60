/** Batches as arrays: one statement writes or reads any number of rows. */
import { sql, type RawBuilder } from 'kysely';

/** A column of a batch: its name, its PostgreSQL type, and where a row has its value. */
export type Column<Row> = readonly [name: string, type: string, value: (row: Row) => unknown];

/** `unnest($1::text[], ...) as v(key, ...)`: the rows as a table. */
export function unnest<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  alias = 'v',
): RawBuilder<unknown> {
  const arrays = columns.map(([, type, value]) => sql`${rows.map(value)}::${sql.raw(`${type}[]`)}`);
  return sql`unnest(${sql.join(arrays)}) as ${sql.raw(alias)}(${namesOf(columns)})`;
}

/** The columns' names, separated by commas. */
export function namesOf(columns: readonly Column<never>[]): RawBuilder<unknown> {
  return sql.join(columns.map(([name]) => sql.ref(name)));
}

/** `key = excluded.key, ...`: what an upsert overwrites. */
export function overwrite(columns: readonly Column<never>[]): RawBuilder<unknown> {
  return sql.join(columns.map(([name]) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`));
}

/** `t.key = v.key and ...`: joins a table with a batch. */
export function matching(
  columns: readonly Column<never>[],
  table = 't',
  batch = 'v',
): RawBuilder<unknown> {
  return sql.join(
    columns.map(([name]) => sql`${sql.ref(`${table}.${name}`)} = ${sql.ref(`${batch}.${name}`)}`),
    sql` and `,
  );
}

/** Epoch milliseconds as the database takes them. */
export function time(instant: number): string {
  return new Date(instant).toISOString();
}

export function timeOrNull(instant: number | null): string | null {
  return instant === null ? null : time(instant);
}
