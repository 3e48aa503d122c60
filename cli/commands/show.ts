import { count } from '../output/format.ts';
import type { Output } from '../output/output.ts';
import type { Column, Page } from '../output/table.ts';
import { MAX_PAGE } from '../options.ts';
import { reasonLines, unknown } from './unknown.ts';

type Unavailable = Parameters<typeof reasonLines>[0];

const NOTHING = 'No data in this period.';

/** An answer as JSON, or what it lists as a table. */
export async function showTable<Row>(
  output: Output,
  answer: { unavailable?: Unavailable },
  { columns, rows }: { columns: readonly Column<Row>[]; rows: readonly Row[] },
): Promise<void> {
  if (output.json) return output.show(answer, String);
  await output.table(columns, rows, NOTHING);
  for (const reason of answer.unavailable ?? []) output.note(unknown(reason));
}

/** A page of a list of figures, such as `stats.models`. */
interface FiguresPage {
  data: readonly unknown[];
  nextCursor: string | null;
  count: { value: number };
  unavailable: Unavailable;
}

interface PagesOptions<Answer, Row> {
  /** How many entries at most; `Infinity` for all. */
  limit: number;
  columns: readonly Column<Row>[];
  rowsOf: (page: Answer) => readonly Row[];
  /** Rows below the entries. */
  after?: (page: Answer) => readonly Row[];
}

/** Pages of a list of figures: as JSON, a line for each page, or their entries as one table. */
export async function showPages<Answer extends FiguresPage, Row>(
  output: Output,
  read: (page: { limit: number; cursor?: string }) => PromiseLike<Answer>,
  { limit, columns, rowsOf, after }: PagesOptions<Answer, Row>,
): Promise<void> {
  const progress = output.progress('Reading');
  const rows: Row[] = [];
  const reasons = new Set<string>();
  let taken = 0;
  let cursor: string | null = null;
  let page: Answer;
  do {
    if (taken > 0) progress.show(taken);
    const size = Math.min(limit - taken, MAX_PAGE);
    const asked = cursor === null ? { limit: size } : { limit: size, cursor };
    try {
      page = await read(asked);
    } finally {
      progress.end();
    }
    if (output.json) await output.show(page, String);
    rows.push(...rowsOf(page));
    for (const it of page.unavailable) reasons.add(unknown(shifted(it, taken)));
    taken += page.data.length;
    cursor = page.nextCursor;
  } while (cursor !== null && taken < limit);
  if (output.json) return;
  await output.table(columns, [...rows, ...(after?.(page) ?? [])], NOTHING);
  const rest = count(page.count.value - taken);
  if (cursor !== null) output.note(`${rest} more not listed: use --limit ${limit * 4} or --all.`);
  for (const reason of reasons) output.note(reason);
}

/** A reason with the path of its entry in the whole table instead of its page. */
const shifted = (reason: Unavailable[number], by: number): Unavailable[number] => ({
  ...reason,
  path: reason.path.replace(/^data\.(\d+)/, (_, index) => `data.${Number(index) + by}`),
});

/** An answer as JSON, or as the parts of a text. Reasons for what is missing go to standard error. */
export async function showParts<T extends { unavailable: Unavailable }>(
  output: Output,
  answer: T,
  partsOf: (answer: T, page: Page) => string[],
): Promise<void> {
  await output.show(answer, () => partsOf(answer, output).join('\n\n'));
  if (!output.json) for (const line of reasonLines(answer.unavailable)) output.note(line);
}
