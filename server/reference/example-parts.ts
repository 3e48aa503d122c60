/** What the examples of a call have in common. */
import {
  resolve,
  type Parameter,
  type Source,
  type SourceBody,
  type SourceOperation,
  type SourceResponse,
} from '../contract/source.ts';

/** The query parameters without which an operation can't be called. */
export const requiredQuery = (source: Source, { parameters = [] }: SourceOperation): Parameter[] =>
  parameters
    .map((node) => resolve<Parameter>(source, node))
    .filter((it) => it.in === 'query' && it.required);

/** The media types of the answer when all is well. */
export function successTypes(source: Source, responses: Record<string, unknown>): string[] {
  const [, node] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
  return Object.keys(
    node === undefined ? {} : (resolve<SourceResponse>(source, node).content ?? {}),
  );
}

/** A path whose ids are variables of the shell. */
export const filledPath = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => variable(name));

/** The example of a JSON body, on one line where it is short. */
export function bodyOf(source: Source, { requestBody }: SourceOperation): string | undefined {
  if (requestBody === undefined) return undefined;
  const example = resolve<SourceBody>(source, requestBody).content['application/json']?.example;
  if (example === undefined) return undefined;
  const line = JSON.stringify(example);
  return line.length <= 80 ? line : JSON.stringify(example, null, 2);
}

/** The first of some values, or a variable. */
export function valueOf(source: Source, { name, schema }: Parameter): string {
  const { enum: values } = resolve<{ enum?: string[] }>(source, schema);
  return values?.[0] ?? variable(name);
}

/** `conversationId` as `$CONVERSATION_ID`. */
const variable = (name: string): string =>
  `$${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** A word of the shell, whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
