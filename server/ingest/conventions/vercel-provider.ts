import type { Attributes, AttributeValue } from '../wire/model.ts';
import { parseJson } from '../wire/text.ts';
import { count, type Note, text } from './attributes.ts';

/** What a provider's own answer says of its tokens; `null` is unknown. */
export interface ProviderUsage {
  cacheRead: number | null;
  cacheWrite: number | null;
  reasoning: number | null;
  /** Anthropic's input leaves out what the cache gave and took. */
  inputWithoutCache: number | null;
  /** Gemini's output leaves out the thoughts. */
  outputWithoutReasoning: number | null;
}

/** The names of each count, in the words of the providers' APIs and of their packages. */
const NAMES: Record<keyof ProviderUsage, readonly string[]> = {
  cacheRead: [
    'cache_read_input_tokens',
    'cacheReadInputTokens',
    'cachedContentTokenCount',
    'cachedPromptTokens',
  ],
  cacheWrite: ['cache_creation_input_tokens', 'cacheCreationInputTokens', 'cacheWriteInputTokens'],
  reasoning: ['thoughtsTokenCount', 'reasoningTokens'],
  inputWithoutCache: ['input_tokens'],
  outputWithoutReasoning: ['candidatesTokenCount'],
};

/**
 * Reads `ai.response.providerMetadata`: an object by provider, as `{"anthropic": {"usage": {}}}`
 * or `{"google": {"usageMetadata": {}}}`; some providers put the counts beside those.
 */
export function readProviderUsage(attributes: Attributes, note: Note): ProviderUsage {
  const metadata = parseJson(text(attributes, 'ai.response.providerMetadata') ?? '') ?? null;
  const told = new Map(Object.values(fields(metadata)).flatMap(countsOf));
  const read = (name: keyof ProviderUsage) => count(told, note, ...NAMES[name]);
  return {
    cacheRead: read('cacheRead'),
    cacheWrite: read('cacheWrite'),
    reasoning: read('reasoning'),
    inputWithoutCache: read('inputWithoutCache'),
    outputWithoutReasoning: read('outputWithoutReasoning'),
  };
}

function countsOf(provider: AttributeValue): [string, AttributeValue][] {
  const { usage = null, usageMetadata = null, ...beside } = fields(provider);
  return [beside, fields(usage), fields(usageMetadata)].flatMap((part) => Object.entries(part));
}

function fields(value: AttributeValue): Record<string, AttributeValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
