/** What is wrong with a value, in our own words: Ajv finds it, and its texts never leave here. */
import type { ErrorObject } from 'ajv';
import { shortened, written } from './written.ts';
import type { FieldErrorCode } from './field-error.ts';

/** What is wrong with a value, without saying which value it is. */
export interface Fault {
  /** Where it is: a JSON pointer, empty for the whole. */
  path: string;
  code: FieldErrorCode;
  /** What is expected, to follow the value's name: `must be at most 200`. */
  expected: string;
  /** What is there instead, bounded; left out where it is secret or there is nothing to show. */
  given?: string;
}

/** An error with what Ajv adds to it on request (`verbose`). */
type Found = Pick<ErrorObject, 'keyword' | 'instancePath' | 'data'> & {
  params: Record<string, unknown>;
  schema?: unknown;
  parentSchema?: Record<string, unknown> | undefined;
};

type Finding = Omit<Fault, 'path'> & { path?: string };

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 20 });

/** `1 entry`, `2 entries`. */
function counted(count: unknown, one: string, several: string): string {
  return `${number.format(Number(count))} ${count === 1 ? one : several}`;
}

const characters = (count: unknown): string => counted(count, 'character', 'characters');
const entries = (count: unknown): string => counted(count, 'entry', 'entries');
const fields = (count: unknown): string => counted(count, 'field', 'fields');

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': 'a time such as 2026-11-21T10:00:00Z',
  uuid: 'a UUID such as 0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b11',
};

const listed = (words: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'disjunction', style: 'long' }).format(words);

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Long texts are counted, not shown: of what is too long the length is what matters. */
const lengthOf = (data: unknown): string => characters([...String(data)].length);

const inPath = (error: Found, name: unknown): string => error.instancePath + pointer(String(name));

const bounds: Readonly<Record<string, string>> = {
  '<=': 'at most',
  '>=': 'at least',
  '<': 'less than',
  '>': 'more than',
};

const bound =
  (code: FieldErrorCode) =>
  ({ params, data }: Found): Finding => ({
    code,
    expected: `must be ${bounds[String(params.comparison)] ?? ''} ${number.format(Number(params.limit))}`,
    given: written(data),
  });

/** What each keyword of a schema finds wrong. A test compares it with those of the contract. */
const findings: Readonly<Record<string, (error: Found) => Finding>> = {
  required: (error) => ({
    path: inPath(error, error.params.missingProperty),
    code: 'required',
    expected: 'is required',
  }),
  dependentRequired: (error) => ({
    path: inPath(error, error.params.missingProperty),
    code: 'required',
    expected: `is required beside ${String(error.params.property)}`,
  }),
  additionalProperties: (error) => ({
    path: inPath(error, error.params.additionalProperty),
    code: 'unknown_field',
    expected: 'is not a known field',
  }),
  unevaluatedProperties: (error) => ({
    path: inPath(error, error.params.unevaluatedProperty),
    code: 'unknown_field',
    expected: 'is not a known field',
  }),
  type: ({ params, data }) => ({
    code: 'wrong_type',
    expected: `must be ${listed([params.type].flat().map((type) => TYPES[String(type)] ?? String(type)))}`,
    given: written(data),
  }),
  enum: ({ params, data }) => ({
    code: 'not_one_of',
    expected: `must be ${oneOf((params.allowedValues as unknown[]).map(plain))}`,
    given: written(data),
  }),
  const: ({ params, data }) => ({
    code: 'not_one_of',
    expected: `must be ${plain(params.allowedValue)}`,
    given: written(data),
  }),
  format: ({ params, data }) => ({
    code: 'wrong_format',
    expected: `must be ${FORMATS[String(params.format)] ?? `a ${String(params.format)}`}`,
    given: written(data),
  }),
  pattern: ({ data, parentSchema }) => ({
    code: 'wrong_format',
    expected: `must be written ${likeOf(parentSchema)}`,
    given: written(data),
  }),
  minLength: ({ params, data }) =>
    params.limit === 1
      ? { code: 'too_short', expected: 'must not be empty' }
      : {
          code: 'too_short',
          expected: `must have at least ${characters(params.limit)}`,
          given: lengthOf(data),
        },
  maxLength: ({ params, data }) => ({
    code: 'too_long',
    expected: `must have at most ${characters(params.limit)}`,
    given: lengthOf(data),
  }),
  minimum: bound('too_small'),
  exclusiveMinimum: bound('too_small'),
  maximum: bound('too_large'),
  exclusiveMaximum: bound('too_large'),
  multipleOf: ({ params, data }) => ({
    code: 'invalid',
    expected: `must be a multiple of ${number.format(Number(params.multipleOf))}`,
    given: written(data),
  }),
  minItems: ({ params, data }) => ({
    code: 'too_few',
    expected: `must have at least ${entries(params.limit)}`,
    given: entries((data as unknown[]).length),
  }),
  maxItems: ({ params, data }) => ({
    code: 'too_many',
    expected: `must have at most ${entries(params.limit)}`,
    given: entries((data as unknown[]).length),
  }),
  minProperties: ({ params, data }) => ({
    code: 'too_few',
    expected: `must have at least ${fields(params.limit)}`,
    given: fields(Object.keys(data as object).length),
  }),
  maxProperties: ({ params, data }) => ({
    code: 'too_many',
    expected: `must have at most ${fields(params.limit)}`,
    given: fields(Object.keys(data as object).length),
  }),
  uniqueItems: ({ params, data }) => ({
    code: 'duplicate',
    expected: 'must not contain duplicates',
    given: `${written((data as unknown[])[Number(params.i)])} twice`,
  }),
  oneOf: (error) => notAny(error),
  anyOf: (error) => notAny(error),
};

/** Whatever else a schema may forbid one day. */
const unfit = ({ data }: Found): Finding => ({
  code: 'invalid',
  expected: "doesn't match the contract",
  given: written(data),
});

/** The keywords that have words of their own. */
export const knownKeywords: ReadonlySet<string> = new Set(Object.keys(findings));

/**
 * What Ajv found, in our words. Of a value that fits none of several schemas, only that is reported:
 * what keeps it from each of them contradicts itself.
 */
export function faultsOf(errors: readonly ErrorObject[]): Fault[] {
  const found = errors as readonly Found[];
  const choices = found.filter(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf');
  const isPartOf = (error: Found, choice: Found): boolean =>
    error !== choice &&
    (error.instancePath === choice.instancePath ||
      error.instancePath.startsWith(`${choice.instancePath}/`));
  return found
    .filter((error) => !choices.some((choice) => isPartOf(error, choice)))
    .map((error): Fault => {
      const { given, ...finding } = (findings[error.keyword] ?? unfit)(error);
      const isShown = given !== undefined && !isSecret(error.parentSchema);
      return { path: error.instancePath, ...finding, ...(isShown && { given }) };
    });
}

/** A name as a step of a JSON pointer, bounded as all that comes from the caller. */
export const pointer = (name: string): string =>
  `/${shortened(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;

const oneOf = (values: readonly string[]): string =>
  values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;

/** Which fields may be in the schemas to choose from tells most of what is expected. */
function notAny({ schema, data }: Found): Finding {
  const types = (schema as { type?: string | string[] }[]).flatMap(({ type = [] }) => type);
  const expected = types.every((type) => type === 'object' || type === 'null')
    ? "doesn't match any form that the contract allows"
    : `must be ${listed([...new Set(types.map((type) => TYPES[type] ?? type))])}`;
  return { code: 'invalid', expected, given: written(data) };
}

/** How a text is written, by an example of the schema. */
function likeOf(schema: Found['parentSchema']): string {
  const [example] = (schema?.examples ?? []) as unknown[];
  return example === undefined ? 'as the contract describes' : `like ${plain(example)}`;
}

/** A password, say: nobody is shown it again. */
const isSecret = (schema: Found['parentSchema']): boolean => schema?.writeOnly === true;
