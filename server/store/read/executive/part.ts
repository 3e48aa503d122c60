/** A part of the executive overview: what it tells, and what of it can't be told. */
import { lackOf, type DataBounds } from '../../time/coverage.ts';
import { before, type Period } from '../../time/period.ts';
import type { Unavailable } from '../../rollups/query.ts';
import type { Domains } from '../../rollups/windows.ts';

/** What every part is asked. */
export interface Question {
  period: Period;
  /** `null`: the whole workspace. */
  domains: Domains;
  /** Epoch ms. */
  now: number;
  /** When the first telemetry came, epoch ms; `null`: never; `undefined`: that could not be found. */
  firstData: number | null | undefined;
}

export interface Part<T> {
  value: T;
  /** Paths from the overview's root. */
  unavailable: Unavailable[];
}

export const NO_BEFORE = 'There is no earlier period.';

/** The period and the one just before it, where it has one. */
export const spansOf = ({ period }: Question): [Period] | [Period, Period] =>
  period.all ? [period] : [period, before(period)];

/** Why figures of a kind of data can't be compared; `null` where it covers the period before. */
export const lackBefore = (
  { period }: Question,
  first: number | null | undefined,
  earlier = before(period).from,
): string | null =>
  first === undefined
    ? 'The start of the data could not be determined.'
    : lackOf(period.all ? null : earlier, first);

/** Which intervals telemetry covers; all of them where its start could not be found. */
export const telemetryBounds = ({ firstData, now }: Question): DataBounds => ({
  first: firstData === undefined ? -Infinity : firstData,
  now,
});

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
