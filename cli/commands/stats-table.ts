import { count } from '../output/format.ts';
import type { Output } from '../output/output.ts';
import type { Column } from '../output/table.ts';
import { unknown } from './unknown.ts';

interface Told {
  period: object;
  unavailable?: readonly Parameters<typeof unknown>[0][];
}

interface Listed<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** How many are not listed. */
  rest?: number | undefined;
}

/** An answer as JSON, or what it lists as a table. */
export async function showTable<Row>(
  output: Output,
  told: Told,
  { columns, rows, rest }: Listed<Row>,
): Promise<void> {
  if (output.json) return output.show(told, String);
  await output.table(columns, rows, 'There is nothing in this period.');
  if (rest !== undefined)
    output.note(`There are ${count(rest)} more: --limit says how many are listed.`);
  for (const reason of told.unavailable ?? []) output.note(unknown(reason));
}
