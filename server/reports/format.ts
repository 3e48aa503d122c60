/** Figures as they are read in a report. */
import type { Schemas } from '../contract/index.ts';

const LOCALE = 'en-US';
const scientific = new Intl.NumberFormat(LOCALE, {
  notation: 'scientific',
  maximumFractionDigits: 2,
});
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });

/** Beyond it nobody counts digits. */
const HUGE = 1e15;

/** @param digits after the point, at most */
const grouped = (value: number, digits: number): string =>
  Math.abs(value) < HUGE
    ? value.toLocaleString(LOCALE, { maximumFractionDigits: digits })
    : scientific.format(value);

/** How many digits after the point tell a number from 0: two of them count, if it is below 1. */
const digitsOf = (value: number): number =>
  value === 0 || Math.abs(value) >= 1
    ? 1
    : Math.min(12, 1 - Math.floor(Math.log10(Math.abs(value))));

/** What stands where a figure can't be told. */
const UNTOLD = 'n/a';

/** A part that failed has no figures at all. */
type Untold = null | undefined;

export const asCount = (value: number | Untold): string =>
  value == null ? UNTOLD : grouped(value, 0);

export const asNumber = (value: number | Untold): string =>
  value == null ? UNTOLD : grouped(value, digitsOf(value));

/** A share as a percentage that is neither 0 nor 100 where the share isn't. */
export function asRate(value: number | Untold): string {
  if (value == null) return UNTOLD;
  const percent = value * 100;
  const digits = Math.max(digitsOf(percent), digitsOf(100 - percent));
  return `${grouped(percent, digits)}%`;
}

/** A ratio such as 3.2 : 1. */
export const asRatio = (value: number | Untold): string =>
  value == null ? UNTOLD : `${grouped(value, digitsOf(value))} : 1`;

export function asUsd(value: string | Untold): string {
  if (value == null) return UNTOLD;
  const dollars = Number(value);
  const size = Math.abs(dollars);
  if (size >= HUGE) return `${dollars < 0 ? '-' : ''}$${scientific.format(size)}`;
  const digits = size < 1_000 ? 2 : 0;
  return dollars.toLocaleString(LOCALE, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: size < 1 ? Math.max(digits, digitsOf(dollars)) : digits,
  });
}

export function asDuration(ms: number | Untold): string {
  if (ms == null) return UNTOLD;
  if (ms < 1_000) return `${grouped(ms, ms < 1 ? digitsOf(ms) : 0)} ms`;
  if (ms < 120_000) return `${grouped(ms / 1_000, 1)} s`;
  return `${grouped(ms / 60_000, 1)} min`;
}

/** For an axis. */
export const asShort = (value: number): string =>
  Math.abs(value) < 1
    ? grouped(value, digitsOf(value))
    : (Math.abs(value) < HUGE ? compact : scientific).format(value);

/** Where a figure goes; `0` also for what reads as no change. */
export type Direction = -1 | 0 | 1;

/** Changes above it are written as a factor. */
const FACTOR_ABOVE = 9.99;

/** What shows a direction, and what says it. */
const SIGNS = { '-1': ['▼', 'down'], '0': ['=', 'unchanged,'], '1': ['▲', 'up'] } as const;

/** `12.4%`, `×12` above 999 %, `2.1 pp` of a rate. */
function changeText(change: number, rate: number | null): string {
  // Of a rate that came to 0 it is not known where it came from.
  const points = rate === null ? NaN : Math.abs(rate - rate / (1 + change)) * 100;
  if (Number.isFinite(points)) return `${grouped(points, 1)} pp`;
  if (change > FACTOR_ABOVE) return `×${grouped(Number((change + 1).toPrecision(3)), 1)}`;
  const percent = Math.abs(change) * 100;
  return `${grouped(percent, digitsOf(percent))}%`;
}

/**
 * A change with the arrow of its direction; `null` where there is none to tell.
 * @param rate what the rate is now, where the figure is one
 */
export function asChange(
  change: number | null,
  rate: number | null = null,
): { text: string; words: string; direction: Direction } | null {
  if (change === null) return null;
  const text = changeText(change, rate);
  const direction = /^0(%| pp)$/.test(text) ? 0 : change > 0 ? 1 : -1;
  const [sign, word] = SIGNS[direction];
  return { text: `${sign} ${text}`, words: `${word} ${text}`, direction };
}

export type Granularity = Schemas['Granularity'];

const styles: Record<Granularity, Intl.DateTimeFormatOptions> = {
  hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { month: 'short', day: 'numeric' },
  week: { month: 'short', day: 'numeric' },
  month: { month: 'short', year: 'numeric' },
};

/** Names intervals by the clock of a time zone. */
export function intervalNames(granularity: Granularity, timeZone: string): (at: string) => string {
  const format = new Intl.DateTimeFormat('en-US', { ...styles[granularity], timeZone });
  return (at) => format.format(new Date(at));
}

export const asMoment = (at: string, timeZone: string): string =>
  new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(at),
  );
