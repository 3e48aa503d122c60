import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  HOUR,
  isZone,
  offsetAt,
  startAfter,
  startBefore,
  startOf,
  type Granularity,
} from '../../../server/store/time/zones.ts';
import { runs } from '../../support/effort.ts';

const at = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString();

/** Starts of the intervals that overlap [from, to). */
function starts(granularity: Granularity, zone: string, from: string, to: string) {
  const found: string[] = [];
  let start = startOf(granularity, at(from), zone);
  for (; start < at(to); start = startAfter(granularity, start, zone)) found.push(iso(start));
  return found;
}

describe('the calendar of a zone', () => {
  it('knows offsets of full, half and quarter hours, and of both halves of the year', () => {
    const january = at('2026-01-15T12:00:00Z');
    const july = at('2026-07-15T12:00:00Z');
    assert.equal(offsetAt('UTC', january), 0);
    assert.equal(offsetAt('Europe/Berlin', january), HOUR);
    assert.equal(offsetAt('Europe/Berlin', july), 2 * HOUR);
    assert.equal(offsetAt('Asia/Kolkata', july), 5.5 * HOUR);
    assert.equal(offsetAt('Asia/Kathmandu', july), 5.75 * HOUR);
    assert.equal(offsetAt('America/St_Johns', january), -3.5 * HOUR);
    assert.equal(offsetAt('Pacific/Kiritimati', july), 14 * HOUR);
  });

  it('refuses names that are none', () => {
    for (const name of [
      'Mars/Olympus',
      '',
      'UTC; drop table requests',
      '../etc/passwd',
      '+05:07',
    ]) {
      assert.equal(isZone(name), false, name);
    }
    assert.equal(isZone('Europe/Berlin'), true);
  });

  it('has days and months in the first century too', () => {
    assert.deepEqual(starts('month', 'UTC', '0050-01-15T00:00:00Z', '0050-03-01T00:00:00Z'), [
      '0050-01-01T00:00:00.000Z',
      '0050-02-01T00:00:00.000Z',
    ]);
  });

  it('begins hours at the half in zones of half hours', () => {
    assert.deepEqual(
      starts('hour', 'Asia/Kolkata', '2026-05-01T10:40:00Z', '2026-05-01T12:00:00Z'),
      ['2026-05-01T10:30:00.000Z', '2026-05-01T11:30:00.000Z'],
    );
    assert.deepEqual(
      starts('hour', 'Asia/Kathmandu', '2026-05-01T10:20:00Z', '2026-05-01T12:00:00Z'),
      ['2026-05-01T10:15:00.000Z', '2026-05-01T11:15:00.000Z'],
    );
  });

  it('has 23 hours on the day on which the clock goes forward, 25 when it goes back', () => {
    const zone = 'Europe/Berlin';
    const spring = starts('hour', zone, '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z');
    const autumn = starts('hour', zone, '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z');
    assert.equal(spring.length, 23);
    assert.equal(autumn.length, 25);
    assert.deepEqual(starts('day', zone, '2026-03-28T23:00:00Z', '2026-03-30T00:00:00Z'), [
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    assert.deepEqual(starts('day', zone, '2026-10-24T22:00:00Z', '2026-10-26T00:00:00Z'), [
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  it('copes with a clock that is moved by half an hour', () => {
    // Lord Howe: 02:00 becomes 02:30 on 4 October 2026, so that no 02:00 is ever shown.
    assert.deepEqual(
      starts('hour', 'Australia/Lord_Howe', '2026-10-03T14:30:00Z', '2026-10-03T18:00:00Z'),
      ['2026-10-03T14:30:00.000Z', '2026-10-03T16:00:00.000Z', '2026-10-03T17:00:00.000Z'],
    );
  });

  it('begins a day whose midnight is skipped when the clock jumps over it', () => {
    // Beirut: 29 March 2026 begins at 01:00 local, which is 22:00 UTC.
    assert.deepEqual(starts('day', 'Asia/Beirut', '2026-03-28T12:00:00Z', '2026-03-30T00:00:00Z'), [
      '2026-03-27T22:00:00.000Z',
      '2026-03-28T22:00:00.000Z',
      '2026-03-29T21:00:00.000Z',
    ]);
  });

  it('has months of their own lengths, over the change of the year', () => {
    assert.deepEqual(
      starts('month', 'America/New_York', '2025-11-15T00:00:00Z', '2026-04-02T00:00:00Z'),
      [
        '2025-11-01T04:00:00.000Z',
        '2025-12-01T05:00:00.000Z',
        '2026-01-01T05:00:00.000Z',
        '2026-02-01T05:00:00.000Z',
        '2026-03-01T05:00:00.000Z',
        '2026-04-01T04:00:00.000Z',
      ],
    );
  });

  it('has weeks from Monday on, of 167 and 169 hours where the clock changes', () => {
    const spring = starts('week', 'Europe/Berlin', '2026-03-25T12:00:00Z', '2026-04-01T00:00:00Z');
    assert.deepEqual(spring, ['2026-03-22T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
    assert.deepEqual(
      starts('week', 'America/New_York', '2026-10-28T12:00:00Z', '2026-11-04T00:00:00Z'),
      ['2026-10-26T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    );
    // Over the change of the year; 29 December 2025 is the Monday of ISO week 1 of 2026.
    assert.deepEqual(starts('week', 'UTC', '2025-12-31T12:00:00Z', '2026-01-06T00:00:00Z'), [
      '2025-12-29T00:00:00.000Z',
      '2026-01-05T00:00:00.000Z',
    ]);
  });

  it('finds an hour in times when zones went by the sun', () => {
    const instant = at('1890-01-01T10:23:00Z');
    const start = startOf('hour', instant, 'Europe/Berlin');
    assert.ok(start <= instant && instant < startAfter('hour', start, 'Europe/Berlin'));
  });

  it('puts every instant into exactly one interval, in any zone', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const),
        fc.integer({ min: at('2015-01-02T00:00:00Z'), max: at('2036-12-31T00:00:00Z') }),
        (zone, granularity, instant) => {
          const start = startOf(granularity, instant, zone);
          const next = startAfter(granularity, start, zone);
          assert.ok(start <= instant && instant < next, `${zone} ${granularity} ${iso(instant)}`);
          assert.equal(startOf(granularity, start, zone), start);
          assert.equal(startOf(granularity, next - 1, zone), start);
          if (granularity !== 'hour') assert.equal(startBefore(granularity, next, zone), start);
          if (granularity === 'week') {
            // At noon: a day whose midnight is skipped may start an hour late.
            const noon = start + 12 * HOUR;
            assert.equal(new Date(noon + offsetAt(zone, noon)).getUTCDay(), 1);
          }
          assert.equal(start % (15 * 60_000), 0);
        },
      ),
      { numRuns: runs(3_000) },
    );
  });
});
