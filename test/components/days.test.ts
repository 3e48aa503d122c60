import { assert } from 'chai';
import { daysOf, periodOf, presetsOf } from '../../components/cb-timeframe/period.ts';
import { dayAfter, dayOf, startOfDay } from '../../src/format/days.ts';

describe('days of a time zone', () => {
  it('start at its midnight', () => {
    assert.equal(startOfDay('2026-11-30', 'UTC'), '2026-11-30T00:00:00.000Z');
    assert.equal(startOfDay('2026-11-30', 'Europe/Berlin'), '2026-11-29T23:00:00.000Z');
    assert.equal(startOfDay('2026-11-30', 'Asia/Kathmandu'), '2026-11-29T18:15:00.000Z');
    assert.equal(startOfDay('2026-11-30', 'Pacific/Kiritimati'), '2026-11-29T10:00:00.000Z');
    assert.equal(startOfDay('2026-11-30', 'Pacific/Pago_Pago'), '2026-11-30T11:00:00.000Z');
  });

  it('start right on days on which the clocks change', () => {
    assert.equal(startOfDay('2026-03-29', 'Europe/Berlin'), '2026-03-28T23:00:00.000Z');
    assert.equal(startOfDay('2026-03-30', 'Europe/Berlin'), '2026-03-29T22:00:00.000Z');
    assert.equal(startOfDay('2026-10-26', 'Europe/Berlin'), '2026-10-25T23:00:00.000Z');
    // There the clocks go from midnight to one o'clock.
    assert.equal(startOfDay('2026-04-24', 'Africa/Cairo'), '2026-04-23T22:00:00.000Z');
    // And back from midnight to eleven: the day starts at the second midnight.
    assert.equal(startOfDay('2026-04-05', 'America/Asuncion'), '2026-04-05T03:00:00.000Z');
  });

  it('are days, and found again, in every zone on every day of a year', () => {
    for (const timezone of [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Africa/Cairo',
      'Asia/Tehran',
    ]) {
      let day = '2026-01-01';
      for (let count = 0; count < 365; count++) {
        const start = startOfDay(day, timezone) ?? '';
        assert.equal(dayOf(start, timezone), day, timezone);
        assert.isBelow(
          Date.parse(dayOf(Date.parse(start) - 1, timezone)),
          Date.parse(day),
          timezone,
        );
        day = dayAfter(day);
      }
    }
  });

  it('aren’t made of what is no day', () => {
    for (const day of ['', 'x', '2026-02-31x', '2026-13-01'])
      assert.isUndefined(startOfDay(day, 'UTC'), day);
  });
});

describe('a period of one’s own', () => {
  it('has its last day in it', () => {
    assert.deepEqual(periodOf('2026-11-01', '2026-11-07', 'Europe/Berlin'), {
      from: '2026-10-31T23:00:00.000Z',
      to: '2026-11-07T23:00:00.000Z',
    });
    assert.deepEqual(
      daysOf('2026-10-31T23:00:00.000Z', '2026-11-07T23:00:00.000Z', 'Europe/Berlin'),
      { first: '2026-11-01', last: '2026-11-07' },
    );
  });

  it('is refused where it is incomplete or reversed', () => {
    assert.equal(periodOf('', '2026-11-07', 'UTC'), 'incomplete');
    assert.equal(periodOf('2026-11-07', '', 'UTC'), 'incomplete');
    assert.equal(periodOf('2026-11-08', '2026-11-07', 'UTC'), 'reversed');
  });

  it('is none without a start', () => {
    assert.isUndefined(daysOf(undefined, '2026-11-07T00:00:00Z', 'UTC'));
    assert.isUndefined(daysOf('x', undefined, 'UTC'));
  });
});

describe('presets', () => {
  it('are those that exist, in the order given', () => {
    assert.deepEqual(presetsOf(' 7d  today nonsense'), ['7d', 'today']);
    assert.deepEqual(presetsOf(''), []);
  });
});
