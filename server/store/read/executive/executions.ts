/** How the agents' runs went. */
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors } from '../../time/retention-floors.ts';
import { withData } from '../../time/period.ts';
import { changeBetween } from '../stats/change.ts';
import { ratio } from '../stats/figures.ts';
import { NOT_SUMMED, runtimesOf, type Runtime } from '../../rollups/runtimes.ts';
import { sumsOf, type Sums } from '../../rollups/sums.ts';
import { lackBefore, Reasons, spansOf, type Part, type Question } from './part.ts';

interface RunFigures {
  total: number;
  completed: number;
  failed: number;
  successRate: number | null;
  avgRuntimeMs: number | null;
  p95RuntimeMs: number | null;
}

export interface RunMetrics extends RunFigures {
  change: Record<keyof RunFigures, number | null>;
}

export async function runMetrics(ws: WorkspaceTx, question: Question): Promise<Part<RunMetrics>> {
  const { domains, now } = question;
  const spans = spansOf(question).map((span) => withData(span, now));
  const sums = await sumsOf(ws, spans, domains);
  const runtimes = await runtimesOf(ws, spans, domains, await readFloors(ws));
  const [current, previous = null] = spans.map((_, index) =>
    figuresOf(sums[index], runtimes[index]),
  ) as [RunFigures, RunFigures?];
  const reasons = new Reasons('executionMetrics');
  reasons.say('avgRuntimeMs', runtimes[0]?.isSummed === false, NOT_SUMMED);
  for (const figure of ['successRate', 'avgRuntimeMs', 'p95RuntimeMs'] as const) {
    reasons.say(figure, current[figure] === null, 'No execution has completed or failed.');
  }
  const lack = lackBefore(question, question.firstData);
  const { change, unavailable } = changeBetween(
    current,
    previous,
    lack,
    'executionMetrics.change',
    false,
  );
  return {
    value: { ...current, change },
    unavailable: [...reasons.told, ...unavailable],
  };
}

function figuresOf(sums: Sums | undefined, runtime: Runtime | undefined): RunFigures {
  const { executions: total = 0, completed = 0, failed = 0 } = sums ?? {};
  return {
    total,
    completed,
    failed,
    successRate: ratio(completed, completed + failed),
    avgRuntimeMs: runtime?.average ?? null,
    p95RuntimeMs: runtime?.p95 ?? null,
  };
}
