/** What is summed of requests: of spans as a whole, and by model, domain, user, agent or team. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import {
  pageOf,
  seek,
  type Page,
  type PageQuery,
  type Position,
  type SortKey,
} from '../database/pages.ts';
import type { RetentionFloors } from '../time/retention-floors.ts';
import { toPico } from './money.ts';
import type { Span } from '../time/period.ts';
import { noSpeed, noUsage, TIMED_LIMIT_MS, type SpeedSums, type UsageSums } from './usage-sums.ts';
import {
  acrossWindows,
  hourlyLevels,
  isGone,
  LEVELS,
  rollupWindows,
  within,
  type Domains,
} from './windows.ts';

/** By what usage is broken down. */
export type Breakdown = 'model' | 'domain' | 'user' | 'agent' | 'team';

/** Where a breakdown is read from. */
interface Source {
  table: 'model_sums' | 'user_sets' | 'label_sums';
  label: string;
  /** Of the rollup: which of its rows it is about. */
  only: RawBuilder<unknown>;
  /** The same of `requests`. */
  column: string;
  isHourly: boolean;
}

const labelSums = (dimension: 'agent' | 'team') => ({
  table: 'label_sums' as const,
  label: 'label',
  only: sql`t.dimension = ${sql.lit(dimension)} and t.label <> ''`,
  column: dimension,
  isHourly: true,
});
const modelSums = { table: 'model_sums' as const, only: sql`true`, isHourly: false };
const sources: Record<Breakdown, Source> = {
  model: { ...modelSums, label: 'model', column: 'model' },
  domain: { ...modelSums, label: 'domain', column: 'domain' },
  user: {
    table: 'user_sets',
    label: 'user_id',
    only: sql`true`,
    column: 'user_id',
    isHourly: true,
  },
  agent: labelSums('agent'),
  team: labelSums('team'),
};

/** Whether it is kept by the hour for a while, and then by the day. */
export const isByDay = (by: Breakdown): boolean => sources[by].isHourly;

const TOKENS = {
  uncachedInput: 'uncached_input',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write',
  output: 'output',
  reasoning: 'reasoning',
} as const;
const COUNTS = { errors: 'errors', unmetered: 'unmetered', unpriced: 'unpriced' } as const;

const total = (column: string, name: string): RawBuilder<unknown> =>
  sql`coalesce(sum(${sql.ref(`t.${column}`)}), 0)::bigint as ${sql.ref(name)}`;

const totals = (columns: Readonly<Record<string, string>>): RawBuilder<unknown> =>
  sql.join(Object.entries(columns).map(([name, column]) => total(column, name)));

const COST = sql`coalesce(sum(t.cost_usd), 0) as cost`;

/** What a rollup's rows `t` sum up to. */
const summed = ({ table }: Pick<Source, 'table'>): RawBuilder<unknown> => sql`
  ${total(table === 'user_sets' ? 'n' : 'requests', 'requests')},
  ${totals({ ...COUNTS, ...TOKENS })}, ${COST}`;

/** The same of the rows `t` of requests themselves. */
const COUNTED = sql`count(*) as requests, count(t.error_type) as errors,
  count(*) filter (where coalesce(t.uncached_input, t.cache_read, t.cache_write, t.output,
    t.reasoning) is null) as unmetered,
  count(*) - count(t.cost_usd) as unpriced, ${totals(TOKENS)}, ${COST}`;

const SPEED = totals({
  pricedTokens: 'priced_tokens',
  timedOutput: 'timed_output',
  timedUs: 'timed_us',
});

const TIMED = sql`t.error_type is null and t.output > 0 and t.latency_ms > 0
  and t.latency_ms <= ${sql.lit(TIMED_LIMIT_MS)}`;

/** As `countSpeed` counts a request. */
const SPEED_COUNTED = sql`
  coalesce(sum(coalesce(t.uncached_input, 0) + coalesce(t.cache_read, 0)
    + coalesce(t.cache_write, 0) + coalesce(t.output, 0))
    filter (where t.cost_usd is not null), 0)::bigint as "pricedTokens",
  coalesce(sum(t.output) filter (where ${TIMED}), 0)::bigint as "timedOutput",
  coalesce(sum(floor(t.latency_ms * 1000 + 0.5)::bigint) filter (where ${TIMED}), 0)::bigint
    as "timedUs"`;

const NAMES = ['requests', ...Object.keys(COUNTS), ...Object.keys(TOKENS)] as Exclude<
  keyof UsageSums,
  'cost'
>[];

/** The sums of a row `t` that is added up. */
export const COLUMNS = sql.join(NAMES.map((name) => sql.ref(`t.${name}`)));

const again = (names: readonly string[]): RawBuilder<unknown> =>
  sql.join(names.map((name) => total(name, name)));

/** Adds parts up once they are in one table. */
export const ADDED = sql`${again(NAMES)}, coalesce(sum(t.cost), 0) as cost`;

/** The sums of each label, of a `labelled` query. */
export const summedByLabel = (query: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`select t.label, ${ADDED} from (${query}) t group by t.label`;

/** The same of no label at all. */
export const NO_LABEL = sql`select null::text as label,
  ${sql.join(NAMES.map((name) => sql`null::bigint as ${sql.ref(name)}`))}, null::numeric as cost
  where false`;

/** The sums of a row that may not be there. */
export const ZEROED = sql`${sql.join(
  NAMES.map((name) => sql`coalesce(a.${sql.ref(name)}, 0) as ${sql.ref(name)}`),
)}, coalesce(a.cost, 0) as cost`;

/** Sums as the database tells them, exact to the last digit. */
export type FormattedSums<Sums> = Omit<Sums, 'cost'> & { cost: string };
export const TOLD = sql`${again(NAMES)}, coalesce(sum(t.cost), 0)::text as cost`;

/** The usage of each span. @param model of this model alone */
export async function usageOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  model?: string,
): Promise<UsageSums[]> {
  const ofModel = model === undefined ? sql`true` : sql`t.model = ${model}`;
  const query = acrossWindows(rollupWindows(spans, LEVELS), (grain) =>
    grain === 0
      ? sql`select ${COUNTED} from requests t
          where ${within(ws, domains, 'started_at')} and ${ofModel}`
      : sql`select ${summed(modelSums)} from model_sums t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')} and ${ofModel}`,
  );
  const sums = spans.map(noUsage);
  if (!query) return sums;
  const { rows } = await sql<FormattedSums<UsageSums> & { index: number }>`
    select t.index, ${TOLD} from (${query}) t group by t.index`.execute(ws.tx);
  for (const { index, ...row } of rows) sums[index] = { ...row, cost: toPico(row.cost) };
  return sums;
}

/** One label of a breakdown. */
export interface Labelled {
  label: string;
  sums: UsageSums;
}

export interface LabelPage extends Page<Labelled> {
  /** How many labels there are, and their sum. */
  labels: number;
  sum: UsageSums;
}

const REQUESTS: SortKey = { value: sql.ref('t.requests'), type: 'bigint', order: 'desc' };
const COSTS: SortKey = { value: sql.ref('t.cost'), type: 'numeric', order: 'desc' };
const LABEL: SortKey = { value: sql.ref('t.label'), type: 'text', order: 'asc' };

/** What a page of labels is sorted by; the rest tells apart those that are alike. */
const ORDERS = {
  requests: [REQUESTS, LABEL],
  cost: [COSTS, REQUESTS, LABEL],
} as const satisfies Record<string, readonly SortKey[]>;

/** A page of the labels of a span, the largest first. */
export async function labelPage(
  ws: WorkspaceTx,
  span: Span,
  domains: Domains,
  floors: RetentionFloors | null,
  { by, order, page }: { by: Breakdown; order: keyof typeof ORDERS; page: PageQuery },
): Promise<LabelPage> {
  const query = labelled(ws, [span], domains, by, floors);
  if (!query) return { ...pageOf<Labelled>([], page, () => []), labels: 0, sum: noUsage() };
  const { isBeyond, inOrder } = seek(ORDERS[order], page.from);
  const { rows } = await sql<FormattedSums<UsageSums> & { label: string | null; labels: number }>`
    with labelled as materialized (${summedByLabel(query)})
    (
      select t.label, 1 as labels, ${COLUMNS}, t.cost::text as cost from labelled t
      where ${isBeyond} ${inOrder} limit ${page.limit + 1}
    )
    union all
    select null, count(*), ${TOLD} from labelled t`.execute(ws.tx);
  const found: (Labelled & { position: Position })[] = [];
  const whole = { labels: 0, sum: noUsage() };
  for (const { label, labels, ...row } of rows) {
    const sums = { ...row, cost: toPico(row.cost) };
    if (label === null) {
      Object.assign(whole, { labels, sum: sums });
      continue;
    }
    const place = [String(row.requests), label];
    // As exact as the database has it.
    const position = order === 'cost' ? [row.cost, ...place] : place;
    found.push({ label, sums, position });
  }
  return { ...pageOf(found, page, ({ position }) => position), ...whole };
}

/** The usage of spans by label, as the table `(index, label, ...)`; parts of it not added up yet. */
export function labelled(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  by: Breakdown,
  floors: RetentionFloors | null,
): RawBuilder<unknown> | null {
  const source = sources[by];
  const label = sql.ref(`t.${source.label}`);
  const column = sql.ref(`t.${source.column}`);
  const levels = source.isHourly ? hourlyLevels(floors) : LEVELS;
  return acrossWindows(rollupWindows(spans, levels), (grain) =>
    grain === 0
      ? sql`select ${column} as label, ${COUNTED} from requests t
          where ${within(ws, domains, 'started_at')} and ${column} is not null group by ${column}`
      : sql`select ${label} as label, ${summed(source)} from ${sql.table(source.table)} t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')} and ${source.only}
          group by ${label}`,
  );
}

export type ModelSums = UsageSums & SpeedSums;

/** What some models did in each span, and how fast. */
export async function modelSumsOf(
  ws: WorkspaceTx,
  spans: readonly Span[],
  domains: Domains,
  models: readonly string[],
): Promise<Map<string, ModelSums[]>> {
  const sums = new Map(
    models.map((model) => [model, spans.map(() => ({ ...noUsage(), ...noSpeed() }))]),
  );
  const isOne = sql`t.model = any(${models}::text[])`;
  const query = acrossWindows(rollupWindows(spans, LEVELS), (grain) =>
    grain === 0
      ? sql`select t.model as label, ${COUNTED}, ${SPEED_COUNTED} from requests t
          where ${within(ws, domains, 'started_at')} and ${isOne} group by t.model`
      : sql`select t.model as label, ${summed(modelSums)}, ${SPEED} from model_sums t
          where t.grain = ${sql.lit(grain)} and ${within(ws, domains, 'slot')} and ${isOne}
          group by t.model`,
  );
  if (!query) return sums;
  const { rows } = await sql<FormattedSums<ModelSums> & { index: number; label: string }>`
    select t.index, t.label, ${TOLD}, ${again(['pricedTokens', 'timedOutput', 'timedUs'])}
    from (${query}) t group by t.index, t.label`.execute(ws.tx);
  for (const { index, label, ...row } of rows) {
    const ofModel = sums.get(label);
    if (ofModel) ofModel[index] = { ...row, cost: toPico(row.cost) };
  }
  return sums;
}

/** Why only the whole days of a period are told, of what is kept by the day. */
export const ENDS_GONE =
  'The individual requests of the partial days at its ends are no longer stored: only whole days in UTC are covered.';

/** Whether a span had requests at its ends that neither hours nor rows can tell any more. */
export async function losesEnds(
  ws: WorkspaceTx,
  span: Span,
  domains: Domains,
  floors: RetentionFloors | null,
): Promise<boolean> {
  const gone = rollupWindows([span], hourlyLevels(floors)).filter((window) =>
    isGone(window, floors),
  );
  return (await usageOf(ws, gone, domains)).some(({ requests }) => requests > 0);
}

/** What is left of a whole without some parts of it. */
export function without(whole: UsageSums, ...parts: readonly UsageSums[]): UsageSums {
  const rest = { ...whole };
  for (const part of parts) {
    rest.cost -= part.cost;
    for (const name of NAMES) rest[name] -= part[name];
  }
  return rest;
}
