import type { Source, SourceOperation } from '../contract/source.ts';
import type { Placed } from './operation.ts';
import {
  bodyOf,
  filledPath,
  quoted,
  requiredQuery,
  successTypes,
  valueOf,
} from './example-parts.ts';

/** Types that a terminal shows well; others are written to a file. */
const SHOWN = ['application/json', 'application/x-ndjson', 'text/event-stream', 'text/plain'];

/**
 * The command that calls an operation, with the address, the key and ids as variables of the shell;
 * `undefined` for a WebSocket, which curl doesn't show.
 */
export function curlOf(source: Source, { method, path, operation }: Placed): string | undefined {
  if ('101' in operation.responses) return undefined;
  const query = requiredQuery(source, operation);
  const body = bodyOf(source, operation);
  const words = ['curl', ...flagsOf(source, operation)];
  // `--json` makes it a POST.
  if (method !== 'get' && !(method === 'post' && body)) words.push('-X', method.toUpperCase());
  if (query.length > 0) words.push('--get');
  words.push(`"$CLOUDBRAIN_BASE_URL${filledPath(path)}"`);
  const lines = [words.join(' ')];
  if (!isPublic(operation.security)) lines.push('-H "Authorization: Bearer $CLOUDBRAIN_API_KEY"');
  lines.push(...query.map((it) => `--data-urlencode "${it.name}=${valueOf(source, it)}"`));
  if (body !== undefined) lines.push(`--json ${quoted(body)}`);
  return lines.join(' \\\n  ');
}

/** How the answer is taken: as it comes, or into a file of the name that the server gives it. */
function flagsOf(source: Source, { responses }: SourceOperation): string[] {
  const [type = ''] = successTypes(source, responses);
  if (type === 'text/event-stream') return ['--no-buffer'];
  return type === '' || SHOWN.includes(type) ? [] : ['-OJ'];
}

/** Whether it takes no token at all. */
const isPublic = (security: Record<string, unknown>[] | undefined): boolean =>
  security?.every((either) => Object.keys(either).length === 0) ?? false;
