import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cover, pairwise, product } from '../support/cover.ts';
import { runs } from '../support/effort.ts';

test('the chosen cover what all candidates cover, and each of them something new', () => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(keys, { maxLength: 12 }), (candidates) => {
      const chosen = cover(candidates, (it) => it);
      assert.deepEqual(new Set(chosen.flat()), new Set(candidates.flat()));
      const seen = new Set<string>();
      for (const one of chosen) {
        assert.ok(one.some((key) => !seen.has(key)));
        for (const key of one) seen.add(key);
      }
    }),
    { numRuns: runs(300) },
  );
});

test('every two values of two axes meet in a fraction of all combinations', () => {
  const axes = {
    locale: ['en', 'de', 'ar'],
    width: [320, 720, 1280],
    scheme: ['light', 'dark'],
    element: ['a', 'b', 'c', 'd'],
  };
  const few = pairwise(axes);
  assert.equal(product(axes).length, 72);
  assert.ok(few.length <= 16, String(few.length));
  const names = Object.keys(axes) as (keyof typeof axes)[];
  for (const one of names) {
    for (const other of names.slice(names.indexOf(one) + 1)) {
      for (const a of axes[one]) {
        for (const b of axes[other]) {
          assert.ok(
            few.some((it) => it[one] === a && it[other] === b),
            `${a} with ${b}`,
          );
        }
      }
    }
  }
});
