import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bucketOf, quantile, valueOf, ZERO_BUCKET } from '../../../server/store/rollups/sketch.ts';
import { runs } from '../../support/effort.ts';

/** percentile_cont, by the book. */
function exactly(fraction: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = fraction * (sorted.length - 1);
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? Number.NaN;
  return low + (high - low) * (rank - Math.floor(rank));
}

function bySketch(fraction: number, values: readonly number[]): number {
  const buckets = values.map(bucketOf).sort((a, b) => a - b);
  const rank = fraction * (buckets.length - 1);
  return quantile(fraction, {
    low: buckets[Math.floor(rank)] ?? Number.NaN,
    high: buckets[Math.ceil(rank)] ?? Number.NaN,
    count: buckets.length,
  });
}

describe('sketches', () => {
  it('tell a value within 2 %, from nanoseconds to years', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (value) => {
        assert.ok(Math.abs(valueOf(bucketOf(value)) - value) <= value * 0.02);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it('keep 0, and what is as good as 0, apart', () => {
    assert.equal(bucketOf(0), ZERO_BUCKET);
    assert.equal(valueOf(bucketOf(0)), 0);
    assert.equal(bucketOf(-5), ZERO_BUCKET);
  });

  it('fit into a smallint, whatever comes', () => {
    for (const value of [1e-9, Number.MIN_VALUE, Number.MAX_VALUE, Infinity]) {
      assert.ok(Math.abs(bucketOf(value)) < 32_768);
    }
  });

  it('tell any percentile within 2 % of percentile_cont, of few values as well', () => {
    const latency = fc.oneof(
      fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      fc.constantFrom(1, 250, 1_000),
    );
    const fractions = fc.constantFrom(0.5, 0.9, 0.95, 0.99);
    fc.assert(
      fc.property(
        fc.array(latency, { minLength: 1, maxLength: 200 }),
        fractions,
        (values, fraction) => {
          const exact = exactly(fraction, values);
          assert.ok(Math.abs(bySketch(fraction, values) - exact) <= exact * 0.02 + 1e-9);
        },
      ),
      { numRuns: runs(100) },
    );
  });
});
