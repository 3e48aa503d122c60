/** What a user's runs, calls and errors say that are in no conversation is hidden in chunks. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { hideErrorTexts, hideExecutionTexts, hideRequestTexts, type Hide } from './hiding.ts';

/** Rows that are read in one transaction. */
export const OUTSIDE = 100;

interface Part {
  table: string;
  hide: Hide;
  /** What identifies a row, in order, and what comes before the first. */
  columns: readonly { name: string; type: string; start: string }[];
}

const id = { name: 'id', type: 'uuid', start: '00000000-0000-0000-0000-000000000000' };

const PARTS: readonly Part[] = [
  {
    table: 'requests',
    hide: hideRequestTexts,
    columns: [
      { name: 'started_at', type: 'timestamptz', start: '-infinity' },
      { name: 'key', type: 'text', start: '' },
    ],
  },
  { table: 'executions', hide: hideExecutionTexts, columns: [id] },
  { table: 'errors', hide: hideErrorTexts, columns: [id] },
];

/** Which table is next, and after which row. */
interface Position {
  part: number;
  after: readonly string[];
}

/**
 * @param position what the call before has returned; empty: from the beginning
 * @returns where to go on; `null`: nothing is left
 */
export async function hideTextsOutside(
  ws: WorkspaceTx,
  user: string,
  position: string,
): Promise<string | null> {
  const from = (position === '' ? null : JSON.parse(position)) as Position | null;
  const number = from?.part ?? 0;
  const part = PARTS[number];
  if (!part) return null;
  const last = await hidePart(ws, user, part, from?.after ?? []);
  const next: Position = last ? { part: number, after: last } : { part: number + 1, after: [] };
  return next.part < PARTS.length ? JSON.stringify(next) : null;
}

/** @returns the last row of the chunk; `null` where it was the last one */
async function hidePart(
  ws: WorkspaceTx,
  user: string,
  { table, hide, columns }: Part,
  after: readonly string[],
): Promise<string[] | null> {
  const names = sql.join(columns.map(({ name }) => sql.ref(name)));
  const bounds = columns.map(
    ({ type, start }, at) => sql`${after[at] ?? start}::text::${sql.raw(type)}`,
  );
  const rows = sql`(select ${names} from ${sql.table(table)}
    where ${ws.of()} and user_id = ${user} and conversation is null
      and (${names}) > (${sql.join(bounds)})
    order by ${names} limit ${OUTSIDE})`;
  const texts = sql.join(columns.map(({ name }) => sql`${sql.ref(name)}::text`));
  const read = await sql<{ row: string[] }>`select array[${texts}] as row from ${rows} v
    order by ${names}`.execute(ws.tx);
  if (read.rows.length > 0) {
    await hide(ws, sql`${rows} v`, (alias) =>
      sql.join(
        columns.map(({ name }) => sql`${sql.ref(`${alias}.${name}`)} = ${sql.ref(`v.${name}`)}`),
        sql` and `,
      ),
    );
  }
  return read.rows.length < OUTSIDE ? null : (read.rows.at(-1)?.row ?? null);
}
