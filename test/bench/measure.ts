/** What is measured, and how samples become one figure. */

/** One line of the table. */
export interface Row {
  /** What was measured, under which circumstances. */
  what: string;
  value: number;
  unit: Unit;
  /** What it is held against, measured in the same run, or a limit; in the same unit. */
  against?: Comparison;
  /**
   * Whether a value above what it is held against is a failure, which ends the run with exit code
   * 1. Only for what does not depend on the machine: weights and counts.
   */
  gate?: boolean;
  /** Anything else that was found; for the JSON. */
  details?: Record<string, unknown>;
}

export interface Comparison {
  what: string;
  value: number;
}

export type Unit = 'KB' | 'ms' | 'spans/s' | 'events/s' | 'count';

/** A part of the benchmark, and what it found. */
export interface Section {
  name: string;
  rows: Row[];
}

/** How much is measured. */
export interface Size {
  /** Requests that statistics are asked about. */
  requests: number;
  /** Spans that are sent to each database. */
  spans: number;
  /** Telemetry that is followed until it is painted. */
  posts: number;
  /** Streams that hear of each event. */
  streams: number;
}

export const FULL: Size = { requests: 1_000_000, spans: 60_000, posts: 100, streams: 100 };
export const SMALL: Size = { requests: 100_000, spans: 12_000, posts: 25, streams: 50 };

/** What a part is given. */
export interface Context {
  size: Size;
  /** Tells how far it is. */
  say: (text: string) => void;
}

/** Whether a gate is exceeded. */
export const isExceeded = ({ gate, value, against }: Row): boolean =>
  gate === true && against !== undefined && value > against.value;

/** The value that a fraction of the samples does not exceed (nearest rank). */
export function quantile(samples: readonly number[], fraction: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(fraction * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error('There are no samples.');
  return value;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** Milliseconds that each of some runs of `work` takes, one after the other. */
export async function timed(runs: number, work: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    await work();
    samples.push(performance.now() - began);
  }
  return samples;
}
