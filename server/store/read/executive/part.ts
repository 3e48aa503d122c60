/** A part of the executive overview: what it tells, and what of it can't be told. */
import { earlierStart, lackOf } from '../../time/coverage.ts';
import type { Period, Span } from '../../time/period.ts';
import type { Unavailable } from '../../rollups/query.ts';
import type { Domains } from '../../rollups/windows.ts';

/** What every part is asked. */
export interface Question {
  period: Period;
  /** `null`: the whole workspace. */
  domains: Domains;
  /** Epoch ms. */
  now: number;
}

export interface Part<T> {
  value: T;
  /** Paths from the overview's root. */
  unavailable: Unavailable[];
}

export const NO_BEFORE = 'There is no period before.';

/** The period and the one just before it, where it has one. */
export function spansOf({ period }: Question): [Span] | [Span, Span] {
  const { from, to } = period;
  return period.all
    ? [{ from, to }]
    : [
        { from, to },
        { from: from - (to - from), to: from },
      ];
}

/** Why figures of a kind of data can't be compared; `null` where it covers the period before. */
export const lackBefore = ({ period }: Question, first: number | null): string | null =>
  lackOf(period.all ? null : earlierStart(period), first);

/** Says why some figures are null, in the order in which they are asked. */
export class Reasons {
  readonly told: Unavailable[] = [];
  readonly #group: string;

  constructor(group: string) {
    this.#group = group;
  }

  /** @param figure that the reason is for where `isUntold` */
  say(figure: string, isUntold: boolean, reason: string): void {
    const path = `${this.#group}.${figure}`;
    if (isUntold && !this.told.some((other) => other.path === path)) {
      this.told.push({ path, reason });
    }
  }
}
