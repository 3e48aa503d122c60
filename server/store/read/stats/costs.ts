/** What was spent, and on what. */
import type { Schemas } from '../../../contract/index.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import { readFloors } from '../../time/retention-floors.ts';
import { withData } from '../../time/period.ts';
import type { UsageSums } from '../../rollups/usage-sums.ts';
import { otherOf } from './entries.ts';
import { NO_PRICE, unavailableUsage, usageFigures, type UsageFigures } from './figures.ts';
import { periodOf, told, type ListQuery, type Unavailable } from '../../rollups/query.ts';
import { exactly, listed, type Listed } from '../listed.ts';
import {
  ENDS_GONE,
  isByDay,
  labelPage,
  losesEnds,
  usageOf,
  without,
  type Breakdown,
} from '../../rollups/usage.ts';

interface Share extends UsageFigures {
  /** Of the total cost; `null` where none of it has a known price. */
  share: number | null;
}

export type StatsCosts = Schemas['StatsCosts'];

/** @throws PeriodError */
export async function costs(
  ws: WorkspaceTx,
  query: ListQuery & { breakdown: Breakdown },
): Promise<Listed<StatsCosts>> {
  const period = await periodOf(ws, query);
  const { domains, now, page, breakdown: by } = query;
  const floors = await readFloors(ws);
  const span = withData(period, now);
  const [total] = await usageOf(ws, [span], domains);
  const named = await labelPage(ws, span, domains, floors, { by, order: 'cost', page });
  const whole = total ?? named.sum;
  const shareOf = ({ cost, requests, unpriced }: UsageSums) =>
    whole.cost === 0n || unpriced === requests ? null : Number(cost) / Number(whole.cost);
  const shared = (sums: UsageSums) => ({ ...usageFigures(sums), share: shareOf(sums) });
  const rest = without(whole, named.sum);
  const data = named.entries.map(({ label, sums }) => ({ label, ...shared(sums) }));
  const noShare = whole.cost === 0n ? 'No request has a known cost.' : NO_PRICE;
  const unavailableShare = (path: string, part: Share | null): Unavailable[] =>
    part?.share === null ? [{ path: `${path}.share`, reason: noShare }] : [];
  const others = otherOf(named, shareOf, noShare);
  // What the ends of the period have of the labels is in the rest as well: nobody tells it apart.
  const lost = isByDay(by) && (await losesEnds(ws, span, domains, floors));
  const unnamed = rest.requests > 0 && !lost ? shared(rest) : null;
  return listed<StatsCosts>(period, named, {
    period: told(period),
    breakdown: by,
    total: usageFigures(whole),
    data,
    count: exactly(named.labels),
    other: others.other,
    unnamed,
    unavailable: [
      ...unavailableUsage(whole, 'total.'),
      ...named.entries.flatMap(({ sums }, index) => unavailableUsage(sums, `data.${index}.`)),
      ...data.flatMap((entry, index) => unavailableShare(`data.${index}`, entry)),
      ...others.unavailable,
      ...(unnamed ? unavailableUsage(rest, 'unnamed.') : []),
      ...unavailableShare('unnamed', unnamed),
      ...(lost ? ['data', 'unnamed'].map((path) => ({ path, reason: ENDS_GONE })) : []),
    ],
  });
}
