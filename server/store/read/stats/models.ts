/** The models of a period, and some of them side by side. */
import type { Schemas } from '../../../contract/index.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors, type RetentionFloors } from '../../time/retention-floors.ts';
import { fromPico } from '../../rollups/money.ts';
import { withData, type Period, type Span } from '../../time/period.ts';
import { changeBetween } from './change.ts';
import { otherOf, unavailableEntry, type OtherUsage } from './entries.ts';
import {
  NO_PRICE,
  NO_REQUEST,
  NO_SKETCH,
  ratio,
  usageFigures,
  type UsageFigures,
} from './figures.ts';
import { latenciesBy, NO_LATENCY, type Latency } from '../../rollups/latencies.ts';
import { lackBefore, spansOf } from './overview.ts';
import {
  periodOf,
  told,
  type ListQuery,
  type StatsQuery,
  type Unavailable,
} from '../../rollups/query.ts';
import { labelPage, modelSumsOf, type LabelPage, type ModelSums } from '../../rollups/usage.ts';
import { exactly, listed, type Listed } from '../listed.ts';

interface ModelFigures extends UsageFigures {
  errorRate: number | null;
  latencyMs: Latency;
  /** Of the requests that succeeded and told both their output and their latency. */
  outputTokensPerSecond: number | null;
}

export type ModelUsage = Schemas['ModelUsage'];

export interface ModelList {
  found: LabelPage;
  models: ModelUsage[];
  other: OtherUsage | null;
  unavailable: Unavailable[];
}

export type StatsModels = Schemas['StatsModels'];

/** @throws PeriodError */
export async function models(ws: WorkspaceTx, query: ListQuery): Promise<Listed<StatsModels>> {
  const period = await periodOf(ws, query);
  const {
    found,
    models: data,
    ...rest
  } = await modelsOf(ws, period, query, {
    floors: await readFloors(ws),
    path: 'data',
  });
  return listed<StatsModels>(period, found, {
    period: told(period),
    data,
    count: exactly(found.labels),
    ...rest,
  });
}

/**
 * A page of the models of a period, the most used first, each with its change against the one before.
 * @param path what the list is called in the answer
 */
export async function modelsOf(
  ws: WorkspaceTx,
  period: Period,
  { domains, now, page }: Pick<ListQuery, 'domains' | 'now' | 'page'>,
  { floors, path: at }: { floors: RetentionFloors | null; path: string },
): Promise<ModelList> {
  const spans = spansOf(period, now);
  const span = withData(period, now);
  const of = { by: 'model', order: 'requests', page } as const;
  const found = await labelPage(ws, span, domains, floors, of);
  const keys = found.entries.map(({ label }) => label);
  const sums = await modelSumsOf(ws, spans, domains, keys);
  const latencies = await latenciesBy(ws, spans, domains, floors, { by: 'model', keys });
  const shareOf = ({ requests }: { requests: number }) => ratio(requests, found.sum.requests);
  const lack = await lackBefore(ws, period, domains);
  const list: ModelList = { found, models: [], ...otherOf(found, shareOf, NO_REQUEST) };
  for (const [index, model] of keys.entries()) {
    const [now_, before] = sums.get(model) ?? [];
    const [latency = null, earlier = null] = latencies.get(model) ?? [];
    if (!now_) continue;
    const figures = figuresOf(now_, latency);
    const previous = before ? figuresOf(before, earlier) : null;
    const path = `${at}.${index}`;
    const { change, unavailable } = changeBetween(figures, previous, lack, `${path}.change`);
    list.models.push({ model, ...figures, share: shareOf(now_), change });
    list.unavailable.push(...unavailableEntry(path, figures, now_, latency), ...unavailable);
  }
  return list;
}

function figuresOf(sums: ModelSums, latency: Latency | null): ModelFigures {
  return {
    ...usageFigures(sums),
    errorRate: ratio(sums.errors, sums.requests),
    latencyMs: latency ?? NO_LATENCY,
    outputTokensPerSecond: perSecond(sums),
  };
}

/** Three digits: it is an average of many different calls. */
function perSecond({ timedOutput, timedUs }: ModelSums): number | null {
  const speed = ratio(timedOutput, timedUs / 1_000_000);
  return speed === null ? null : Number(speed.toPrecision(3));
}

export type ModelComparison = Schemas['ModelComparison'];

export type StatsModelComparison = Schemas['StatsModelComparison'];

/** @throws PeriodError */
export async function compareModels(
  ws: WorkspaceTx,
  query: StatsQuery & { models: readonly string[] },
): Promise<StatsModelComparison> {
  const period = await periodOf(ws, query);
  const { domains, now, models: keys } = query;
  const floors = await readFloors(ws);
  const spans: Span[] = [withData(period, now)];
  const sums = await modelSumsOf(ws, spans, domains, keys);
  const latenciesFor = (measure: 'latency' | 'first_token') =>
    latenciesBy(ws, spans, domains, floors, { by: 'model', keys, measure });
  const latencies = await latenciesFor('latency');
  const firstTokens = await latenciesFor('first_token');
  const compared: ModelComparison[] = [];
  const unavailable: Unavailable[] = [];
  for (const [index, model] of keys.entries()) {
    const [ofModel] = sums.get(model) ?? [];
    const [latency = null] = latencies.get(model) ?? [];
    const [firstToken = null] = firstTokens.get(model) ?? [];
    if (!ofModel) continue;
    const path = `models.${index}`;
    const figures = figuresOf(ofModel, latency);
    const cost = { ...figures.cost, ...unitCosts(ofModel) };
    compared.push({ model, ...figures, cost, timeToFirstTokenMs: firstToken ?? NO_LATENCY });
    unavailable.push(
      ...unavailableEntry(path, figures, ofModel, latency),
      ...unavailableFirstToken(path, firstToken, ofModel.requests),
      ...unavailableCosts(path, cost),
    );
  }
  return { period: told(period), models: compared, unavailable };
}

function unitCosts({ cost, requests, unpriced, pricedTokens }: ModelSums) {
  const priced = requests - unpriced;
  return {
    perRequestUsd: priced === 0 ? null : fromPico(cost / BigInt(priced)),
    perMillionTokensUsd:
      pricedTokens === 0 ? null : fromPico((cost * 1_000_000n) / BigInt(pricedTokens)),
  };
}

function unavailableFirstToken(
  path: string,
  latency: Latency | null,
  requests: number,
): Unavailable[] {
  const say = (reason: string) => [{ path: `${path}.timeToFirstTokenMs`, reason }];
  if (latency === null) return say(NO_SKETCH);
  if (latency.p50 !== null) return [];
  return say(requests === 0 ? NO_REQUEST : 'No request reported the time to its first token.');
}

function unavailableCosts(path: string, cost: ModelComparison['cost']): Unavailable[] {
  const { perRequestUsd, perMillionTokensUsd } = cost;
  const say = (name: string, reason: string) => [{ path: `${path}.cost.${name}`, reason }];
  if (perRequestUsd === null) {
    return [...say('perRequestUsd', NO_PRICE), ...say('perMillionTokensUsd', NO_PRICE)];
  }
  if (perMillionTokensUsd !== null) return [];
  return say('perMillionTokensUsd', 'No request with a known price has a token.');
}
