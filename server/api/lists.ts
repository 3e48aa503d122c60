/** What the lists of sums have in common: one shape, and cursors that keep their period. */
import type { OperationId } from '../contract/index.ts';
import type { ListQuery } from '../store/rollups/query.ts';
import type { Listed } from '../store/read/listed.ts';
import { periodCursor, type ValueCheck } from './cursor.ts';
import { withPeriod } from './periods.ts';

/** Entries of a page where a request names no `limit`: as the contract has it. */
export const LIMIT = 50;

export interface PageParameters {
  cursor?: string | undefined;
  limit?: number | undefined;
}

/**
 * Answers with a page of a list of sums.
 * @param checks of each value that an entry is sorted by
 * @param query what is asked: the pages of a list have to be asked for alike
 * @throws Problem 400
 */
export async function answerList<Body>(
  operation: OperationId,
  checks: readonly ValueCheck[],
  query: PageParameters,
  read: (asked: Pick<ListQuery, 'page' | 'kept'>) => Promise<Listed<Body>>,
): Promise<{ status: 200; body: Body }> {
  const { cursor, limit = LIMIT, ...question } = query;
  const about = Object.entries(question).sort(([one], [other]) => (one < other ? -1 : 1));
  const cursors = periodCursor(checks, [operation, about]);
  const at = cursors.read(cursor);
  const asked = { page: { from: at?.place ?? null, limit }, kept: at?.span ?? null };
  const { body, around, span } = await withPeriod(() => read(asked));
  // Together they are the whole of it.
  return { status: 200, body: { ...body, ...cursors.write(around, span) } as Body };
}
