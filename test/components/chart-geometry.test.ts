import { assert } from 'chai';
import { isOn, middleOf, outlineOf } from '../../src/chart/geometry.ts';
import { runsOf } from '../../src/chart/runs.ts';
import { tooltipPlace } from '../../src/chart/tooltip.ts';

describe('the shapes of a chart', () => {
  const ring = { x: 100, y: 100, inner: 40, outer: 60 };
  const quarter = { ...ring, start: -Math.PI / 2, end: 0 };

  it('have what is within them', () => {
    assert.isTrue(isOn(quarter, { x: 136, y: 64 }));
    assert.isFalse(isOn(quarter, { x: 64, y: 64 }), 'the quarter beside it');
    assert.isFalse(isOn(quarter, { x: 110, y: 90 }), 'the hole');
    assert.isFalse(isOn(quarter, { x: 160, y: 40 }), 'outside');
    assert.isTrue(
      isOn({ ...ring, start: 0, end: -Math.PI / 2 }, { x: 136, y: 64 }),
      'from the left',
    );
    assert.isTrue(isOn({ ...ring, start: -Math.PI / 2, end: 1.5 * Math.PI }, { x: 50, y: 100 }));
    assert.isTrue(isOn({ x: 0, y: 0, width: 10, height: 5 }, { x: 10, y: 5 }));
    assert.isFalse(isOn({ x: 0, y: 0, width: 10, height: 5 }, { x: 11, y: 5 }));
  });

  it('have a middle, which is on them, and an outline', () => {
    const { x, y } = middleOf(quarter);
    assert.approximately(x, 135.4, 0.1);
    assert.approximately(y, 64.6, 0.1);
    assert.isTrue(isOn(quarter, { x, y }));
    assert.equal(outlineOf({ x: 1, y: 2, width: 3, height: 4 }), 'M1 2h3v4h-3z');
    assert.notMatch(outlineOf({ ...ring, start: 0, end: 2 * Math.PI }), /NaN/);
  });
});

describe('the tooltip of a chart', () => {
  const plot = { width: 600, height: 200 };
  const size = { width: 120, height: 60 };
  const covers = (
    { left, top }: { left: number; top: number },
    width: number,
    height: number,
    { x, y }: { x: number; y: number },
  ) => x >= left && x <= left + width && y >= top && y <= top + height;

  it('never covers a point, wherever that is and however wide the plot', () => {
    for (const width of [260, 320, 480, 600, 900]) {
      for (let x = 0; x <= width; x += width / 20) {
        for (let y = 0; y <= 200; y += 10) {
          const place = tooltipPlace(size, { width, height: 200 }, [{ x, y }], 40);
          const shown = place.isSheet ? width : size.width;
          assert.isFalse(covers(place, shown, size.height, { x, y }), `${width}: ${x}, ${y}`);
          assert.isAtLeast(place.left, 0);
          assert.isAtMost(place.left + shown, width);
        }
      }
    }
  });

  it('is on the side with room, and a sheet at the bottom of a narrow card', () => {
    const at = (x: number) => tooltipPlace(size, plot, [{ x, y: 100 }], 40);
    assert.deepEqual(at(100), { left: 112, top: 70, isSheet: false });
    assert.deepEqual(at(590), { left: 458, top: 70, isSheet: false });
    const narrow = tooltipPlace(size, { width: 320, height: 200 }, [{ x: 9, y: 20 }], 40);
    assert.deepEqual(narrow, { left: 0, top: 180, isSheet: true });
    const low = tooltipPlace(size, { width: 320, height: 200 }, [{ x: 9, y: 190 }], 40);
    assert.deepEqual(low, { left: 0, top: 0, isSheet: true });
  });
});

describe('runs', () => {
  it('are what holds one after the other', () => {
    assert.deepEqual(runsOf([]), []);
    assert.deepEqual(runsOf([true, true, false, true]), [
      [0, 1],
      [3, 3],
    ]);
  });
});
