/** Values for people; an unknown one is a dash. */

const UNKNOWN = '-';

const known =
  <T>(format: (value: T) => string) =>
  (value: T | null | undefined): string =>
    value == null ? UNKNOWN : format(value);

const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const compacts = new Intl.NumberFormat('en-US', {
  notation: 'compact',
  maximumSignificantDigits: 3,
});
const percents = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });
const changes = new Intl.NumberFormat('en-US', {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});
/** Changes above it are written as a factor. */
const FACTOR_ABOVE = 9.99;
const factors = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const points = new Intl.NumberFormat('en-US', {
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});
const ratios = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const dollars = (fractionDigits: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: fractionDigits,
  });
const manyDollars = dollars(2);
const fewDollars = dollars(4);

/** `1,204` */
export const count = known((value: number) => integers.format(value));

/** `2.71M` */
export const compact = known((value: number) => compacts.format(value));

/** `89.1%`, of a ratio */
export const percent = known((value: number) => percents.format(value));

/** `+12.4%`, of a ratio; above 999 % as a factor, `×12`; empty where it is unknown. */
export const change = (value: number | null | undefined): string => {
  if (value == null) return '';
  return value > FACTOR_ABOVE ? `×${factors.format(value + 1)}` : changes.format(value);
};

/** `+2.1 pp`: a rate's change in percentage points, from the rate and its relative change. */
export const rateChange = (
  rate: number | null | undefined,
  value: number | null | undefined,
): string => {
  if (rate == null || value == null) return '';
  const before = rate / (1 + value);
  // What a rate was before it fell to 0 can't be computed.
  if (!Number.isFinite(before)) return change(value);
  return `${points.format((rate - before) * 100)} pp`;
};

/** `3.4`, of one thing to another */
export const ratio = known((value: number) => ratios.format(value));

/** `$12.42`, of a decimal string; small sums with more digits. */
export const usd = known((value: string) => {
  const format = Math.abs(Number(value)) >= 1 ? manyDollars : fewDollars;
  return format.format(value as `${number}`);
});

interface Spent {
  requests: number;
  cost: { usd: string; unpricedRequests: number };
}

/** `$12.42`; `≥ $12.42` where the price of some requests is unknown. */
export function costOf({ requests, cost }: Spent): string {
  if (cost.unpricedRequests === 0) return usd(cost.usd);
  return cost.unpricedRequests < requests ? `≥ ${usd(cost.usd)}` : UNKNOWN;
}

/** `820 ms`, `12.3 s`, `4m 12s`, `1h 04m`, of milliseconds */
export const duration = known((ms: number) => {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  return `${integers.format(Math.floor(seconds / 3_600))}h ${two((seconds % 3_600) / 60)}m`;
});

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `734 MB`, of bytes; in powers of 1,000 */
export const bytes = known((value: number) => {
  // A little early: 999,999 bytes are 1 MB.
  const reached = Math.floor(Math.log10(Math.max(1, value * 1.0005)) / 3);
  const power = Math.min(reached, SIZES.length - 1);
  return `${factors.format(value / 1_000 ** power)} ${SIZES[power]}`;
});

/** `2026-11-21 10:59:48`, in this machine's time zone */
export const time = known((at: string) => timeIn(at));

export function timeIn(at: string, timeZone?: string): string {
  return zoned(timeZone).format(new Date(at));
}

/** `10:59:48`, in this machine's time zone */
export const clock = (at: Date): string => zoned(undefined).format(at).slice(-8);

/** Swedish writes times as ISO does. */
const zoned = (timeZone: string | undefined): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
