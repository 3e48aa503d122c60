/**
 * How many rows were added above the known ones. Older rows added below don't count.
 *
 * @param known keys of the rows before
 */
export function countNew<T>(
  rows: readonly T[],
  known: ReadonlySet<string>,
  key: (row: T) => string,
): number {
  const last = rows.findLastIndex((row) => known.has(key(row)));
  const above = last < 0 ? rows : rows.slice(0, last);
  return above.filter((row) => !known.has(key(row))).length;
}
