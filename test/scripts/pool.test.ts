import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Job, runPool } from '../../scripts/support/pool.ts';

/** Jobs that end when they are told to, and how many ran at once. */
function jobs(count: number) {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  let active = 0;
  let most = 0;
  const list: Job<number>[] = Array.from({ length: count }, (_, index) => async () => {
    started.push(index);
    most = Math.max(most, ++active);
    await new Promise<void>((resolve) => (ends[index] = resolve));
    active--;
    return index;
  });
  return { list, started, end: (index: number) => ends[index]?.(), most: () => most };
}

/** Lets everything that is ready go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('at most so many run at once, and answers keep their order', async () => {
  const { list, started, end, most } = jobs(3);
  const all = runPool(list, 2);
  await settle();
  assert.deepEqual(started, [0, 1]);
  end(1);
  await settle();
  assert.deepEqual(started, [0, 1, 2]);
  end(2);
  end(0);
  assert.deepEqual(await all, [0, 1, 2]);
  assert.equal(most(), 2);
});
