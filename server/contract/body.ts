import { BodyBuffer } from './body-buffer.ts';
import type { JsonSchema, Operation } from './document.ts';
import type { Fault } from './faults.ts';
import { fieldError } from './field-error.ts';
import { jsonBound } from './json-bounds.ts';
import { badRequest, Problem } from './problem.ts';
import type { Check, Schemas } from './schemas.ts';
import { findTextFault } from './text.ts';
import type { EncodedBody } from './types.ts';

const MIB = 1024 * 1024;
/** Telemetry comes in batches, compressed or not; everything else is a small form. */
const TELEMETRY_LIMIT = 16 * MIB;
const FORM_LIMIT = MIB;
/** What anybody may send, without a token: credentials. */
const OPEN_LIMIT = MIB / 16;

/** Bytes of a body that may be read in one piece: in how many chunks it comes hardly matters. */
const SMALL_BYTES = 65_536;

/** Faults of one body that are named; the first say enough. */
const NAMED_FAULTS = 20;

/** What an operation's body has to be, where it is JSON alone. */
export function bodySchema({ body }: Operation): JsonSchema | undefined {
  const types = Object.keys(body?.content ?? {});
  return types.length === 1 ? body?.content['application/json']?.schema : undefined;
}

/** Makes the reader of an operation's body: bytes, encoding, media type, schema. */
export function bodyReader(
  operation: Operation,
  schemas: Schemas,
): (request: Request) => Promise<unknown> {
  const { body } = operation;
  if (body === null) return async () => undefined;
  const types = Object.keys(body.content);
  const schema = bodySchema(operation);
  const check = schema ? schemas.checkOf(schema) : null;
  const mayCompress = operation.parameters.some(({ name }) => name === 'Content-Encoding');
  const formLimit = operation.token === 'none' ? OPEN_LIMIT : FORM_LIMIT;
  const limit = mayCompress ? TELEMETRY_LIMIT : formLimit;

  return async (request): Promise<unknown> => {
    const type = mediaType(request);
    if (type === '' && request.body === null) {
      throw badRequest([
        fieldError('body', { path: '', code: 'required', expected: 'is required' }),
      ]);
    }
    if (!types.includes(type)) {
      throw new Problem('unsupported_media_type', `Send ${types.join(' or ')}.`);
    }
    const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
    if (!isKnown(encoding) || (encoding === 'gzip' && !mayCompress)) {
      const detail = mayCompress
        ? 'Send the body uncompressed or as gzip.'
        : 'Send the body uncompressed.';
      throw new Problem('unsupported_encoding', detail);
    }
    const bytes = await read(request, limit);
    return check ? decode(bytes, check) : ({ type, encoding, bytes } satisfies EncodedBody);
  };
}

const isKnown = (encoding: string): encoding is EncodedBody['encoding'] =>
  encoding === 'gzip' || encoding === 'identity';

function decode(bytes: Uint8Array, check: Check): unknown {
  const value = parseJson(bytes);
  const faults = check(value);
  const unfit = faults.length === 0 ? findTextFault(value) : undefined;
  if (unfit) faults.push(unfit);
  if (faults.length > 0) {
    throw badRequest(faults.slice(0, NAMED_FAULTS).map((fault) => fieldError('body', fault)));
  }
  return value;
}

/** Without its parameters, such as the charset. */
function mediaType(request: Request): string {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}

/** The body as a whole is what is wrong. */
function unreadable(expected: string, cause: unknown): Problem {
  const fault: Fault = { path: '', code: 'malformed', expected };
  const error = fieldError('body', fault);
  return new Problem('malformed_body', error.message, { errors: [error], cause });
}

const tooLarge = (limit: number): Problem => {
  const size = limit < MIB ? `${limit / 1024} KiB` : `${limit / MIB} MiB`;
  return new Problem('body_too_large', `The body is over ${size}.`);
};

async function read(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (length > limit) throw tooLarge(limit);
  const buffer = new BodyBuffer(limit);
  try {
    // HTTP holds a body to the length that it announces. A stream costs more than a small body.
    if (length <= SMALL_BYTES) return new Uint8Array(await request.arrayBuffer());
    for await (const chunk of request.body ?? []) {
      if (!buffer.add(chunk)) throw tooLarge(limit);
    }
    return buffer.bytes();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw unreadable('is incomplete', error);
  }
}

function parseJson(bytes: Uint8Array): unknown {
  const beyond = jsonBound(bytes);
  if (beyond !== undefined) throw new Problem('body_too_large', `The body ${beyond}.`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw unreadable('is not valid JSON', error);
  }
}
