import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chartSvg } from '../../../server/reports/charts.ts';

const COLOR = '#123456';

/** What is drawn of a line, as SVG elements; its legend is left out. */
function drawn(
  values: readonly (number | null)[],
  partial: readonly boolean[] = values.map(() => false),
): string[] {
  const labels = values.map((_, index) => String(index));
  const svg = chartSvg(
    { labels, partial, series: [{ name: 'Line', type: 'line', color: COLOR, values }] },
    240,
    120,
  );
  return svg
    .split('\n')
    .filter((element) => element.includes(`stroke="${COLOR}"`))
    .slice(0, -2);
}

const points = (elements: readonly string[]): number[] =>
  elements.flatMap((element) => {
    const [, index] = /ecmeta_data_index="(\d+)"/.exec(element) ?? [];
    return index === undefined ? [] : [Number(index)];
  });

describe('a line on paper', () => {
  it('is dashed where an interval is covered only in part, at both ends', () => {
    const isDashed = (element: string): boolean => element.includes('stroke-dasharray');
    const whole = drawn([1, 2, 3, 4]);
    assert.deepEqual(whole.map(isDashed), [false]);
    const partial = drawn([1, 2, 3, 4], [true, false, false, true]);
    assert.ok(partial.some(isDashed) && partial.some((element) => !isDashed(element)));
  });

  it('shows each point that has no neighbour', () => {
    assert.deepEqual(points(drawn([1, null, 2, 3, null, 4, null, null, 5])), [0, 5, 8]);
    assert.deepEqual(points(drawn([null, 7, null])), [1]);
    assert.deepEqual(points(drawn([7])), [0]);
    const many = Array.from({ length: 400 }, (_, index) => (index % 2 ? null : index));
    assert.equal(points(drawn(many)).length, 200);
  });

  it('is a line alone where it has no gap', () => {
    const elements = drawn([1, 2, 3]);
    assert.deepEqual(points(elements), []);
    assert.equal(elements.length, 1);
    assert.deepEqual(points(drawn([null, null])), []);
  });
});
