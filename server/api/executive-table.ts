/** The executive overview as one table: a row per figure, so that any program can filter it. */
import type { Schemas } from '../contract/index.ts';
import { decimal, type CsvCell } from './csv.ts';

type Overview = Schemas['ExecutiveOverview'];

const HEADER = ['section', 'item', 'at', 'figure', 'value', 'change'] as const;

type Row = readonly [
  section: string,
  /** What the figure is of, such as an agent's name. */
  item: string,
  /** Of a trend: where its interval begins. */
  at: string,
  figure: string,
  value: CsvCell,
  change: number | null,
];

type Figures = Readonly<Record<string, CsvCell>>;

export function executiveTable(overview: Overview): [readonly string[], Iterable<Row>] {
  return [HEADER, rows(overview)];
}

function* rows(overview: Overview): Generator<Row> {
  const { timeframe, period, trends } = overview;
  yield* plain('period', '', '', { timeframe, ...period });
  for (const section of ['userMetrics', 'executionMetrics', 'businessMetrics'] as const) {
    const part = overview[section];
    if (part) yield* changing(section, part);
  }
  if (overview.agentMetrics) {
    const { topAgents, ...figures } = overview.agentMetrics;
    yield* changing('agentMetrics', figures);
    for (const { name, ...agent } of topAgents) yield* plain('topAgents', name, '', agent);
  }
  for (const { user, requests } of overview.topUsers ?? []) {
    yield* plain('topUsers', user, '', { requests });
  }
  for (const { id, ...alert } of overview.activeAlerts ?? []) {
    yield* plain('activeAlerts', id, '', alert);
  }
  yield* plain('trends', '', '', { granularity: trends.granularity });
  for (const name of ['executions', 'users', 'revenue', 'errors'] as const) {
    for (const { at, partial, noData, ...figures } of trends[name] ?? []) {
      yield* plain(`trends.${name}`, '', at, { partial, noData });
      // A program that sums the column must not take what nobody has measured for a 0.
      const empty = Object.fromEntries(Object.keys(figures).map((figure) => [figure, null]));
      yield* plain(`trends.${name}`, '', at, noData ? empty : figures);
    }
  }
  for (const { path, reason } of overview.unavailable) {
    yield ['unavailable', path, '', 'reason', reason, null];
  }
}

function* plain(section: string, item: string, at: string, figures: Figures): Generator<Row> {
  for (const [figure, value] of Object.entries(figures)) {
    yield [section, item, at, figure, cellOf(figure, value), null];
  }
}

function* changing(
  section: string,
  part: { change: Readonly<Record<string, number | null>> },
): Generator<Row> {
  const { change, ...figures } = part;
  for (const [figure, value] of Object.entries<CsvCell>(figures)) {
    yield [section, '', '', figure, cellOf(figure, value), change[figure] ?? null];
  }
}

/** Money is a decimal string, and still a number to whoever opens the file. */
const cellOf = (figure: string, value: CsvCell): CsvCell =>
  figure.endsWith('Usd') && typeof value === 'string' ? decimal(value) : value;
