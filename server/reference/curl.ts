import {
  resolve,
  type Parameter,
  type Source,
  type SourceBody,
  type SourceOperation,
  type SourceResponse,
} from '../contract/source.ts';
import type { Placed } from './operation.ts';

/** Types that a terminal shows well; others are written to a file. */
const SHOWN = ['application/json', 'application/x-ndjson', 'text/event-stream', 'text/plain'];

/**
 * The command that calls an operation, with the address, the key and ids as variables of the shell;
 * `undefined` for a WebSocket, which curl doesn't show.
 */
export function curlOf(source: Source, { method, path, operation }: Placed): string | undefined {
  if ('101' in operation.responses) return undefined;
  const given = (operation.parameters ?? []).map((node) => resolve<Parameter>(source, node));
  const query = given.filter((it) => it.in === 'query' && it.required);
  const body = bodyOf(source, operation);
  const words = ['curl', ...flagsOf(source, operation)];
  // `--json` makes it a POST.
  if (method !== 'get' && !(method === 'post' && body)) words.push('-X', method.toUpperCase());
  if (query.length > 0) words.push('--get');
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => variable(name));
  words.push(`"$CLOUDBRAIN_BASE_URL${filled}"`);
  const lines = [words.join(' ')];
  if (!isPublic(operation.security)) lines.push('-H "Authorization: Bearer $CLOUDBRAIN_API_KEY"');
  lines.push(...query.map((it) => `--data-urlencode "${it.name}=${valueOf(source, it)}"`));
  if (body !== undefined) lines.push(`--json ${quoted(body)}`);
  return lines.join(' \\\n  ');
}

/** How the answer is taken: as it comes, or into a file of the name that the server gives it. */
function flagsOf(source: Source, { responses }: SourceOperation): string[] {
  const [type = ''] = Object.keys(successOf(source, responses).content ?? {});
  if (type === 'text/event-stream') return ['--no-buffer'];
  return type === '' || SHOWN.includes(type) ? [] : ['-OJ'];
}

/** The example of a JSON body, on one line where it is short. */
function bodyOf(source: Source, { requestBody }: SourceOperation): string | undefined {
  if (requestBody === undefined) return undefined;
  const example = resolve<SourceBody>(source, requestBody).content['application/json']?.example;
  if (example === undefined) return undefined;
  const line = JSON.stringify(example);
  return line.length <= 80 ? line : JSON.stringify(example, null, 2);
}

/** The first of some values, or a variable. */
function valueOf(source: Source, { name, schema }: Parameter): string {
  const { enum: values } = resolve<{ enum?: string[] }>(source, schema);
  return values?.[0] ?? variable(name);
}

/** What an operation answers when all is well. */
function successOf(source: Source, responses: Record<string, unknown>): SourceResponse {
  const [, node] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
  return node === undefined ? { description: '' } : resolve<SourceResponse>(source, node);
}

/** Whether it takes no token at all. */
const isPublic = (security: Record<string, unknown>[] | undefined): boolean =>
  security?.every((either) => Object.keys(either).length === 0) ?? false;

/** `conversationId` as `$CONVERSATION_ID`. */
const variable = (name: string): string =>
  `$${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** A word of the shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
