import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTime } from '../../cli/time.ts';

test('a time with a zone is the same in every time zone', () => {
  for (const zone of [undefined, 'Asia/Tokyo']) {
    for (const moment of ['2026-11-21T10:00:00+02:00', '2026-11-21T10:00:00.000001Z']) {
      assert.equal(readTime(moment, zone), moment);
    }
  }
});

test('a day starts in UTC, or in a given time zone', () => {
  for (const [day, zone, begins] of [
    ['2026-11-21', undefined, '2026-11-21T00:00'],
    ['2026-11-21', 'UTC', '2026-11-21T00:00'],
    ['2026-11-21', 'Asia/Kathmandu', '2026-11-20T18:15'],
    ['2026-11-21', 'Pacific/Kiritimati', '2026-11-20T10:00'],
    ['2026-11-21', 'Pacific/Pago_Pago', '2026-11-21T11:00'],
    // Summer time starts and ends in the night, after midnight.
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00'],
    ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00'],
    ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00'],
    // At midnight: the clock skips it, or shows it twice.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00'],
    ['2026-03-08', 'America/Havana', '2026-03-08T05:00'],
    ['2026-11-01', 'America/Havana', '2026-11-01T04:00'],
    ['2026-11-02', 'America/Havana', '2026-11-02T05:00'],
    // A day that Samoa never had, and the next.
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00'],
    ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00'],
  ] as const) {
    assert.equal(readTime(day, zone), `${begins}:00.000Z`, `${day} ${zone}`);
  }
});

test('other texts, and days that don’t exist, are refused', () => {
  for (const text of [
    ...['', 'yesterday', '2026-02-30', '2025-02-29', '2026-13-01', '2026-00-10', '2026-11-31'],
    ...['2026-11-20 (foo)', '2026-11-20T10:00', '2026-11-20T10:00:00', '2026-11-20T25:00:00Z'],
    ...['2026-02-30T10:00:00Z', '2026-11-20T10:00:00+99:00', '20261120', ' 2026-11-20'],
  ]) {
    assert.equal(readTime(text), undefined, text);
    assert.equal(readTime(text, 'Europe/Berlin'), undefined, text);
  }
  assert.throws(() => readTime('2026-11-20', 'Mars/Olympus'), RangeError);
});
