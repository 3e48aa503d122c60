import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readDocument } from '../support/contract.ts';
import { Contract, Problem, type OperationId } from '../../server/contract/index.ts';
import type { EncodedBody } from '../../server/contract/types.ts';

const contract = new Contract();

function operation(id: OperationId) {
  const found = contract.operations.get(id);
  assert.ok(found, id);
  return found;
}

/** What a check refuses, as `status place path message`. */
async function refusal(check: () => unknown): Promise<string[]> {
  try {
    await check();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    const { status, errors } = error;
    if (errors.length === 0) return [`${status} ${error.message}`];
    return errors.map(({ in: place, code, message }) => `${status} ${place} ${code}: ${message}`);
  }
  return [];
}

const read = (id: OperationId, query: string, path = {}, header: Record<string, string> = {}) =>
  operation(id).readParameters({
    path,
    query: new URLSearchParams(query),
    header: new Headers(header),
  });

describe('parameters', () => {
  test('come in their types', () => {
    assert.deepEqual(read('executions.list', 'limit=7&status=failed').query, {
      limit: 7,
      status: 'failed',
    });
    assert.deepEqual(read('live.stream', 'topics=stats,executions').query.topics, [
      'stats',
      'executions',
    ]);
    const { header } = read('live.stream', '', {}, { 'last-event-id': '42' });
    assert.deepEqual(header, { 'Last-Event-ID': '42' });
  });

  test('are given their defaults', () => {
    assert.equal(read('executions.list', '').query.limit, 50);
  });

  test('are refused by name, all at once', async () => {
    const bad = 'limit=1000&status=lost&frmo=1&user=a&user=b&cursor=';
    assert.deepEqual(await refusal(() => read('executions.list', bad)), [
      '400 query not_one_of: `status` must be one of running, completed, failed, abandoned (got "lost").',
      '400 query repeated: `user` must be given only once (got 2 times).',
      '400 query too_short: `cursor` must not be empty.',
      '400 query too_large: `limit` must be at most 200 (got 1000).',
      '400 query unknown_parameter: `frmo` is not a parameter of this operation.',
    ]);
  });

  test('are refused where they are of no such type', async () => {
    for (const limit of ['', 'ten', '1e2', '1.5', '0x10', ' 1', 'NaN', '+1']) {
      const [first] = await refusal(() =>
        read('executions.list', `limit=${encodeURIComponent(limit)}`),
      );
      const got = limit === '1.5' ? limit : `"${limit}"`;
      const expected = `400 query wrong_type: \`limit\` must be a whole number (got ${got}).`;
      assert.equal(first, expected, limit);
    }
    for (const topics of ['', 'stats,', 'stats,stats', 'all']) {
      assert.equal(
        (await refusal(() => read('live.stream', `topics=${topics}`))).length,
        1,
        topics,
      );
    }
    const id = await refusal(() => read('executions.get', '', { id: 'nope' }));
    assert.deepEqual(id, [
      '400 path wrong_format: `id` must be a UUID such as 0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b11 (got "nope").',
    ]);
  });

  test('take times that exist', async () => {
    for (const from of [
      '2026-11-21T10:00:00Z',
      '2026-11-21T10:00:00.123456Z',
      '2026-11-21T10:00:00+05:30',
      '2024-02-29t00:00:00z',
    ]) {
      assert.deepEqual(
        await refusal(() => read('stats.overview', new URLSearchParams({ from }).toString())),
        [],
      );
    }
    for (const from of [
      '2026-11-21',
      '2026-11-21 10:00:00Z',
      '2026-11-21T10:00:00',
      '2026-02-30T00:00:00Z',
      '2026-11-21T24:00:00Z',
      '2026-11-21T24:00:01Z',
      '2016-12-31T23:59:60Z',
      '1795255200000',
      'now',
    ]) {
      const query = new URLSearchParams({ from }).toString();
      const faults = await refusal(() => read('stats.overview', query));
      assert.deepEqual(
        faults,
        [
          `400 query wrong_format: \`from\` must be a time such as 2026-11-21T10:00:00Z (got "${from}").`,
        ],
        from,
      );
    }
  });

  test('hold no text that the database can not', async () => {
    assert.deepEqual(await refusal(() => read('executions.list', 'user=a%00b')), [
      '400 query invalid_text: `user` must not contain NUL.',
    ]);
  });
});

describe('a body', () => {
  const send = (
    id: OperationId,
    body: BodyInit | null,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ) => {
    const duplex = body instanceof ReadableStream ? { duplex: 'half' } : {};
    const init = { method: 'POST', headers, body, ...duplex } as RequestInit;
    return operation(id).readBody(new Request('http://localhost/', init));
  };
  const json = (id: OperationId, value: unknown) => send(id, JSON.stringify(value));

  test('comes parsed, with its defaults', async () => {
    const body = await json('auth.createEmbedToken', { domains: ['a'], origins: ['https://a'] });
    assert.deepEqual(body, {
      domains: ['a'],
      origins: ['https://a'],
      role: 'viewer',
      expiresIn: 900,
    });
    const charset = { 'content-type': 'Application/JSON; charset=utf-8' };
    assert.deepEqual(await send('auth.refresh', '{"refreshToken":"x"}', charset), {
      refreshToken: 'x',
    });
  });

  test('is refused field by field', async () => {
    const bad = { email: '', pasword: 'x', domain: 7 };
    assert.deepEqual(await refusal(() => json('auth.login', bad)), [
      '400 body required: `/password` is required.',
      '400 body unknown_field: `/pasword` is not a known field.',
      '400 body too_short: `/email` must not be empty.',
      '400 body wrong_type: `/domain` must be text (got 7).',
    ]);
    const nested = { domains: ['a', ''], origins: [1], expiresIn: 59 };
    assert.deepEqual(await refusal(() => json('auth.createEmbedToken', nested)), [
      '400 body too_short: `/domains/1` must not be empty.',
      '400 body wrong_type: `/origins/0` must be text (got 1).',
      '400 body too_small: `/expiresIn` must be at least 60 (got 59).',
    ]);
    const tricky = '{"refreshToken":"x","__proto__":{}}';
    assert.deepEqual(await refusal(() => send('auth.refresh', tricky)), [
      '400 body unknown_field: `/__proto__` is not a known field.',
    ]);
  });

  test('holds no text that the database can not', async () => {
    const nul = { email: 'a\u0000@example.com', password: 'x' };
    assert.deepEqual(await refusal(() => json('auth.login', nul)), [
      '400 body invalid_text: `/email` must not contain NUL.',
    ]);
    assert.deepEqual(await refusal(() => send('auth.refresh', '{"refreshToken":"\\ud800"}')), [
      '400 body invalid_text: `/refreshToken` must be well-formed Unicode.',
    ]);
  });

  test('has to be JSON, in UTF-8, and there', async () => {
    const broken = new Uint8Array([0x22, 0xff, 0x22]);
    for (const body of ['{"refreshToken":', '', 'null', '[]', '"x"', broken]) {
      const [first] = await refusal(() => send('auth.refresh', body));
      assert.match(first ?? 'taken', /^400 body /, String(body));
    }
    assert.deepEqual(await refusal(() => send('auth.refresh', null, {})), [
      '400 body required: The body is required.',
    ]);
  });

  test('has to be of a known type and encoding', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/x-protobuf', '']) {
      const headers = { 'content-type': type };
      assert.deepEqual(await refusal(() => send('auth.refresh', '{}', headers)), [
        '415 Send application/json.',
      ]);
    }
    const encoded = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    assert.deepEqual(await refusal(() => send('auth.refresh', gzipSync('{}'), encoded)), [
      '415 Send the body uncompressed.',
    ]);
  });

  test('has a limit, announced or not', async () => {
    const big = new Uint8Array(65_536 + 1);
    const headers = { 'content-type': 'application/json' };
    const announced = { ...headers, 'content-length': String(big.length) };
    assert.deepEqual(await refusal(() => send('auth.refresh', big, announced)), [
      '413 The body is over 64 KiB.',
    ]);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    assert.deepEqual(await refusal(() => send('auth.refresh', endless)), [
      '413 The body is over 64 KiB.',
    ]);
    assert.ok(sent <= 4 * 65_536, `it stopped after ${sent} bytes`);
  });

  describe('of telemetry', () => {
    const otlp = (body: BodyInit, encoding?: string, type = 'application/x-protobuf') =>
      send('otlp.traces', body, {
        'content-type': type,
        ...(encoding !== undefined && { 'content-encoding': encoding }),
      });

    test('is handed over as it was sent, with its type and encoding', async () => {
      const bytes = new Uint8Array([1, 2, 3]);
      for (const [body, encoding] of [
        [bytes, undefined],
        [bytes, 'identity'],
        [gzipSync(bytes), 'gzip'],
        [gzipSync(bytes), ' GZIP '],
      ] as const) {
        const read = (await otlp(body, encoding)) as EncodedBody;
        assert.equal(read.type, 'application/x-protobuf');
        assert.equal(read.encoding, body === bytes ? 'identity' : 'gzip');
        assert.deepEqual([...read.bytes], [...body]);
      }
      const text = (await otlp('{', undefined, 'application/json')) as { bytes: Uint8Array };
      assert.equal(Buffer.from(text.bytes).toString(), '{', 'its reader decodes it');
    });

    test('is limited as it was sent, and has to be of a known encoding', async () => {
      const large = new Uint8Array(16 * 1024 * 1024 + 1);
      assert.deepEqual(await refusal(() => otlp(large)), ['413 The body is over 16 MiB.']);
      for (const encoding of ['br', 'deflate', 'gzip, gzip', 'x-gzip', 'zstd']) {
        assert.deepEqual(await refusal(() => otlp('x', encoding)), [
          '415 Send the body uncompressed or as gzip.',
        ]);
      }
    });
  });
});

test('a command of the WebSocket is checked', () => {
  assert.deepEqual(contract.checkCommand({ type: 'ping' }), []);
  assert.deepEqual(contract.checkCommand({ type: 'subscribe', topics: ['stats'] }), []);
  for (const bad of [null, {}, { type: 'ping', x: 1 }, { type: 'subscribe', topics: ['all'] }]) {
    assert.notDeepEqual(contract.checkCommand(bad), []);
  }
});

interface BodySchema {
  $ref?: string;
  properties?: Record<string, BodySchema>;
  required?: string[];
  items?: BodySchema;
  default?: unknown;
}

test('of a body that has defaults, every optional property has one', () => {
  const { operations, schemas } = readDocument();
  const optionalOf = (schema: BodySchema, path: string): { path: string; filled: boolean }[] => {
    const name = schema.$ref?.split('/').at(-1);
    const { properties = {}, required = [], items } = name ? (schemas[name] as BodySchema) : schema;
    return [
      ...(items ? optionalOf(items, `${path}[]`) : []),
      ...Object.entries(properties).flatMap(([key, property]) => [
        ...(required.includes(key)
          ? []
          : [{ path: `${path}/${key}`, filled: 'default' in property }]),
        ...optionalOf(property, `${path}/${key}`),
      ]),
    ];
  };
  const bodies = operations.flatMap(({ id, body }) => {
    const optional = optionalOf(body?.content['application/json']?.schema ?? {}, '');
    return optional.some(({ filled }) => filled) ? [{ id, optional }] : [];
  });
  // As `FilledBody` in server/contract/types.ts says.
  assert.deepEqual(bodies.map(({ id }) => id).sort(), [
    ...['auth.createEmbedToken', 'business.ingest', 'keys.rotate'],
  ]);
  for (const { optional } of bodies) {
    assert.deepEqual(
      optional.filter(({ filled }) => !filled),
      [],
    );
  }
});
