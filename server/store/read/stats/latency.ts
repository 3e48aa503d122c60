/** Latency by model, and over time. */
import type { Schemas } from '../../../contract/index.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors } from '../../time/retention-floors.ts';
import { withData } from '../../time/period.ts';
import { firstDataAt } from '../../rollups/first-data.ts';
import { coverageOf } from '../../time/coverage.ts';
import { NO_SKETCH, unavailableLatency } from './figures.ts';
import { latenciesBy, latenciesOf, NO_LATENCY, type Latency } from '../../rollups/latencies.ts';
import {
  periodOf,
  told,
  type ListQuery,
  type TimelineQuery,
  type Unavailable,
} from '../../rollups/query.ts';
import { intervalsFor } from './timeline.ts';
import { labelPage, usageOf } from '../../rollups/usage.ts';
import { exactly, listed, type Listed } from '../listed.ts';

interface Measured {
  requests: number;
  latencyMs: Latency;
}

export type StatsLatency = Schemas['StatsLatency'];

/** @throws PeriodError */
export async function latency(
  ws: WorkspaceTx,
  query: TimelineQuery & ListQuery,
): Promise<Listed<StatsLatency>> {
  const period = await periodOf(ws, query);
  const { domains, now, page } = query;
  const { granularity, intervals } = intervalsFor(period, query);
  const floors = await readFloors(ws);
  const spans = intervals.map(({ span }) => withData(span, now));
  const span = withData(period, now);
  const usage = await usageOf(ws, spans, domains);
  const overTime = await latenciesOf(ws, spans, domains, floors);
  const [whole = null] = await latenciesOf(ws, [span], domains, floors);
  const of = { by: 'model', order: 'requests', page } as const;
  const found = await labelPage(ws, span, domains, floors, of);
  const { labels, sum } = found;
  const keys = found.entries.map(({ label }) => label);
  const byModel = await latenciesBy(ws, [span], domains, floors, { by: 'model', keys });

  const unavailable: Unavailable[] = [];
  const tell = (path: string, { requests }: { requests: number }, of: Latency | null): Measured => {
    const reason = unavailableLatency(of, requests);
    if (reason !== null) unavailable.push({ path: `${path}latencyMs`, reason });
    return { requests, latencyMs: of ?? NO_LATENCY };
  };
  const { requests, latencyMs } = tell('', sum, whole);
  const data = found.entries.map(({ label: model, sums }, index) => {
    const [ofModel = null] = byModel.get(model) ?? [];
    return { model, ...tell(`data.${index}.`, sums, ofModel) };
  });
  const onPage = data.reduce((total, model) => total + model.requests, 0);
  const rest = { entries: labels - data.length, requests: sum.requests - onPage };
  const known = { first: await firstDataAt(ws, domains), now };
  const points = intervals.map((interval, index) => {
    const ofPoint = overTime[index] ?? null;
    if (ofPoint === null) {
      unavailable.push({ path: `points.${index}.latencyMs`, reason: NO_SKETCH });
    }
    const ofInterval = usage[index]?.requests ?? 0;
    return {
      at: new Date(interval.at).toISOString(),
      ...coverageOf(interval, known, ofInterval > 0),
      requests: ofInterval,
      latencyMs: ofPoint ?? NO_LATENCY,
    };
  });
  const other = rest.entries > 0 ? rest : null;
  return listed<StatsLatency>(period, found, {
    period: told(period),
    granularity,
    requests,
    latencyMs,
    data,
    count: exactly(labels),
    other,
    points,
    unavailable,
  });
}
