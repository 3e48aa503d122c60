import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromPico, plainUsd, toPico } from '../../../server/store/rollups/money.ts';

describe('money', () => {
  it('adds up to the last digit', () => {
    const cent = toPico('0.1');
    assert.equal(fromPico(cent + toPico('0.2')), '0.30');
    assert.equal(fromPico(toPico('0.000000000001') * 3n), '0.000000000003');
    assert.equal(fromPico(toPico('12345678901234.5') + toPico('0.5')), '12345678901235.00');
  });

  it('has one spelling for each amount', () => {
    assert.equal(plainUsd('1'), '1.00');
    assert.equal(plainUsd('0.0214000'), '0.0214');
    assert.equal(plainUsd('-0.5'), '-0.50');
    assert.equal(plainUsd('0.0000000000019'), '0.000000000001');
  });

  it('refuses what is no decimal', () => {
    for (const text of ['', '1e-7', 'NaN', '1,5', '.5']) assert.throws(() => toPico(text));
  });
});
