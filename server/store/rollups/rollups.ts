/** Adds a commit's deltas to the rollups. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { fromPico } from './money.ts';
import { matching, namesOf, time, unnest, type Column } from '../database/batch-columns.ts';
import type {
  Deltas,
  DomainDelta,
  DurationSums,
  ErrorDelta,
  LabelDelta,
  LinkDelta,
  ModelDelta,
  Place,
  SketchDelta,
  UserDelta,
} from './deltas.ts';
import type { UsageSums } from './usage-sums.ts';

/** A rollup: which columns name a row of it, which are summed, and when a row has nothing left. */
export interface Rollup<Row> {
  table: string;
  keys: readonly Column<Row>[];
  sums: readonly Column<Row>[];
  /** Which of `sums` are all 0 in a row that has nothing left. */
  counts: readonly string[];
}

export const slotKeys: readonly Column<Pick<Place, 'grain' | 'slot'>>[] = [
  ['grain', 'smallint', ({ grain }) => grain],
  ['slot', 'timestamptz', ({ slot }) => time(slot)],
];
export const domainKey: Column<Pick<Place, 'domain'>> = ['domain', 'text', ({ domain }) => domain];

const usageColumns: readonly Column<UsageSums>[] = [
  ['errors', 'bigint', ({ errors }) => errors],
  ['unmetered', 'bigint', ({ unmetered }) => unmetered],
  ['unpriced', 'bigint', ({ unpriced }) => unpriced],
  ['uncached_input', 'bigint', ({ uncachedInput }) => uncachedInput],
  ['cache_read', 'bigint', ({ cacheRead }) => cacheRead],
  ['cache_write', 'bigint', ({ cacheWrite }) => cacheWrite],
  ['output', 'bigint', ({ output }) => output],
  ['reasoning', 'bigint', ({ reasoning }) => reasoning],
  ['cost_usd', 'numeric', ({ cost }) => fromPico(cost)],
];

export const durationColumns: readonly Column<DurationSums>[] = [
  ['timed', 'bigint', ({ timed }) => timed],
  ['duration_ms', 'bigint', ({ durationMs }) => durationMs],
];

const modelSums: Rollup<ModelDelta> = {
  table: 'model_sums',
  keys: [...slotKeys, domainKey, ['model', 'text', ({ model }) => model]],
  sums: [
    ['requests', 'bigint', ({ requests }) => requests],
    ...usageColumns,
    ['priced_tokens', 'bigint', ({ pricedTokens }) => pricedTokens],
    ['timed_output', 'bigint', ({ timedOutput }) => timedOutput],
    ['timed_us', 'bigint', ({ timedUs }) => timedUs],
  ],
  counts: ['requests'],
};

const domainSums: Rollup<DomainDelta> = {
  table: 'domain_sums',
  keys: [...slotKeys, domainKey],
  sums: [
    ['executions', 'bigint', ({ executions }) => executions],
    ['completed', 'bigint', ({ completed }) => completed],
    ['failed', 'bigint', ({ failed }) => failed],
    ['running', 'bigint', ({ running }) => running],
    ['abandoned', 'bigint', ({ abandoned }) => abandoned],
    ['conversations', 'bigint', ({ conversations }) => conversations],
    ...durationColumns,
  ],
  counts: ['executions', 'conversations'],
};

export const countColumn: Column<{ n: number }> = ['n', 'bigint', ({ n }) => n];

const sketches: Rollup<SketchDelta> = {
  table: 'sketches',
  keys: [
    ['measure', 'text', ({ measure }) => measure],
    ['label', 'text', ({ label }) => label],
    domainKey,
    ...slotKeys,
    ['bucket', 'smallint', ({ bucket }) => bucket],
  ],
  sums: [countColumn],
  counts: ['n'],
};

const userSets: Rollup<UserDelta> = {
  table: 'user_sets',
  keys: [...slotKeys, domainKey, ['user_id', 'text', ({ user }) => user]],
  sums: [['n', 'bigint', ({ requests }) => requests], ...usageColumns],
  counts: ['n'],
};

const labelSums: Rollup<LabelDelta> = {
  table: 'label_sums',
  keys: [
    ['dimension', 'text', ({ dimension }) => dimension],
    ...slotKeys,
    domainKey,
    ['label', 'text', ({ label }) => label],
    ['model', 'text', ({ model }) => model],
  ],
  sums: [['requests', 'bigint', ({ requests }) => requests], ...usageColumns],
  counts: ['requests'],
};

const errorSums: Rollup<ErrorDelta> = {
  table: 'error_sums',
  keys: [
    ...slotKeys,
    domainKey,
    ['error_type', 'text', ({ type }) => type],
    ['model', 'text', ({ model }) => model],
  ],
  sums: [countColumn],
  counts: ['n'],
};

const linkSums: Rollup<LinkDelta> = {
  table: 'link_sums',
  keys: [
    ...slotKeys,
    domainKey,
    ['kind', 'text', ({ kind }) => kind],
    ['source', 'text', ({ source }) => source],
    ['target', 'text', ({ target }) => target],
  ],
  sums: [
    ['calls', 'bigint', ({ calls }) => calls],
    ['errors', 'bigint', ({ errors }) => errors],
  ],
  counts: ['calls'],
};

export async function applyDeltas(ws: WorkspaceTx, deltas: Deltas): Promise<void> {
  await addTo(ws, modelSums, deltas.models.values());
  await addTo(ws, domainSums, deltas.domains.values());
  await addTo(ws, sketches, deltas.sketches.values());
  await addTo(ws, userSets, deltas.users.values());
  await addTo(ws, labelSums, deltas.labels.values());
  await addTo(ws, errorSums, deltas.errors.values());
  await addTo(ws, linkSums, deltas.links.values());
}

/**
 * Adds to one rollup; what comes to nothing is removed.
 * @param deltas one for each key; may be negative
 */
export async function addTo<Row>(
  ws: WorkspaceTx,
  { table, keys, sums, counts }: Rollup<Row>,
  deltas: Iterable<Row>,
): Promise<void> {
  const changes = (row: Row) => sums.some(([, , value]) => Number(value(row)) !== 0);
  const rows = [...deltas].filter(changes);
  if (rows.length === 0) return;
  const additions = sums.map(
    ([name]) => sql`${sql.ref(name)} = t.${sql.ref(name)} + ${sql.ref(`excluded.${name}`)}`,
  );
  // In key order: whoever else upserts the same rows takes their locks in the same order.
  await sql`insert into ${sql.table(table)} as t (workspace_id, ${namesOf([...keys, ...sums])})
    select ${ws.workspaceId}::uuid, v.* from ${unnest([...keys, ...sums], rows)}
    order by ${namesOf(keys)}
    on conflict (workspace_id, ${namesOf(keys)}) do update set ${sql.join(additions)}`.execute(
    ws.tx,
  );
  const takesBack = (row: Row) =>
    sums.some(([name, , value]) => counts.includes(name) && Number(value(row)) < 0);
  const taken = rows.filter(takesBack);
  if (taken.length === 0) return;
  const empty = counts.map((name) => sql`${sql.ref(`t.${name}`)} = 0`);
  await sql`delete from ${sql.table(table)} t using ${unnest(keys, taken)}
    where ${ws.of('t.workspace_id')} and ${matching(keys)} and ${sql.join(empty, sql` and `)}`.execute(
    ws.tx,
  );
}
