/** What was spent, and on what. */
import type { WorkspaceTx } from '../database.ts';
import { readFloors } from '../floors.ts';
import { withData } from '../period.ts';
import type { UsageSums } from '../write/usage-sums.ts';
import { otherOf, type OtherUsage } from './entries.ts';
import { untoldUsage, usageFigures, type UsageFigures } from './figures.ts';
import { periodOf, told, type PeriodTold, type TopQuery, type Unavailable } from './question.ts';
import { topLabels, usageOf, without, type Breakdown } from './usage.ts';

interface Share extends UsageFigures {
  /** Of the total cost. */
  share: number | null;
}

export interface StatsCosts {
  period: PeriodTold;
  breakdown: Breakdown;
  total: UsageFigures;
  /** The dearest first. */
  entries: (Share & { label: string })[];
  other: OtherUsage | null;
  /** What named nobody. */
  unnamed: Share | null;
  unavailable: Unavailable[];
}

/** @throws PeriodError */
export async function costs(
  ws: WorkspaceTx,
  query: TopQuery & { breakdown: Breakdown },
): Promise<StatsCosts> {
  const period = await periodOf(ws, query);
  const { domains, now, limit, breakdown: by } = query;
  const floors = await readFloors(ws);
  const span = withData(period, now);
  const [total] = await usageOf(ws, [span], domains);
  const named = await topLabels(ws, span, domains, floors, { by, order: 'cost', limit });
  const whole = total ?? named.sum;
  const shareOf = ({ cost }: UsageSums) =>
    whole.cost === 0n ? null : Number(cost) / Number(whole.cost);
  const shared = (sums: UsageSums) => ({ ...usageFigures(sums), share: shareOf(sums) });
  const unnamed = without(whole, named.sum);
  const entries = named.top.map(({ label, sums }) => ({ label, ...shared(sums) }));
  const unavailable = [
    ...untoldUsage(whole, 'total.'),
    ...named.top.flatMap(({ sums }, index) => untoldUsage(sums, `entries.${index}.`)),
  ];
  if (whole.cost === 0n && entries.length > 0) {
    const reason = 'Nothing has cost anything that is known.';
    unavailable.push(...entries.map((_, index) => ({ path: `entries.${index}.share`, reason })));
  }
  return {
    period: told(period),
    breakdown: by,
    total: usageFigures(whole),
    entries,
    other: otherOf(named, shareOf),
    unnamed: unnamed.requests > 0 ? shared(unnamed) : null,
    unavailable,
  };
}
