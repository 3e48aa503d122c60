/** Counts in every grain that is kept, summed before anything is written. */
import type { Grain } from '../database/schema/rollups.ts';
import { slotsOf } from '../time/segments.ts';
import type { Sign } from './usage-sums.ts';

/** A count in a slot of a rollup, in one domain. */
export interface Count {
  grain: Grain;
  /** Epoch ms at which the slot begins. */
  slot: number;
  domain: string;
  n: number;
}

/** Counts by what they are of, such as `{ severity, fingerprint }`. */
export class Counts<What extends object> {
  readonly rows = new Map<string, Count & What>();

  add(at: number, domain: string, what: What, sign: Sign): void {
    for (const { grain, slot } of slotsOf(at)) {
      const key = JSON.stringify([grain, slot, domain, what]);
      const row = this.rows.get(key) ?? { grain, slot, domain, ...what, n: 0 };
      row.n += sign;
      this.rows.set(key, row);
    }
  }
}
