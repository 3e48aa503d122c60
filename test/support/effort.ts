/**
 * How much of what could be tried is tried: a fixed sample by default, everything with
 * TEST_EFFORT=full. `npm test` and `npm run test:full` set it; docs/architecture/testing.md lists
 * what is sampled.
 */
import fc from 'fast-check';
import { randomInt } from 'node:crypto';

/** Whether everything is tried. */
export const isFull = process.env.TEST_EFFORT === 'full';

/**
 * The seed of all random input: TEST_SEED, else a fixed one for the sample and a random one where
 * everything is tried. fast-check prints it with a failure.
 */
export const seed = Number(process.env.TEST_SEED ?? (isFull ? randomInt(2 ** 31) : 20_261_130));
fc.configureGlobal({ seed });

const SHARE = 5;

/** The number of cases of a property, of the `all` that a full run tries: a fifth, at least five. */
export const runs = (all: number): number =>
  isFull ? all : Math.min(all, Math.max(SHARE, Math.ceil(all / SHARE)));
