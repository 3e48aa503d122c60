/**
 * How much of what could be tried is tried: a fixed sample by default, everything with
 * TEST_EFFORT=full. `npm test` and `npm run test:full` set it; docs/architecture/testing.md lists
 * what is sampled.
 */
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { cover } from './cover.ts';

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

/**
 * Whether this run takes the part of a test with this index: in the sample, parts that are alike on
 * both databases are shared out between them.
 */
export const takesTurn = (index: number): boolean =>
  isFull || index % 2 === (process.env.TEST_DATABASE_URL ? 0 : 1);

/** All candidates, or so few that together they still cover all that any of them covers. */
export const chosen = <T>(candidates: readonly T[], covers: (candidate: T) => string[]): T[] =>
  isFull ? [...candidates] : cover(candidates, covers);
