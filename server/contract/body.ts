import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { JsonSchema, Operation } from './document.ts';
import { badRequest, Problem } from './problem.ts';
import type { Check, Schemas } from './schemas.ts';
import { findTextFault } from './text.ts';
import type { EncodedBody } from './types.ts';

const MIB = 1024 * 1024;
/** Telemetry comes in batches, compressed or not; everything else is a small form. */
const TELEMETRY_LIMIT = 16 * MIB;
const FORM_LIMIT = MIB;

const inflate = promisify(gunzip);

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
  const limit = mayCompress ? TELEMETRY_LIMIT : FORM_LIMIT;

  return async (request): Promise<unknown> => {
    const type = mediaType(request);
    if (type === '' && request.body === null) throw unreadable('is required');
    if (!types.includes(type)) throw new Problem(415, `Send ${types.join(' or ')}.`);
    const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
    if (encoding !== 'identity' && !(mayCompress && encoding === 'gzip')) {
      throw new Problem(415, mayCompress ? 'Send it as it is or gzip.' : 'Send it as it is.');
    }
    const sent = await read(request, limit);
    const bytes = encoding === 'gzip' ? await inflated(sent, limit) : sent;
    return check ? decode(bytes, check) : ({ type, bytes } satisfies EncodedBody);
  };
}

function decode(bytes: Uint8Array, check: Check): unknown {
  const value = parseJson(bytes);
  const faults = check(value);
  const unfit = faults.length === 0 ? findTextFault(value) : undefined;
  if (unfit) faults.push(unfit);
  if (faults.length > 0) throw badRequest(faults.map((fault) => ({ in: 'body', ...fault })));
  return value;
}

/** Without its parameters, such as the charset. */
function mediaType(request: Request): string {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}

/** The body as a whole is what is wrong. */
const unreadable = (message: string, cause?: unknown): Problem =>
  new Problem(400, `The body ${message}.`, {
    errors: [{ in: 'body', path: '', message }],
    cause,
  });

const tooLarge = (limit: number): Problem =>
  new Problem(413, `The body is over ${limit / MIB} MiB.`);

async function read(request: Request, limit: number): Promise<Uint8Array> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (length > limit) throw tooLarge(limit);
  try {
    // HTTP holds a body to the length that it announces.
    if (!Number.isNaN(length)) return new Uint8Array(await request.arrayBuffer());
    const chunks: Uint8Array[] = [];
    let total = 0;
    for await (const chunk of request.body ?? []) {
      total += chunk.byteLength;
      if (total > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, total);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw unreadable('ended before it was whole', error);
  }
}

async function inflated(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  try {
    // Stops as soon as the limit is passed, however far a bomb would go.
    return await inflate(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw unreadable('is not valid gzip', error);
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw unreadable('is not valid JSON', error);
  }
}
