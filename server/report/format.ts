/** Figures as they are read in a report. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** What stands where a figure can't be told. */
const UNTOLD = 'n/a';

/** A part that failed has no figures at all. */
type Untold = null | undefined;

export const asCount = (value: number | Untold): string =>
  value == null ? UNTOLD : whole.format(value);

export const asNumber = (value: number | Untold): string =>
  value == null ? UNTOLD : oneDigit.format(value);

export const asRate = (value: number | Untold): string =>
  value == null ? UNTOLD : `${oneDigit.format(value * 100)} %`;

export function asUsd(value: string | Untold): string {
  if (value == null) return UNTOLD;
  const dollars = Number(value);
  const digits = dollars < 1_000 ? 2 : 0;
  return dollars.toLocaleString('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export function asDuration(ms: number | Untold): string {
  if (ms == null) return UNTOLD;
  if (ms < 1_000) return `${whole.format(ms)} ms`;
  if (ms < 120_000) return `${oneDigit.format(ms / 1_000)} s`;
  return `${oneDigit.format(ms / 60_000)} min`;
}

/** For an axis. */
export const asShort = (value: number): string => compact.format(value);

/** A change with the arrow of its direction; `null` where there is none to tell. */
export function asChange(change: number | null): string | null {
  if (change === null) return null;
  const arrow = change > 0 ? '▲' : change < 0 ? '▼' : '=';
  return `${arrow} ${oneDigit.format(Math.abs(change) * 100)} %`;
}

export type Granularity = 'hour' | 'day' | 'month';

const styles: Record<Granularity, Intl.DateTimeFormatOptions> = {
  hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { month: 'short', day: 'numeric' },
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
