/** How a span of time is put together from rollup slots and, at its ragged edges, from rows. */
import type { Span } from './period.ts';
import type { Grain } from '../database/schema/rollups.ts';
import { MINUTE } from './zones.ts';

/** A run of slots of one grain; `grain: 0` means the rows themselves. */
export interface Segment extends Span {
  grain: Grain | 0;
}

/** A grain that may be used, and since when its slots are kept. */
export interface GrainLevel {
  grain: Grain;
  /** Epoch ms; slots that begin earlier are gone. */
  floor: number;
}

/**
 * Covers `span` exactly, each moment once: as much as possible by the first level, what is left
 * at both ends by the next, and the rest by rows.
 * @param levels coarsest first
 */
export function decompose({ from, to }: Span, levels: readonly GrainLevel[]): Segment[] {
  if (from >= to) return [];
  const [level, ...finer] = levels;
  if (!level) return [{ grain: 0, from, to }];
  const length = level.grain * MINUTE;
  const first = Math.ceil(Math.max(from, level.floor) / length) * length;
  const last = Math.floor(to / length) * length;
  if (first >= last) return decompose({ from, to }, finer);
  return [
    ...decompose({ from, to: first }, finer),
    { grain: level.grain, from: first, to: last },
    ...decompose({ from: last, to }, finer),
  ];
}

/** Every grain that is kept, the finest first. */
const GRAINS: readonly Grain[] = [15, 60, 1440];

/** The slot of every grain that `instant` lies in. */
export const slotsOf = (instant: number): { grain: Grain; slot: number }[] =>
  GRAINS.map((grain) => ({ grain, slot: slotOf(instant, grain) }));

/** Start of the slot that `instant` lies in. */
export function slotOf(instant: number, grain: Grain): number {
  const length = grain * MINUTE;
  return Math.floor(instant / length) * length;
}
