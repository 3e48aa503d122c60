import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { BadEncodingError, readBody, TooLargeError } from '../../../server/ingest/index.ts';

const text = 'telemetry '.repeat(1_000);
const plain = new TextEncoder().encode(text);

/** A body that comes in pieces, as it does without a content length. */
async function* chunked(body: Uint8Array, size = 100): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

const read = async (body: Uint8Array, encoding: string | null, limit?: number) =>
  new TextDecoder().decode(await readBody(chunked(body), encoding, limit));

suite('a body is read', () => {
  test('plain, gzipped and deflated, in pieces', async () => {
    assert.equal(await read(plain, null), text);
    assert.equal(await read(plain, 'identity'), text);
    assert.equal(await read(gzipSync(plain), 'gzip'), text);
    assert.equal(await read(gzipSync(plain), ' GZIP '), text);
    assert.equal(await read(deflateSync(plain), 'deflate'), text);
    assert.equal((await readBody(null, null)).length, 0);
  });

  test('from a web stream', async () => {
    const stream = new Blob([gzipSync(plain)]).stream();
    assert.equal((await readBody(stream, 'gzip')).length, plain.length);
  });
});

suite('a body is refused', () => {
  test('beyond the limit, counted after inflating', async () => {
    await assert.rejects(read(plain, null, plain.length - 1), TooLargeError);
    await assert.rejects(read(gzipSync(plain), 'gzip', plain.length - 1), TooLargeError);
    assert.equal(await read(gzipSync(plain), 'gzip', plain.length), text);
  });

  test('a bomb stops long before its end', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    let taken = 0;
    async function* counted() {
      for await (const chunk of chunked(bomb, 1_000)) {
        taken += chunk.length;
        yield chunk;
      }
    }
    await assert.rejects(readBody(counted(), 'gzip'), TooLargeError);
    assert.ok(taken < bomb.length / 2, `${taken} of ${bomb.length} bytes were read`);
  });

  test('in an encoding that is not known, or that it is not in', async () => {
    const isBad = (unsupported: boolean) => (error: unknown) =>
      error instanceof BadEncodingError && error.unsupported === unsupported;
    await assert.rejects(read(plain, 'zstd'), isBad(true));
    await assert.rejects(read(plain, 'gzip'), isBad(false));
    await assert.rejects(read(gzipSync(plain).subarray(0, 40), 'gzip'), isBad(false));
  });

  test('that breaks off: with the error of the stream', async () => {
    async function* broken() {
      yield gzipSync(plain).subarray(0, 20);
      throw new Error('connection reset');
    }
    await assert.rejects(readBody(broken(), 'gzip'), /connection reset/);
  });
});
