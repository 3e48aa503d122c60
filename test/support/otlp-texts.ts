/** OTLP/JSON as no serialiser writes it, and protobuf field by field: for readers written by hand. */
import fc from 'fast-check';
import { anyJson, NASTY } from './arbitrary.ts';
import type { Signal } from './otlp-trees.ts';

const space = fc.constantFrom('', '', '', ' ', '\n', '\t \r\n', '  ');

/** A string in JSON, in one of its many spellings; some are none. */
function spelled(text: string): fc.Arbitrary<string> {
  return fc.constantFrom(
    JSON.stringify(text),
    JSON.stringify(text),
    `"${[...text].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
    `"${text.replaceAll(/["\\]/g, '')}"`,
    JSON.stringify(text).replaceAll('/', '\\/'),
  );
}

const texts = fc.oneof(
  fc.constantFrom(...NASTY).chain(spelled),
  fc.string({ unit: 'binary', maxLength: 8 }).chain(spelled),
  fc.constantFrom(
    '"\\ud83d"',
    '"\\ude00\\ud83d"',
    '"\\x"',
    '"\\u12"',
    '"a\\',
    '"\\u0000"',
    '"\u0001"',
  ),
);

const numbers = fc.constantFrom(
  ...['0', '-0', '1', '-1', '1.5', '1e3', '1E+2', '1e-7', '1e999', '-1e999', '01', '1.', '.5'],
  ...['+1', '-', '1e', '0x1', 'NaN', 'Infinity', '9007199254740993', '18446744073709551616'],
  '1'.repeat(400),
  `0.${'3'.repeat(400)}`,
);

const integers = fc.constantFrom(
  ...['"1"', '" 7 "', '"-9"', '"+9"', '"1e3"', '"9223372036854775807"', '"0x1"', '"1.5"', '""'],
  ...['"1795224631160000001"', '"99999999999999999999"', '"999999999999999999999"', 'null', 'true'],
);

/** Numbers in texts: decimal ones, others that JavaScript reads, and none. */
const doubles = fc.constantFrom(
  ...['"1.5"', '"-0.25"', '" 7 "', '"1."', '".5"', '"+1e3"', '"1E-7"', '"1e999"', '"."', '"e1"'],
  ...['""', '" "', '"0x10"', '"0b1"', '"0o7"', '"1_000"', '"1,5"', '"1e"', '"--1"', '"1.2.3"'],
  ...['"NaN"', '"Infinity"', '"-Infinity"', '"infinity"', '"seven"'],
);

const ids = fc.constantFrom(
  ...['"5b8efff798038103d269b633813fc60c"', '"EEE19B7EC3C1B174"', '"W47/95gDgQPSabYzgT/GDA=="'],
  ...['"7uGbfsPBsXQ="', '""', '"zz"', '"W47_95gDgQPSabYzgT_GDA=="', '7', 'null', '"\\u0041b"'],
);

const enums = fc.constantFrom(
  ...['0', '1', '2', '99', '"STATUS_CODE_ERROR"', '"STATUS_CODE_OK"', '"2"', '1.5', 'null', '[]'],
);

const junk = fc.oneof(
  anyJson().map((value) => JSON.stringify(value)),
  numbers,
  texts,
  fc.constantFrom('true', 'false', 'null', 'nul', 'truex', '{}', '[]', '[', '{"a"', '[1,]', '{,}'),
);

const listOf = (item: fc.Arbitrary<string>, maxLength = 2): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(fc.tuple(item, space), { maxLength }), space)
    .map(([items, gap]) => `[${gap}${items.map(([text, after]) => text + after).join(',')}]`);

/** An object with any of these fields, in any order, some twice or of another type. */
function objectOf(fields: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<string> {
  const one = fc
    .constantFrom(...Object.keys(fields))
    .chain((name) =>
      fc.tuple(
        fc.oneof(
          { arbitrary: fc.constant(JSON.stringify(name)), weight: 12 },
          { arbitrary: spelled(name), weight: 1 },
        ),
        fc.oneof({ arbitrary: fields[name] ?? junk, weight: 12 }, { arbitrary: junk, weight: 1 }),
        space,
      ),
    );
  const other = fc.tuple(texts, junk, space);
  return fc
    .array(fc.oneof({ arbitrary: one, weight: 20 }, { arbitrary: other, weight: 1 }), {
      maxLength: 5,
    })
    .map(
      (all) => `{${all.map(([key, value, gap]) => `${gap}${key}${gap}:${gap}${value}`).join(',')}}`,
    );
}

const { attributes, value } = fc.letrec<{ attributes: string; value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small', withCrossShrink: true },
    objectOf({ stringValue: texts, boolValue: fc.constantFrom('true', 'false') }),
    objectOf({
      intValue: fc.oneof(integers, numbers),
      doubleValue: fc.oneof(numbers, doubles, texts),
    }),
    objectOf({
      stringValue: texts,
      bytesValue: texts,
      arrayValue: objectOf({ values: listOf(tie('value')) }),
      kvlistValue: objectOf({ values: tie('attributes') }),
    }),
  ),
  attributes: listOf(objectOf({ key: texts, value: tie('value') })),
}));

const times = fc.oneof(integers, numbers);

const recordTexts: Record<Signal, fc.Arbitrary<string>> = {
  traces: objectOf({
    traceId: ids,
    spanId: ids,
    parentSpanId: ids,
    name: texts,
    startTimeUnixNano: times,
    endTimeUnixNano: times,
    attributes,
    events: listOf(objectOf({ name: texts, timeUnixNano: times, attributes })),
    links: listOf(objectOf({ traceId: ids, attributes })),
    status: objectOf({ code: enums, message: texts }),
  }),
  logs: objectOf({
    traceId: ids,
    spanId: ids,
    timeUnixNano: times,
    observedTimeUnixNano: times,
    eventName: texts,
    body: value,
    attributes,
  }),
  metrics: objectOf({
    name: fc.oneof(fc.constant('"claude_code.session.count"'), texts),
    sum: objectOf({
      dataPoints: listOf(
        objectOf({ startTimeUnixNano: times, timeUnixNano: times, attributes, asInt: integers }),
      ),
    }),
  }),
};

const NAMES: Record<Signal, [string, string, string]> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
};

/** An object with one field, now and then twice. */
const onceOrTwice = (name: string, list: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.oneof({ arbitrary: fc.constant('7'), weight: 1 }, { arbitrary: list, weight: 3 }),
      list,
      fc.nat(9),
    )
    .map(([first, last, dice]) =>
      dice === 0 ? `{"${name}":${first},"${name}":${last}}` : `{"${name}":${last}}`,
    );

/** A request as JSON: mostly readable, with any spelling, order, repetition and type. */
export function jsonText(signal: Signal): fc.Arbitrary<string> {
  const [resources, scopes, records] = NAMES[signal];
  const scope = objectOf({
    scope: objectOf({ name: texts, version: texts }),
    [records]: listOf(recordTexts[signal]),
  });
  const resource = objectOf({ resource: objectOf({ attributes }), [scopes]: listOf(scope) });
  return fc
    .tuple(
      fc.constantFrom('', '', '', '\uFEFF', ' '),
      onceOrTwice(resources, listOf(resource)),
      space,
    )
    .map((parts) => parts.join(''));
}

/** One field of a message: its number, how it is encoded, and what is in it. */
function varint(value: bigint, overlong: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  } while (rest > 0n);
  for (let more = 0; more < overlong; more++) bytes.push(0x80);
  bytes[bytes.length - 1]! &= 0x7f;
  return bytes;
}

const varints = fc
  .tuple(
    fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }), fc.nat(300).map(BigInt)),
    fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, { arbitrary: fc.nat(10), weight: 1 }),
  )
  .map(([value, overlong]) => varint(value, overlong));

const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((array): number[] => [...array]);
const utf8 = fc
  .constantFrom(
    '',
    'a',
    'claude_code.session.count',
    '\uFEFFx',
    'ü'.repeat(40),
    'x'.repeat(60),
    'a\0',
  )
  .map((text): number[] => [...Buffer.from(text)]);

const delimited = (content: number[]): number[] => [
  ...varint(BigInt(content.length), 0),
  ...content,
];

type Shape = 'text' | 'varint' | 'fixed64' | Message;
interface Message {
  [field: number]: Shape;
}

const anyValue: Message = { 1: 'text', 2: 'varint', 3: 'varint', 4: 'fixed64', 7: 'text' };
anyValue[5] = { 1: anyValue };
anyValue[6] = { 1: { 1: 'text', 2: anyValue } };
const keyValue: Message = { 1: 'text', 2: anyValue };
const scope: Message = { 1: 'text', 2: 'text', 3: keyValue };

const shapes: Record<Signal, Message> = {
  traces: {
    1: 'text',
    2: 'text',
    4: 'text',
    5: 'text',
    6: 'varint',
    7: 'fixed64',
    8: 'fixed64',
    9: keyValue,
    11: { 1: 'fixed64', 2: 'text', 3: keyValue },
    13: { 1: 'text' },
    15: { 2: 'text', 3: 'varint' },
  },
  logs: {
    1: 'fixed64',
    2: 'varint',
    3: 'text',
    5: anyValue,
    6: keyValue,
    9: 'text',
    10: 'text',
    11: 'fixed64',
    12: 'text',
  },
  metrics: { 1: 'text', 7: { 1: { 2: 'fixed64', 3: 'fixed64', 7: keyValue } } },
};

function message(shape: Message, depth: number): fc.Arbitrary<number[]> {
  const one = fc.constantFrom(...Object.keys(shape).map(Number)).chain((number) => {
    const inner = shape[number] ?? 'text';
    const tag = (type: number) => varint(BigInt(number * 8 + type), 0);
    if (inner === 'varint') return varints.map((content) => [...tag(0), ...content]);
    if (inner === 'fixed64') {
      return fc
        .uint8Array({ minLength: 8, maxLength: 8 })
        .map((content) => [...tag(1), ...content]);
    }
    const content =
      inner === 'text' || depth === 0 ? fc.oneof(utf8, bytes(30)) : message(inner, depth - 1);
    return content.map((content) => [...tag(2), ...delimited(content)]);
  });
  const unknown = fc.oneof(
    // Groups, whole or not, and one within another.
    fc.constantFrom([0xa3, 6, 0xa4, 6], [0xa3, 6, 0xab, 6, 0xac, 6, 0xa4, 6], [0xa3, 6, 0xac, 6]),
    fc
      .tuple(fc.nat(40), fc.nat(7), varints)
      .map(([number, type, content]) => [...varint(BigInt(number * 8 + type), 0), ...content]),
    fc
      .tuple(fc.integer({ min: 20, max: 2 ** 29 }), bytes(8))
      .map(([number, content]) => [...varint(BigInt(number * 8 + 2), 0), ...delimited(content)]),
    varints,
  );
  return fc
    .array(fc.oneof({ arbitrary: one, weight: 40 }, { arbitrary: unknown, weight: 1 }), {
      maxLength: depth > 6 ? 4 : 2,
    })
    .map((fields) => fields.flat());
}

/** A request in protobuf, field by field: repeated, merged, unknown, and sometimes broken. */
export function protobufBytes(signal: Signal): fc.Arbitrary<Uint8Array> {
  const request: Message = { 1: { 1: { 1: keyValue }, 2: { 1: scope, 2: shapes[signal] } } };
  return message(request, 9).map((content) => Uint8Array.from(content));
}
