import { assert } from 'chai';
import { clockOffset, refineOffset, serverTime } from '../../src/format/server-clock.ts';

const SECOND = 1_000;
const noon = Date.parse('2026-11-21T12:00:00Z');
const header = (at: number) => new Date(at).toUTCString();

describe('the server’s clock', () => {
  it('is the local one as long as that may be right', () => {
    const offset = clockOffset(header(noon + 300), noon + 250, noon + 350);
    assert.equal(serverTime(offset, noon + 400), noon + 400);
    assert.equal(serverTime(undefined, noon), noon);
  });

  it('is ahead or behind by what its responses say, within their resolution', () => {
    for (const difference of [-3_600, -7, 7, 3_600].map((seconds) => seconds * SECOND)) {
      const offset = clockOffset(header(noon + difference + 40), noon, noon + 80);
      assert.approximately(serverTime(offset, noon), noon + difference, 600);
    }
  });

  it('gets more exact with each response', () => {
    const difference = 5 * SECOND;
    let offset = clockOffset(header(noon + difference), noon, noon + 20)!;
    const first = offset.max - offset.min;
    for (let local = noon; local < noon + 20_000; local += 1_130) {
      const next = clockOffset(header(local + 10 + difference), local, local + 20)!;
      offset = refineOffset(offset, next);
    }
    assert.isBelow(offset.max - offset.min, first / 2);
    assert.approximately(serverTime(offset, noon), noon + difference, 100);
  });

  it('follows a clock that was set', () => {
    const before = clockOffset(header(noon), noon, noon + 20);
    const after = clockOffset(header(noon + 60 * SECOND), noon, noon + 20)!;
    assert.deepEqual(refineOffset(before, after), after);
  });

  it('is unknown without a date', () => {
    assert.isUndefined(clockOffset(null, noon, noon));
    assert.isUndefined(clockOffset('soon', noon, noon));
    assert.isUndefined(clockOffset(header(noon), noon, noon - 1), 'the local clock was set');
  });
});
