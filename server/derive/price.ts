import {
  calcPrice,
  findProvider,
  type PriceCalculation,
  type Provider,
} from '@pydantic/genai-prices';
import type { PriceOverride } from '../model/price-override.ts';
import type { RequestRecord } from '../model/request.ts';
import type { Usage } from '../model/usage.ts';

/** The installed release of the price list; a test holds it to the dependency. */
const LIST_VERSION = 'genai-prices@0.1.8';

/** Digits after the point: a billionth of the price of a token, and beyond the noise of floats. */
const DIGITS = 12;

export interface Price {
  /** A decimal such as `0.001635`; `null`: unpriced, which is not free. */
  costUsd: string | null;
  /** `null` where unpriced. */
  priceVersion: string | null;
}

const UNPRICED: Price = { costUsd: null, priceVersion: null };

type Priced = Pick<RequestRecord, 'provider' | 'model' | 'usage' | 'startedAt'>;

/**
 * What a request cost by the prices of its day. Without usage, without a known model, or with
 * numbers that fit no price it is unpriced.
 * @param overrides the first that fits is used
 */
export function price(request: Priced, overrides: readonly PriceOverride[] = []): Price {
  const counts = request.usage === null ? null : countsOf(request.usage);
  if (counts === null) return UNPRICED;
  const override = overrides.find((candidate) => fits(candidate, request));
  const seller = override ? providerOf(override) : sellerOf(request);
  const found = seller ? calculate(request, counts, seller) : null;
  if (found === null || !isMeasured(found, request.usage)) return UNPRICED;
  return {
    costUsd: decimal(found.total_price),
    priceVersion: override?.version ?? LIST_VERSION,
  };
}

type Counts = NonNullable<ReturnType<typeof countsOf>>;

const NOTHING: Counts = {
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
};

const ANY = { contains: '' };

/** The list wants the whole input, with the parts of it that the cache gave and took. */
function countsOf({ uncachedInput, cacheRead, cacheWrite, output }: Usage) {
  if (uncachedInput === null) return null;
  const [read, write] = [cacheRead ?? 0, cacheWrite ?? 0];
  return {
    input_tokens: uncachedInput + read + write,
    cache_read_tokens: read,
    cache_write_tokens: write,
    output_tokens: output ?? 0,
  };
}

/** Whoever sells a model, with that one model alone: the list is long, and searched by patterns. */
const sellers = new Map<string, Provider | null>();

const SELLERS_LIMIT = 2_000;

function sellerOf(request: Priced): Provider | null {
  const key = JSON.stringify([request.provider, request.model]);
  const known = sellers.get(key);
  if (known !== undefined) return known;
  if (sellers.size === SELLERS_LIMIT) sellers.clear();
  const found = search(request);
  sellers.set(key, found);
  return found;
}

/** By the provider where the list knows it, else by whoever makes such a model. */
function search(request: Priced): Provider | null {
  const { provider, model } = request;
  const candidates = [
    provider === null ? undefined : findProvider({ providerId: provider }),
    findProvider({ modelId: model }),
  ];
  for (const candidate of candidates) {
    const found = candidate ? calculate(request, NOTHING, candidate) : null;
    if (found) return { ...found.provider, models: [{ ...found.model, match: ANY }] };
  }
  return null;
}

function calculate(
  { model, startedAt }: Priced,
  counts: Counts,
  provider: Provider,
): PriceCalculation | null {
  try {
    return calcPrice(counts, model, { provider, timestamp: new Date(startedAt) });
  } catch {
    // It throws where a price list is not made for such numbers: as good as no price.
    return null;
  }
}

/** Models that are not sold by the token have no price here, and output that nobody told neither. */
function isMeasured({ model_price }: PriceCalculation, usage: Usage | null): boolean {
  if (model_price.input_mtok === undefined) return false;
  return usage?.output != null || model_price.output_mtok === undefined;
}

function fits(override: PriceOverride, { provider, model }: Priced): boolean {
  return (
    glob(override.model).test(model) &&
    (override.provider === null || glob(override.provider).test(provider ?? ''))
  );
}

function glob(pattern: string): RegExp {
  const literal = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'i');
}

function providerOf(override: PriceOverride): Provider {
  const { cacheReadPerMillion, cacheWritePerMillion } = override;
  const prices = {
    input_mtok: override.inputPerMillion,
    output_mtok: override.outputPerMillion,
    ...(cacheReadPerMillion === null ? {} : { cache_read_mtok: cacheReadPerMillion }),
    ...(cacheWritePerMillion === null ? {} : { cache_write_mtok: cacheWritePerMillion }),
  };
  const model = { id: override.model, match: ANY, prices };
  return { id: 'override', name: 'override', api_pattern: '', models: [model] };
}

/** Without an exponent and without the noise of floats. */
function decimal(amount: number): string {
  const fixed = amount.toFixed(DIGITS);
  return fixed.replace(/\.?0+$/, '');
}
