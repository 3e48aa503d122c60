/** Holds the points of a timeline against the same hour or day of the weeks before them. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { fromPico } from '../../rollups/money.ts';
import type { Interval, Period, Span } from '../../time/period.ts';
import type { UsageSums } from '../../rollups/usage-sums.ts';
import { DAY, HOUR, instantOf, offsetAt, startAfter, type Granularity } from '../../time/zones.ts';
import { judgeCounts, judgeSums, MIN_SEASONS, SEASONS, type Judgement } from './anomalies.ts';
import { tokensOf } from './figures.ts';
import { isAmong, type Domains } from '../../rollups/windows.ts';
import type { Unavailable } from '../../rollups/query.ts';
import { usageOf } from '../../rollups/usage.ts';

interface At {
  /** That of the point. */
  at: string;
  direction: Judgement['direction'];
  score: number;
}

export type Anomaly =
  | (At & { metric: 'requests' | 'errors' | 'tokens'; value: number; expected: number })
  | (At & { metric: 'cost'; value: string; expected: string });

interface Marks {
  /** `null` where none of the points can be judged. */
  anomalies: Anomaly[] | null;
  unavailable: Unavailable[];
}

interface Points {
  period: Period;
  granularity: Granularity;
  intervals: readonly Interval[];
  /** Of each interval. */
  sums: readonly UsageSums[];
}

/** Units too long to have a season: too few of them are alike. */
const SEASONLESS = { week: 'Weeks', month: 'Months' } as const;

const untold = (reason: string): Unavailable => ({ path: 'anomalies', reason });

export async function anomaliesOf(
  ws: WorkspaceTx,
  points: Points,
  { now, domains }: { now: number; domains: Domains },
): Promise<Marks> {
  const { granularity, period } = points;
  if (granularity === 'week' || granularity === 'month') {
    const reason = `${SEASONLESS[granularity]} have no seasonal pattern: use the granularity hour or day.`;
    return { anomalies: null, unavailable: [untold(reason)] };
  }
  const clock = new Clock(granularity, period.timezone);
  const whole = points.intervals.flatMap(({ at, span }, index) => {
    const end = clock.after(at);
    const isWhole = span.from === at && span.to === end && end <= now;
    const sums = points.sums[index];
    return isWhole && sums ? [{ at, place: clock.placeOf(at), sums }] : [];
  });
  if (whole.length === 0) {
    const reason = `The period contains no complete ${granularity}.`;
    return { anomalies: null, unavailable: [untold(reason)] };
  }

  // Of an hour that comes twice the first is the place's, as it is of one that has to be read.
  const sums = new Map(whole.toReversed().map((point) => [point.place, point.sums]));
  const begin = (await firstSlot(ws, domains)) ?? now;
  const missing = new Map<number, Span>();
  for (const { place } of whole) {
    for (const season of clock.seasonsBefore(place)) {
      if (sums.has(season) || missing.has(season)) continue;
      const span = clock.spanOf(season);
      if (span && span.from >= begin) missing.set(season, span);
    }
  }
  const found = await usageOf(ws, [...missing.values()], domains);
  for (const [index, place] of [...missing.keys()].entries()) {
    const ofPlace = found[index];
    if (ofPlace) sums.set(place, ofPlace);
  }
  const hasData = (place: number) => (clock.spanOf(place)?.from ?? -Infinity) >= begin;

  const judged = whole.flatMap(({ at, place, sums: own }): Judged[] => {
    const places = clock.seasonsBefore(place).filter(hasData);
    const seasons = places.flatMap((season) => sums.get(season) ?? []);
    return seasons.length < MIN_SEASONS ? [] : [{ at, sums: own, seasons }];
  });
  const lack = `fewer than ${MIN_SEASONS} weeks of earlier data.`;
  if (judged.length === 0) {
    return { anomalies: null, unavailable: [untold(`The points have ${lack}`)] };
  }
  const unjudged = whole.length - judged.length;
  const reason = `${unjudged} of the points have ${lack}`;
  return { anomalies: marksOf(judged), unavailable: unjudged > 0 ? [untold(reason)] : [] };
}

/** A point, and the same hour or day of the weeks before it. */
interface Judged {
  at: number;
  sums: UsageSums;
  seasons: UsageSums[];
}

/** What is unusual about some points: by time, and then by metric. */
function marksOf(points: readonly Judged[]): Anomaly[] {
  type Read = (sums: UsageSums) => number;
  const places = (of: Read) =>
    points.map(({ sums, seasons }) => ({ value: of(sums), seasons: seasons.map(of) }));
  const sumPlaces = (of: Read) =>
    places(of).map((place, index) => ({
      ...place,
      requests: points[index]?.seasons.map(({ requests }) => requests) ?? [],
    }));
  const tokens = (sums: UsageSums) => tokensOf(sums).total;
  const ofRequests = judgeCounts(places(({ requests }) => requests));
  const ofErrors = judgeCounts(places(({ errors }) => errors));
  const ofTokens = judgeSums(sumPlaces(tokens));
  const ofCost = judgeSums(sumPlaces(({ cost }) => Number(cost)));
  return points.flatMap(({ at: begin, sums }, index) => {
    const at = new Date(begin).toISOString();
    const mark = (
      metric: 'requests' | 'errors' | 'tokens',
      value: number,
      judgement: Judgement | null | undefined,
    ): Anomaly[] => (judgement ? [{ at, metric, ...judgement, value }] : []);
    return [
      ...mark('requests', sums.requests, ofRequests[index]),
      ...mark('errors', sums.errors, ofErrors[index]),
      ...mark('tokens', tokens(sums), ofTokens[index]),
      ...costMark(at, sums, ofCost[index]),
    ];
  });
}

function costMark(
  at: string,
  { cost }: UsageSums,
  judged: Judgement | null | undefined,
): Anomaly[] {
  if (!judged) return [];
  const expected = fromPico(BigInt(Math.round(judged.expected)));
  return [{ at, metric: 'cost', ...judged, value: fromPico(cost), expected }];
}

/**
 * The hours or days of a zone's calendar, counted: a week before is a number less. An hour that
 * comes twice, when clocks go back, is one place; one that is skipped has no span.
 */
class Clock {
  readonly #granularity: 'hour' | 'day';
  readonly #zone: string;
  readonly #length: number;
  readonly #spans = new Map<number, Span | null>();

  constructor(granularity: 'hour' | 'day', zone: string) {
    this.#granularity = granularity;
    this.#zone = zone;
    this.#length = granularity === 'hour' ? HOUR : DAY;
  }

  after(at: number): number {
    return startAfter(this.#granularity, at, this.#zone);
  }

  /** @param at where an hour or day begins */
  placeOf(at: number): number {
    // A day that begins an hour late, its midnight being skipped, is that day all the same.
    return Math.floor((at + offsetAt(this.#zone, at)) / this.#length);
  }

  seasonsBefore(place: number): number[] {
    const week = (7 * DAY) / this.#length;
    return Array.from({ length: SEASONS }, (_, index) => place - (index + 1) * week);
  }

  spanOf(place: number): Span | null {
    const known = this.#spans.get(place);
    if (known !== undefined) return known;
    const from = instantOf(place * this.#length, this.#zone);
    const span = this.placeOf(from) === place ? { from, to: this.after(from) } : null;
    this.#spans.set(place, span);
    return span;
  }
}

/** The quarter of an hour of the first request, as epoch ms; `null` where there are none. */
async function firstSlot(ws: WorkspaceTx, domains: Domains): Promise<number | null> {
  const { rows } = await sql<{ slot: Date }>`
    select slot from model_sums where ${ws.of()} and grain = 15
      and ${isAmong(domains)}
    order by slot limit 1`.execute(ws.tx);
  return rows[0]?.slot.getTime() ?? null;
}
