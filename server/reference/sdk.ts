import type { Source } from '../contract/source.ts';
import { calls } from './generated/calls.ts';
import type { Placed } from './operation.ts';
import { requiredQuery, successTypes } from './example-parts.ts';

/** In place of the WebSocket of conversations alone, which the SDK doesn't open. */
const CONVERSATIONS = `const stream = cb.live.subscribe({ topics: ['conversations'] });
for await (const { event, data } of stream) if (event === 'conversation') show(data.conversation);`;

/** How the SDK calls an operation: by its own method, or by the operation's path. */
export function sdkCallOf(source: Source, { method, path, operation }: Placed): string {
  const own = calls[operation.operationId];
  if (own !== undefined) return own;
  if ('101' in operation.responses) return CONVERSATIONS;
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const query = requiredQuery(source, operation).map(({ name }) => name);
  const params = [group('path', ids), group('query', query)].filter(Boolean);
  const options = [
    params.length > 0 && `params: { ${params.join(', ')} }`,
    operation.requestBody !== undefined && 'body',
    successTypes(source, operation.responses).includes('text/plain') && "parseAs: 'text'",
  ].filter((it) => it !== false);
  const given = options.length > 0 ? `, { ${options.join(', ')} }` : '';
  return `const { data, error } = await cb.api.${method.toUpperCase()}('${path}'${given});`;
}

const group = (name: string, keys: readonly string[]): string =>
  keys.length > 0 ? `${name}: { ${keys.join(', ')} }` : '';
