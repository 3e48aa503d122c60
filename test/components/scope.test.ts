import { assert } from 'chai';
import { scopeOf } from '../../src/settings/scope.ts';

describe('what is asked for', () => {
  const asked = (...settings: Parameters<typeof scopeOf>) => {
    const { timezone, ...scope } = JSON.parse(JSON.stringify(scopeOf(...settings))) as {
      timezone: string;
    };
    assert.isString(timezone);
    return scope;
  };

  it('is of the element, else of its provider', () => {
    const provider = { domain: 'a.example', timeframe: '7d' };
    assert.deepEqual(asked({}), { timeframe: '24h' });
    assert.deepEqual(asked({}, provider), provider);
    assert.deepEqual(asked({ domain: 'b.example', from: '2026-11-01T00:00:00Z' }, provider), {
      domain: 'b.example',
      from: '2026-11-01T00:00:00Z',
    });
  });

  it('has nothing of an empty attribute: the server takes none that is empty', () => {
    const to = '2026-11-21T10:00:00Z';
    assert.deepEqual(asked({ domain: '', timeframe: '' }), { timeframe: '24h' });
    assert.deepEqual(asked({ from: '', to }), { to });
    assert.deepEqual(asked({ domain: '' }, { domain: 'a.example' }), { timeframe: '24h' });
  });
});
