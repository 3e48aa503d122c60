/** Both roads, JSON and protobuf, end in one shape; what is broken is told or repaired. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  decodeLogs,
  decodeMetrics,
  DecodeError,
  decodeTraces,
  encodeResponse,
  LimitError,
} from '../../../server/ingest/index.ts';
import {
  type AnyValueSchema,
  type KeyValueSchema,
  LogsRequestSchema,
  TracesRequestSchema,
} from '../../support/otlp-oracle/generated/otlp_pb.ts';
import { spanId, traceId } from './otlp.ts';

type ProtoValue = MessageInitShape<typeof AnyValueSchema>;

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

function attributesOf(values: Record<string, unknown>) {
  const attributes = Object.entries(values).map(([key, value]) => ({ key, value }));
  const body = json({ resourceSpans: [{ scopeSpans: [{ spans: [{ attributes }] }] }] });
  const [group] = decodeTraces(body, 'json').groups;
  return Object.fromEntries(group?.records[0]?.attributes ?? []);
}

const keyValue = (key: string, value: ProtoValue): MessageInitShape<typeof KeyValueSchema> => ({
  key,
  value,
});

const inJson = json({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'app' } }] },
      schemaUrl: 'https://example.com',
      scopeSpans: [
        {
          scope: { name: 'tracer', version: '1' },
          spans: [
            {
              traceId: traceId(1).toUpperCase(),
              spanId: spanId(2),
              parentSpanId: spanId(3),
              name: 'chat',
              kind: 3,
              startTimeUnixNano: '1795224631160000001',
              endTimeUnixNano: '1795224631260000001',
              droppedAttributesCount: 0,
              attributes: [
                { key: 'integer', value: { intValue: '9007199254740993' } },
                { key: 'list', value: { arrayValue: { values: [{ boolValue: true }, {}] } } },
                {
                  key: 'map',
                  value: { kvlistValue: { values: [{ key: 'a', value: { doubleValue: 0.5 } }] } },
                },
                { key: 'bytes', value: { bytesValue: 'AAEC' } },
              ],
              events: [{ timeUnixNano: '1795224631170000000', name: 'exception', attributes: [] }],
              status: { code: 2, message: 'no' },
            },
          ],
        },
      ],
    },
  ],
});

const inProtobuf = toBinary(
  TracesRequestSchema,
  create(TracesRequestSchema, {
    resourceSpans: [
      {
        resource: {
          attributes: [keyValue('service.name', { value: { case: 'stringValue', value: 'app' } })],
        },
        scopeSpans: [
          {
            scope: { name: 'tracer', version: '1' },
            spans: [
              {
                traceId: bytes(traceId(1)),
                spanId: bytes(spanId(2)),
                parentSpanId: bytes(spanId(3)),
                name: 'chat',
                kind: 3,
                startTimeUnixNano: 1795224631160000001n,
                endTimeUnixNano: 1795224631260000001n,
                attributes: [
                  keyValue('integer', { value: { case: 'intValue', value: 9007199254740993n } }),
                  keyValue('list', {
                    value: {
                      case: 'arrayValue',
                      value: { values: [{ value: { case: 'boolValue', value: true } }, {}] },
                    },
                  }),
                  keyValue('map', {
                    value: {
                      case: 'kvlistValue',
                      value: {
                        values: [keyValue('a', { value: { case: 'doubleValue', value: 0.5 } })],
                      },
                    },
                  }),
                  keyValue('bytes', {
                    value: { case: 'bytesValue', value: new Uint8Array([0, 1, 2]) },
                  }),
                ],
                events: [{ timeUnixNano: 1795224631170000000n, name: 'exception' }],
                status: { code: 2, message: 'no' },
              },
            ],
          },
        ],
      },
    ],
  }),
);

suite('one shape', () => {
  test('of a span in JSON and in protobuf', () => {
    const fromJson = decodeTraces(inJson, 'json');
    assert.deepEqual(decodeTraces(inProtobuf, 'protobuf'), fromJson);
    const span = fromJson.groups[0]?.records[0];
    assert.equal(span?.traceId, traceId(1));
    assert.equal(span.start, 1795224631160000001n);
    assert.deepEqual(Object.fromEntries(span.attributes), {
      integer: '9007199254740993',
      list: [true, null],
      map: { a: 0.5 },
      bytes: 'AAEC',
    });
  });

  test('of a log record', () => {
    const fromJson = decodeLogs(
      json({
        resourceLogs: [
          {
            scopeLogs: [
              {
                logRecords: [
                  {
                    timeUnixNano: 0,
                    observedTimeUnixNano: '12',
                    eventName: 'e',
                    body: { stringValue: 'b' },
                  },
                ],
              },
            ],
          },
        ],
      }),
      'json',
    );
    const record = { observedTimeUnixNano: 12n, eventName: 'e' };
    const body: ProtoValue = { value: { case: 'stringValue', value: 'b' } };
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ ...record, body }] }] }] };
    const protobuf = toBinary(LogsRequestSchema, create(LogsRequestSchema, request));
    assert.deepEqual(decodeLogs(protobuf, 'protobuf'), fromJson);
  });

  test('of ids, as hex and as the base64 of protobuf libraries', () => {
    const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
    const [trace, span] = ['5b8efff798038103d269b633813fc60c', 'eee19b7ec3c1b174'];
    const ids = { traceId: base64(trace), spanId: base64(span), parentSpanId: '' };
    const body = json({ resourceSpans: [{ scopeSpans: [{ spans: [ids] }] }] });
    const record = decodeTraces(body, 'json').groups[0]?.records[0];
    assert.deepEqual([record?.traceId, record?.spanId, record?.parentSpanId], [trace, span, '']);
  });

  test('of an integer, however a client writes it', () => {
    assert.deepEqual(
      attributesOf({
        number: { intValue: 7 },
        string: { intValue: '7' },
        negative: { intValue: '-7' },
        nonsense: { intValue: 'seven' },
        empty: {},
        missing: null,
        infinite: { doubleValue: 'Infinity' },
      }),
      {
        number: 7,
        string: 7,
        negative: -7,
        nonsense: null,
        empty: null,
        missing: null,
        infinite: null,
      },
    );
  });
});

suite('a number in JSON', () => {
  const read = (kind: 'intValue' | 'doubleValue', values: unknown[]) =>
    values.map((value) => attributesOf({ it: { [kind]: value } }).it);

  test('is read where a text writes it in decimal', () => {
    assert.deepEqual(
      read('doubleValue', ['1.5', '-2', '+3e2', '.5', '4.', ' 6 ', '1E-2', 7.25, 0]),
      [1.5, -2, 300, 0.5, 4, 6, 0.01, 7.25, 0],
    );
  });

  test('is unknown where a text writes none, or one in another way', () => {
    const none = ['', ' ', '0x10', '0b11', '0o17', '1_000', '1e', '.', '1e999', 'NaN', '-Infinity'];
    for (const kind of ['intValue', 'doubleValue'] as const) {
      assert.deepEqual(
        read(kind, none),
        none.map(() => null),
        kind,
      );
    }
  });

  test('is unknown where an integer has a fraction', () => {
    assert.deepEqual(read('intValue', [1.5, '1.5', -0.1, 1e3, 2]), [null, null, null, 1_000, 2]);
  });
});

suite('broken text', () => {
  test('NUL and half surrogate pairs are replaced, in keys and in values', () => {
    const attributes = attributesOf({
      'k\0': { stringValue: 'a\0b' },
      half: { stringValue: '\ud83d!' },
    });
    assert.deepEqual(attributes, { 'k\uFFFD': 'a\uFFFDb', half: '\uFFFD!' });
  });

  test('bad UTF-8 is repaired on both roads', () => {
    const repaired = (type: 'json' | 'protobuf', body: Uint8Array) => {
      const at = Buffer.from(body).indexOf('chat');
      const broken = Uint8Array.from(body);
      broken[at] = 0xff;
      return decodeTraces(broken, type).groups[0]?.records[0]?.name;
    };
    assert.equal(repaired('json', inJson), '\uFFFDhat');
    assert.equal(repaired('protobuf', inProtobuf), '\uFFFDhat');
  });

  test('values nested deeper than anybody reads are cut, those without end are refused', () => {
    const bodyOf = (depth: number) => {
      const value = `${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}`;
      const span = `{"attributes":[{"key":"deep","value":${value}}]}`;
      return new TextEncoder().encode(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`);
    };
    const [group] = decodeTraces(bodyOf(50), 'json').groups;
    let value = group?.records[0]?.attributes.get('deep');
    let depth = 0;
    for (; Array.isArray(value); depth++) value = value[0];
    assert.deepEqual([value, depth], [null, 41]);
    assert.throws(() => decodeTraces(bodyOf(100_000), 'json'), LimitError);
  });
});

suite('what can not be decoded', () => {
  const fails = (
    body: Uint8Array | string,
    pattern: RegExp,
    type: 'json' | 'protobuf' = 'json',
  ) => {
    const sent = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    assert.throws(
      () => decodeTraces(sent, type),
      (error) => {
        assert.ok(error instanceof DecodeError);
        assert.match(error.message, pattern);
        return true;
      },
    );
  };

  test('says where', () => {
    fails('', /not JSON/);
    fails('{"resourceSpans":', /not JSON/);
    fails('[]', /not a JSON object/);
    fails('{"resourceSpans":{}}', /resourceSpans is not an array/);
    fails('{"resourceSpans":[7]}', /resourceSpans\[0\] is not an object/);
    fails(
      '{"resourceSpans":[{"scopeSpans":[{"spans":"x"}]}]}',
      /resourceSpans\[0\]\.scopeSpans\[0\]\.spans is not an array/,
    );
    fails(
      inProtobuf.subarray(0, inProtobuf.length - 3),
      /protobuf of an OTLP TracesRequest/,
      'protobuf',
    );
    fails(inJson, /protobuf/, 'protobuf');
    assert.throws(
      () => decodeMetrics(json({ resourceMetrics: [{ scopeMetrics: 1 }] }), 'json'),
      DecodeError,
    );
  });

  test('a field of protobuf ends within its message', () => {
    const beyond = /^The body is not protobuf .*a field extends past the end of its message/;
    const message = (tag: number, content: number[]) => [tag, content.length, ...content];
    /** A request of one span that says to be shorter than what is in it. */
    const cutShort = (span: number[]) =>
      message(0x0a, message(0x12, [0x12, span.length - 1, ...span]));
    const refused: Record<string, number[]> = {
      'a message': [0x0a, 0x02, 0x12, 0x05, 0x12, 0x03, 0x2a, 0x01, 0x41],
      'a text': cutShort([0x2a, 1, 0x41]),
      'an unknown text': cutShort([0xf2, 6, 1, 0x41]),
      'a number of eight bytes': cutShort([0x39, 0, 0, 0, 0, 0, 0, 0, 0]),
      'a number of any length': cutShort([0x30, 0x80, 0x80, 1]),
      'an unknown number': cutShort([0xa0, 6, 1]),
      'an unknown group': cutShort([0xa3, 6, 0xa4, 6]),
    };
    for (const [name, sent] of Object.entries(refused)) {
      assert.throws(
        () => decodeTraces(Uint8Array.from(sent), 'protobuf'),
        (error) => error instanceof DecodeError && beyond.test(error.message),
        name,
      );
    }
    const whole = decodeTraces(bytes('0a07120512032a0141'), 'protobuf');
    assert.equal(whole.groups[0]?.records[0]?.name, 'A');
  });

  test('a record that is none is left out by itself', () => {
    const body = json({ resourceSpans: [{ scopeSpans: [{ spans: ['x', { name: 'good' }] }] }] });
    const { groups, rejected } = decodeTraces(body, 'json');
    assert.deepEqual(
      groups[0]?.records.map(({ name, index }) => [name, index]),
      [['good', 1]],
    );
    assert.deepEqual(rejected, ['resourceSpans[0].scopeSpans[0].spans[0] is not an object']);
  });

  test('nothing at all is a request without records', () => {
    assert.deepEqual(decodeTraces(new Uint8Array(), 'protobuf').groups, []);
    assert.deepEqual(decodeTraces(json({}), 'json').groups, []);
  });

  test('unknown fields are skipped on both roads', () => {
    const unknown = Buffer.concat([inProtobuf, Buffer.from([0xfa, 0x3e, 0x03, 1, 2, 3])]);
    assert.deepEqual(decodeTraces(unknown, 'protobuf'), decodeTraces(inProtobuf, 'protobuf'));
    const more = json({
      ...(JSON.parse(new TextDecoder().decode(inJson)) as object),
      future: [{}],
    });
    assert.deepEqual(decodeTraces(more, 'json'), decodeTraces(inJson, 'json'));
  });
});

suite('the answer', () => {
  const text = (body: Uint8Array) => new TextDecoder().decode(body);

  test('is empty where all was taken', () => {
    const all = { count: 0, messages: [] };
    assert.equal(text(encodeResponse('traces', 'json', all)), '{}');
    assert.equal(encodeResponse('traces', 'protobuf', all).length, 0);
  });

  test('tells what was not, under the name of the signal', () => {
    const some = { count: 2, messages: ['one', 'two'] };
    assert.deepEqual(JSON.parse(text(encodeResponse('logs', 'json', some))), {
      partialSuccess: { rejectedLogRecords: '2', errorMessage: 'one; two' },
    });
    const binary = Buffer.from(encodeResponse('traces', 'protobuf', some));
    assert.equal(binary.toString('hex'), `0a0c08021208${Buffer.from('one; two').toString('hex')}`);
  });

  test('may warn although nothing was left out', () => {
    const warning = { count: 0, messages: ['odd'] };
    assert.deepEqual(JSON.parse(text(encodeResponse('traces', 'json', warning))), {
      partialSuccess: { rejectedSpans: '0', errorMessage: 'odd' },
    });
  });
});
