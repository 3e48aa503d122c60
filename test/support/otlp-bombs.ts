/** OTLP requests that cost their reader far more than their sender, of every kind. */
import type { OtlpType } from '../../server/ingest/index.ts';
import type { Signal } from './otlp-trees.ts';

export interface Bomb {
  name: string;
  signal: Signal;
  type: OtlpType;
  /** Not compressed; they shrink to a thousandth. */
  bytes: Uint8Array;
  /** Where the refusal says that the fault is, and why. */
  refusal: RegExp;
}

const MIB = 1024 * 1024;
/** As large as a body may be, so that its size alone is no reason. */
const FULL = 16 * MIB - 1024;

/** As many of it as fit. */
const filled = (text: string, bytes = FULL): string => text.repeat(Math.floor(bytes / text.length));

const inSpan = (field: string): string =>
  `{"resourceSpans":[{"scopeSpans":[{"spans":[{${field}}]}]}]}`;
const inAttribute = (value: string): string =>
  inSpan(`"attributes":[{"key":"gen_ai.input.messages","value":${value}}]`);

const SPAN = String.raw`resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]`;
const span = (rest: string): RegExp => new RegExp(`^${SPAN}${rest}`);

const json: [name: string, text: () => string, refusal: RegExp][] = [
  ['open arrays', () => filled('['), /not a JSON object|nested/],
  ['open arrays in a field', () => `{"a":${filled('[')}`, /^The body is nested/],
  ['open objects', () => filled('{"a":'), /^The body is nested/],
  [
    'empty resources',
    () => `{"resourceSpans":[${filled('{},')}{}]}`,
    /^resourceSpans\[10000\] .*10,000 resources/,
  ],
  [
    'empty scopes',
    () => `{"resourceSpans":[{"scopeSpans":[${filled('{},')}{}]}]}`,
    /^resourceSpans\[0\]\.scopeSpans\[10000\] .*10,000 scopes/,
  ],
  [
    'empty spans',
    () => `{"resourceSpans":[{"scopeSpans":[{"spans":[${filled('{},')}{}]}]}]}`,
    /^resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[50000\] .*50,000 records/,
  ],
  [
    'numbers for spans',
    () => `{"resourceSpans":[{"scopeSpans":[{"spans":[${filled('1,')}1]}]}]}`,
    /spans\[50000\] .*50,000 records/,
  ],
  [
    'empty attributes',
    () => inSpan(`"attributes":[${filled('{},')}{}]`),
    span(String.raw`\.attributes has more than 10,000 entries`),
  ],
  [
    'attributes of a resource',
    () => `{"resourceSpans":[{"resource":{"attributes":[${filled('{},')}{}]}}]}`,
    /^resourceSpans\[0\]\.resource\.attributes has more than 10,000 entries/,
  ],
  [
    'attributes over many spans',
    () =>
      `{"resourceSpans":[{"scopeSpans":[{"spans":[${filled(`{"attributes":[${'{},'.repeat(999)}{}]},`)}{}]}]}]}`,
    /\.attributes exceeds the body's limit of 500,000 attributes and values/,
  ],
  [
    'empty events',
    () => inSpan(`"events":[${filled('{},')}{}]`),
    span(String.raw`\.events\[10000\] has more than 10,000 entries`),
  ],
  [
    'empty links',
    () => inSpan(`"links":[${filled('{},')}{}]`),
    span(String.raw`\.links\[10000\] has more than 10,000 entries`),
  ],
  [
    'empty strings',
    () => inAttribute(`{"arrayValue":{"values":[${filled('{"stringValue":""},')}{}]}}`),
    span(String.raw`\.attributes exceeds`),
  ],
  [
    'lists in lists',
    () => inAttribute(filled('{"arrayValue":{"values":[')),
    span(String.raw`\.attributes is nested more than 200 levels`),
  ],
  [
    'maps in maps',
    () => inAttribute(filled('{"kvlistValue":{"values":[{"key":"k","value":')),
    span(String.raw`\.attributes is nested more than 200 levels`),
  ],
  [
    'any JSON in a string value',
    () => inAttribute(`{"stringValue":${filled('[')}`),
    span(String.raw`\.attributes is nested more than 200 levels`),
  ],
  [
    'containers in a string value',
    () => inAttribute(`{"stringValue":{"b":[${'{},'.repeat(600_000)}{}]}}`),
    span(String.raw`\.attributes exceeds the body's limit of 500,000 attributes and values`),
  ],
  [
    'empty lists in bytes',
    () => inAttribute(`{"bytesValue":[${'[],'.repeat(600_000)}[]]}`),
    span(String.raw`\.attributes exceeds the body's limit of 500,000 attributes and values`),
  ],
  ['a string without an end', () => inAttribute(`{"stringValue":"${filled('x')}`), /not JSON/],
  [
    'one string',
    () => inAttribute(`{"stringValue":"${filled('x', FULL - 200)}"}`),
    span(String.raw`\.attributes has a text longer than`),
  ],
  [
    'one string of escapes',
    () => inAttribute(`{"stringValue":"${filled('\\n', FULL - 200)}"}`),
    span(String.raw`\.attributes has a text longer than`),
  ],
  ['one key', () => `{"${filled('k', FULL - 100)}":1}`, /text longer than/],
  ['one number', () => `{"a":${filled('1', FULL - 100)}}`, /number of more than/],
  ['one exponent', () => `{"a":1e${filled('9', FULL - 100)}}`, /number of more than/],
  ['one identifier', () => inSpan(`"traceId":"${filled('a', FULL - 200)}"`), /text longer than/],
  ['white space', () => filled(' '), /white space/],
  ['white space before a request', () => `${filled(' ', FULL - 100)}{}`, /white space/],
  ['white space after a request', () => `{}${filled('\n', FULL - 100)}`, /white space/],
  ['unknown fields', () => `{${filled('"a":1,')}"a":1}`, /limit of 2,000,000 fields/],
  ['an unknown list', () => `{"a":[${filled('1,')}1]}`, /limit of 2,000,000 fields/],
  [
    'the same key',
    () => `{${filled('"resourceSpans":[{}],')}"resourceSpans":[]}`,
    /limit of 10,000 resources/,
  ],
  [
    'the same attributes',
    () => inSpan(`${filled('"attributes":[{}],')}"name":"x"`),
    span(String.raw`\.attributes exceeds`),
  ],
  ['control characters', () => inSpan(`"name":"${filled('\u0001', FULL - 200)}"`), /not JSON/],
  ['commas', () => `{"resourceSpans":[${filled(',')}]}`, /not JSON/],
  ['backslashes', () => `{"a":"${filled('\\')}`, /not JSON/],
];

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
const field = (number: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(content.length)]), content]);
const many = (bytes: number[], total = FULL - 100): Buffer =>
  Buffer.alloc(Math.floor(total / bytes.length) * bytes.length, Buffer.from(bytes));
const inFields = (content: Uint8Array, ...numbers: number[]): Buffer =>
  numbers.reduceRight<Buffer>((inner, number) => field(number, inner), Buffer.from(content));
/** A message in a message in a message, by these fields in turn. */
function wrapped(depth: number, ...numbers: number[]): Buffer {
  let inner: Buffer = Buffer.alloc(0);
  for (let at = 0; at < depth; at++) inner = field(numbers[at % numbers.length] ?? 1, inner);
  return inner;
}

const protobuf: [name: string, bytes: () => Uint8Array, refusal: RegExp][] = [
  ['empty resources', () => many([0x0a, 0]), /^resourceSpans\[10000\] .*10,000 resources/],
  [
    'empty scopes',
    () => inFields(many([0x12, 0]), 1),
    /^resourceSpans\[0\]\.scopeSpans\[10000\] .*10,000 scopes/,
  ],
  ['empty spans', () => inFields(many([0x12, 0]), 1, 2), /spans\[50000\] .*50,000 records/],
  [
    'empty attributes',
    () => inFields(many([0x4a, 0]), 1, 2, 2),
    span(String.raw`\.attributes has more than 10,000 entries`),
  ],
  [
    'empty events',
    () => inFields(many([0x5a, 0]), 1, 2, 2),
    span(String.raw`\.events\[10000\] has more than 10,000 entries`),
  ],
  [
    'empty links',
    () => inFields(many([0x6a, 0]), 1, 2, 2),
    span(String.raw`\.links has more than 10,000 entries`),
  ],
  [
    'empty strings',
    () => inFields(many([0x0a, 2, 0x0a, 0]), 1, 2, 2, 9, 2, 5),
    span(String.raw`\.attributes exceeds`),
  ],
  [
    'attributes of a scope',
    () => inFields(many([0x1a, 0]), 1, 2, 1),
    /attributes has more than 10,000 entries/,
  ],
  [
    'lists in lists',
    () => inFields(wrapped(2_000, 1, 5), 1, 2, 2, 9, 2),
    span(String.raw`\.attributes is nested more than 100 messages`),
  ],
  [
    'maps in maps',
    () => inFields(wrapped(3_000, 2, 1, 6), 1, 2, 2, 9, 2),
    span(String.raw`\.attributes is nested more than 100 messages`),
  ],
  ['groups in groups', () => many([0xa3, 6]), /is nested more than 100 messages/],
  ['one string', () => inFields(Buffer.alloc(FULL - 100, 'x'), 1, 2, 2, 5), /text longer than/],
  ['one identifier', () => inFields(Buffer.alloc(FULL - 100), 1, 2, 2, 1), /text longer than/],
  ['unknown fields', () => many([0xa0, 6, 0]), /limit of 2,000,000 fields/],
  ['empty groups', () => many([0xa3, 6, 0xa4, 6]), /limit of 2,000,000 fields/],
  ['the same name', () => inFields(many([0x2a, 0]), 1, 2, 2), /limit of 2,000,000 fields/],
  [
    'one integer',
    () => Buffer.concat([Buffer.from([0xa0, 6]), many([0xff])]),
    /unexpected end of data/,
  ],
  ['zeros', () => Buffer.alloc(FULL), /no valid number/],
];

/** All of them. Each is made when it is asked for: together they would fill the memory. */
export const bombs: (Omit<Bomb, 'bytes'> & { bytes: () => Uint8Array })[] = [
  ...json.map(([name, text, refusal]) => ({
    name,
    refusal,
    signal: 'traces' as const,
    type: 'json' as const,
    bytes: () => Buffer.from(text()),
  })),
  ...protobuf.map(([name, bytes, refusal]) => ({
    name,
    refusal,
    bytes,
    signal: 'traces' as const,
    type: 'protobuf' as const,
  })),
];
