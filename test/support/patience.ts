/**
 * How many times longer than on an idle machine anything may take before a test gives up on it. A
 * limit only ends what would never end; it claims nothing about speed.
 */
const FACTOR = 6;

/** The time limit of what takes up to `ms` on an idle machine, in milliseconds. */
export const patience = (ms: number): number => ms * FACTOR;
