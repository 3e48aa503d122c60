import fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { price } from '../../../server/derive/price.ts';
import type { PriceOverride } from '../../../server/model/price-override.ts';
import type { Usage } from '../../../server/model/usage.ts';
import { runs } from '../../support/effort.ts';

const usage = (counts: Partial<Usage>): Usage => ({
  uncachedInput: 0,
  cacheRead: null,
  cacheWrite: null,
  output: 0,
  reasoning: null,
  ...counts,
});

const request = (model: string, counts: Partial<Usage> | null, provider: string | null = null) => ({
  model,
  provider,
  usage: counts === null ? null : usage(counts),
  startedAt: Date.UTC(2026, 10, 20),
});

const CACHED = { uncachedInput: 12, cacheRead: 2_000, cacheWrite: 100, output: 30 };

suite('a request costs', () => {
  test('what its model takes for input, cache and output', () => {
    // Sonnet 4.5 per million: 3 in, 0.30 read, 3.75 written, 15 out.
    const { costUsd } = price(request('claude-sonnet-4-5-20250929', CACHED, 'anthropic'));
    assert.equal(costUsd, '0.001461');
  });

  test('the same under every spelling of its provider', () => {
    for (const provider of ['anthropic', 'anthropic.messages', 'Anthropic', 'my-proxy', null]) {
      const { costUsd } = price(request('claude-sonnet-4-5', CACHED, provider));
      assert.equal(costUsd, '0.001461', String(provider));
    }
  });

  test('by the prices of its day', () => {
    const day = (startedAt: number) =>
      price({ ...request('o3', { uncachedInput: 1_000_000 }, 'openai'), startedAt }).costUsd;
    assert.equal(day(Date.UTC(2025, 5, 1)), '10');
    assert.equal(day(Date.UTC(2025, 6, 1)), '2');
  });

  test('with the version of the list that is installed', () => {
    const { version } = JSON.parse(
      readFileSync('node_modules/@pydantic/genai-prices/package.json', 'utf8'),
    ) as { version: string };
    const { priceVersion } = price(request('gpt-4o-mini', { uncachedInput: 1 }));
    assert.equal(priceVersion, `genai-prices@${version}`);
  });

  test('a decimal without exponent and noise, for any counts', () => {
    // Longer prompts have another price.
    const count = fc.option(fc.nat(60_000), { nil: null });
    fc.assert(
      fc.property(count, count, count, count, (uncachedInput, cacheRead, cacheWrite, output) => {
        const counts = { uncachedInput, cacheRead, cacheWrite, output };
        const { costUsd, priceVersion } = price(request('claude-sonnet-4-5', counts));
        assert.equal(costUsd === null, uncachedInput === null || output === null);
        assert.equal(priceVersion === null, costUsd === null);
        if (costUsd === null) return;
        assert.match(costUsd, /^\d+(\.\d*[1-9])?$/);
        const exact =
          BigInt(uncachedInput ?? 0) * 300n +
          BigInt(cacheRead ?? 0) * 30n +
          BigInt(cacheWrite ?? 0) * 375n +
          BigInt(output ?? 0) * 1_500n;
        const [whole = '0', fraction = ''] = costUsd.split('.');
        assert.equal(BigInt(whole + fraction.padEnd(8, '0')), exact);
      }),
      { numRuns: runs(100) },
    );
  });
});

suite('a request is unpriced, which is not free,', () => {
  test('without usage, with half of it, or with a model that nobody knows', () => {
    const unpriced = { costUsd: null, priceVersion: null };
    assert.deepEqual(price(request('gpt-4o-mini', null)), unpriced);
    assert.deepEqual(price(request('gpt-4o-mini', { output: null, uncachedInput: 9 })), unpriced);
    assert.deepEqual(price(request('gpt-4o-mini', { uncachedInput: null, output: 9 })), unpriced);
    assert.deepEqual(price(request('unknown', CACHED)), unpriced);
    assert.deepEqual(price(request('gpt-x', CACHED, 'openai.chat')), unpriced);
  });

  test('where a model is not sold by the token', () => {
    assert.equal(price(request('whisper-1', { uncachedInput: 100 }, 'openai')).costUsd, null);
  });
});

suite('an override', () => {
  const override = (fields: Partial<PriceOverride>): PriceOverride => ({
    provider: null,
    model: 'glm-4-flash*',
    inputPerMillion: 1,
    outputPerMillion: 2,
    cacheReadPerMillion: null,
    cacheWritePerMillion: null,
    version: 'ours-1',
    ...fields,
  });

  test('prices what the list lacks; without a price of its own the cache costs as input', () => {
    const call = request('GLM-4-Flash-250414', { ...CACHED, uncachedInput: 0 }, 'zhipu');
    assert.deepEqual(price(call, [override({})]), { costUsd: '0.00216', priceVersion: 'ours-1' });
    const cheaper = override({ cacheReadPerMillion: 0.1, cacheWritePerMillion: 1.25 });
    assert.equal(price(call, [cheaper]).costUsd, '0.000385');
  });

  test('stands before the list, for the provider that it names, the first that fits', () => {
    const overrides = [
      override({ provider: 'azure*', model: 'gpt-4o-mini', version: 'azure' }),
      override({ model: 'gpt-*', version: 'all' }),
    ];
    const version = (provider: string) =>
      price(request('gpt-4o-mini', { uncachedInput: 1 }, provider), overrides).priceVersion;
    assert.equal(version('azure.chat'), 'azure');
    assert.equal(version('openai'), 'all');
  });

  test('of nothing is free, and says so', () => {
    const free = override({ inputPerMillion: 0, outputPerMillion: 0 });
    const call = request('glm-4-flash', CACHED);
    assert.deepEqual(price(call, [free]), { costUsd: '0', priceVersion: 'ours-1' });
  });
});
