import { count } from '../output/format.ts';
import type { Output } from '../output/output.ts';
import type { Column, Page } from '../output/table.ts';
import { reasonLines, unknown } from './unknown.ts';

type Unavailable = Parameters<typeof reasonLines>[0];

interface Listed<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** How many are not listed. */
  rest?: number | undefined;
}

/** An answer as JSON, or what it lists as a table. */
export async function showTable<Row>(
  output: Output,
  answer: { period: object; unavailable?: Unavailable },
  { columns, rows, rest }: Listed<Row>,
): Promise<void> {
  if (output.json) return output.show(answer, String);
  await output.table(columns, rows, 'There is nothing in this period.');
  if (rest !== undefined) output.note(`${count(rest)} more not listed: raise --limit.`);
  for (const reason of answer.unavailable ?? []) output.note(unknown(reason));
}

/** An answer as JSON, or as the parts of a text. Reasons for what is missing go to standard error. */
export async function showParts<T extends { unavailable: Unavailable }>(
  output: Output,
  answer: T,
  partsOf: (answer: T, page: Page) => string[],
): Promise<void> {
  await output.show(answer, () => partsOf(answer, output).join('\n\n'));
  if (!output.json) for (const line of reasonLines(answer.unavailable)) output.note(line);
}
