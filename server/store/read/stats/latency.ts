/** Latency by model, and over time. */
import type { Schemas } from '../../../contract/index.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors } from '../../time/retention-floors.ts';
import { withData } from '../../time/period.ts';
import { firstDataAt } from '../../rollups/first-data.ts';
import { coverageOf } from '../../time/coverage.ts';
import { NO_SKETCH, unavailableLatency } from './figures.ts';
import { latenciesBy, latenciesOf, NO_LATENCY, type Latency } from '../../rollups/latencies.ts';
import { periodOf, told, type TimelineQuery, type Unavailable } from '../../rollups/query.ts';
import { intervalsFor } from './timeline.ts';
import { topLabels, usageOf } from '../../rollups/usage.ts';

interface Measured {
  requests: number;
  latencyMs: Latency;
}

export type StatsLatency = Schemas['StatsLatency'];

/** @throws PeriodError */
export async function latency(
  ws: WorkspaceTx,
  query: TimelineQuery & { limit: number },
): Promise<StatsLatency> {
  const period = await periodOf(ws, query);
  const { domains, now, limit } = query;
  const { granularity, intervals } = intervalsFor(period, query);
  const floors = await readFloors(ws);
  const spans = intervals.map(({ span }) => withData(span, now));
  const span = withData(period, now);
  const usage = await usageOf(ws, spans, domains);
  const overTime = await latenciesOf(ws, spans, domains, floors);
  const [whole = null] = await latenciesOf(ws, [span], domains, floors);
  const of = { by: 'model', order: 'requests', limit } as const;
  const { top, labels, sum } = await topLabels(ws, span, domains, floors, of);
  const keys = top.map(({ label }) => label);
  const byModel = await latenciesBy(ws, [span], domains, floors, { by: 'model', keys });

  const unavailable: Unavailable[] = [];
  const tell = (path: string, { requests }: { requests: number }, of: Latency | null): Measured => {
    const reason = unavailableLatency(of, requests);
    if (reason !== null) unavailable.push({ path: `${path}latencyMs`, reason });
    return { requests, latencyMs: of ?? NO_LATENCY };
  };
  const { requests, latencyMs } = tell('', sum, whole);
  const models = top.map(({ label: model, sums }, index) => {
    const [ofModel = null] = byModel.get(model) ?? [];
    return { model, ...tell(`models.${index}.`, sums, ofModel) };
  });
  const listed = models.reduce((total, model) => total + model.requests, 0);
  const rest = { models: labels - models.length, requests: sum.requests - listed };
  const data = { first: await firstDataAt(ws, domains), now };
  const points = intervals.map((interval, index) => {
    const ofPoint = overTime[index] ?? null;
    if (ofPoint === null) {
      unavailable.push({ path: `points.${index}.latencyMs`, reason: NO_SKETCH });
    }
    const ofInterval = usage[index]?.requests ?? 0;
    return {
      at: new Date(interval.at).toISOString(),
      ...coverageOf(interval, data, ofInterval > 0),
      requests: ofInterval,
      latencyMs: ofPoint ?? NO_LATENCY,
    };
  });
  const other = rest.models > 0 ? rest : null;
  return {
    period: told(period),
    granularity,
    requests,
    latencyMs,
    models,
    other,
    points,
    unavailable,
  };
}
