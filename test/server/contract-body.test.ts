/** Bodies that are no telemetry: what would cost more to parse than to send is refused before. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Contract, Problem, type OperationId } from '../../server/contract/index.ts';
import { BodyBuffer } from '../../server/contract/body-buffer.ts';
import { jsonBound } from '../../server/contract/json-bounds.ts';

const contract = new Contract();
const MIB = 1024 * 1024;

/** Every operation that takes a form: JSON and nothing else. */
const forms = [...contract.operations.values()].filter(
  ({ body }) => body && Object.keys(body.content).join() === 'application/json',
);

async function refusal(id: OperationId, body: BodyInit): Promise<Problem> {
  const headers = { 'content-type': 'application/json' };
  const request = new Request('http://localhost/', {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  } as RequestInit);
  try {
    await contract.operations.get(id)?.readBody(request);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  assert.fail(`${id} takes it`);
}

describe('a form', () => {
  const size = 60_000;
  const bombs = {
    'open arrays': '['.repeat(size),
    'open objects': '{"a":'.repeat(size / 5),
    'nested arrays': `${'['.repeat(size / 2)}${']'.repeat(size / 2)}`,
    'nested in a string, and after it': `{"a":"[\\"[","b":${'['.repeat(100)}`,
  };
  for (const { id } of forms) {
    test(`of ${id} is not parsed where it is nested without end`, async () => {
      for (const [name, text] of Object.entries(bombs)) {
        const { status, message } = await refusal(id, text);
        assert.deepEqual([name, status], [name, 413]);
        assert.match(message, /nested more than 64 levels deep/);
      }
    });
  }

  test('with millions of values is not parsed', async () => {
    const { status, message } = await refusal('business.ingest', `[${'1,'.repeat(500_000)}1]`);
    assert.equal(status, 413);
    assert.match(message, /more than 100000 values/);
  });

  test('without a token is small', async () => {
    const { status, message } = await refusal('auth.login', `"${'x'.repeat(70_000)}"`);
    assert.deepEqual([status, message], [413, 'The body is over 64 KiB.']);
  });

  test('with many faults names the first', async () => {
    const fields = Array.from({ length: 2_000 }, (_, index) => `"a${index}":1`);
    const { status, errors } = await refusal('auth.login', `{${fields.join()}}`);
    assert.equal(status, 400);
    assert.equal(errors.length, 20);
  });

  test('in tiny chunks is held to its limit', async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(1).fill(0x20));
      },
    });
    assert.equal((await refusal('auth.login', body)).status, 413);
    assert.ok(sent < 70_000, `${sent} were read`);
  });
});

describe('the bounds of JSON', () => {
  test('are not for what is in strings, nor for what is closed again', () => {
    const texts = [
      JSON.stringify('['.repeat(1_000)),
      JSON.stringify('\\"['.repeat(1_000)),
      JSON.stringify({ a: '\\', b: '"'.repeat(10) }),
      `[${'[],'.repeat(1_000)}[]]`,
      `${'['.repeat(64)}${']'.repeat(64)}`,
    ];
    for (const text of texts) assert.equal(jsonBound(Buffer.from(text)), undefined, text);
    assert.match(jsonBound(Buffer.from('['.repeat(65))) ?? '', /64 levels/);
  });
});

describe('a buffer of chunks', () => {
  test('holds what was added, in a buffer of its own, and not more than its limit', () => {
    const buffer = new BodyBuffer(MIB);
    for (let at = 0; at < 100_000; at++) assert.ok(buffer.add(Uint8Array.of(at % 251)));
    const bytes = buffer.bytes();
    assert.equal(bytes.length, 100_000);
    assert.equal(bytes.buffer.byteLength, 100_000);
    assert.ok(bytes.every((byte, at) => byte === at % 251));
    assert.ok(!buffer.add(new Uint8Array(MIB)));
    assert.equal(new BodyBuffer(10).bytes().length, 0);
  });
});
