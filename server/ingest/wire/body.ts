import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflate } from 'node:zlib';

/** Bytes of a body after inflating that are taken by default: 16 MiB. */
export const BODY_LIMIT = 16 * 1024 * 1024;

/** More bytes than are taken; it is known before all of them were read. */
export class TooLargeError extends Error {
  override name = 'TooLargeError';
  readonly limit: number;

  constructor(limit: number) {
    super(`The body is larger than ${limit} bytes`);
    this.limit = limit;
  }
}

/** A content encoding that is not known (`unsupported`), or bytes that are not in it. */
export class BadEncodingError extends Error {
  override name = 'BadEncodingError';
  readonly unsupported: boolean;

  constructor(message: string, unsupported: boolean) {
    super(message);
    this.unsupported = unsupported;
  }
}

/**
 * Reads a body whole and inflates it. Bytes are counted as they come out, so that a small body
 * that inflates to a large one stops at the limit.
 * @param encoding the `content-encoding` header: `gzip`, `deflate`, `identity` or none
 * @throws TooLargeError, BadEncodingError, or what the stream itself fails with
 */
export async function readBody(
  stream: AsyncIterable<Uint8Array> | null,
  encoding: string | null | undefined,
  limit = BODY_LIMIT,
): Promise<Uint8Array> {
  const inflater = inflaterFor(encoding);
  if (stream === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const collect = async (source: AsyncIterable<Uint8Array>) => {
    for await (const chunk of source) {
      size += chunk.byteLength;
      if (size > limit) throw new TooLargeError(limit);
      chunks.push(chunk);
    }
  };
  if (inflater === null) {
    await collect(stream);
  } else {
    try {
      await pipeline(Readable.from(stream), inflater, collect);
    } catch (error) {
      throw isZlibError(error)
        ? new BadEncodingError(`The body is not ${encoding}: ${error.message}`, false)
        : error;
    }
  }
  return Buffer.concat(chunks, size);
}

function inflaterFor(encoding: string | null | undefined) {
  switch (encoding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    default:
      throw new BadEncodingError(`The content encoding ${encoding} is not supported`, true);
  }
}

function isZlibError(error: unknown): error is Error {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof Error && typeof code === 'string' && code.startsWith('Z_');
}
