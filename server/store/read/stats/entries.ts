/** What lists of figures have in common: the largest, the rest, and why one can't be told. Pure. */
import type { Schemas } from '../../../contract/index.ts';
import type { UsageSums } from '../../rollups/usage-sums.ts';
import { NO_REQUEST, unavailableLatency, unavailableUsage, usageFigures } from './figures.ts';
import type { Latency } from '../../rollups/latencies.ts';
import type { Unavailable } from '../../rollups/query.ts';
import { without, type LabelPage } from '../../rollups/usage.ts';

/** The entries that are not on the page, as one. */
export type OtherUsage = Schemas['OtherUsage'];

interface Other {
  other: OtherUsage | null;
  unavailable: Unavailable[];
}

/**
 * @param shareOf what part of the whole some sums are
 * @param noShare why that can't be told, where it is `null`
 */
export function otherOf(
  { entries: listed, labels, sum }: Pick<LabelPage, 'entries' | 'labels' | 'sum'>,
  shareOf: (sums: UsageSums) => number | null,
  noShare: string,
): Other {
  const entries = labels - listed.length;
  if (entries <= 0) return { other: null, unavailable: [] };
  const rest = without(sum, ...listed.map(({ sums }) => sums));
  const share = shareOf(rest);
  return {
    other: { entries, ...usageFigures(rest), share },
    unavailable: [
      ...unavailableUsage(rest, 'other.'),
      ...(share === null ? [{ path: 'other.share', reason: noShare }] : []),
    ],
  };
}

/** What an entry of requests tells. */
interface Entry {
  requests: number;
  errorRate?: number | null;
  outputTokensPerSecond?: number | null;
}

/** Why figures of an entry are null, or a 0 that nobody has told. */
export function unavailableEntry(
  path: string,
  entry: Entry,
  sums: UsageSums,
  latency?: Latency | null,
): Unavailable[] {
  const unavailable: Unavailable[] = [];
  const say = (name: string, reason: string) =>
    unavailable.push({ path: `${path}.${name}`, reason });
  const reason = latency === undefined ? null : unavailableLatency(latency, entry.requests);
  if (reason !== null) say('latencyMs', reason);
  if (entry.errorRate === null) say('errorRate', NO_REQUEST);
  if (entry.outputTokensPerSecond === null) {
    say(
      'outputTokensPerSecond',
      entry.requests === 0 ? NO_REQUEST : 'No successful request reported its output and latency.',
    );
  }
  return [...unavailable, ...unavailableUsage(sums, `${path}.`)];
}
