/** One request over one connection of its own, to addresses that have been checked. */
import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { OutboundError } from './errors.ts';
import { hostOf, portOf } from './url.ts';

export interface Sending {
  url: URL;
  /** What the host resolves to; the connection goes to one of them. */
  addresses: readonly string[];
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | undefined;
  /** Milliseconds from here until the headers of the answer are there. */
  headersMs: number;
  /** Milliseconds from here until there is a connection. */
  connectMs: number;
  /** Bytes of the answer's body; `null`: the body is not read. */
  maxBytes: number | null;
  /** Aborts with an `OutboundError` as its reason. */
  signal: AbortSignal;
}

/** Bytes that the headers of an answer may have. */
const MAX_HEADER_BYTES = 16_384;

// Agents of our own: the global ones may be told by the environment to use a proxy.
const agents = {
  http: new HttpAgent({ keepAlive: false }),
  https: new HttpsAgent({ keepAlive: false }),
};

/** @throws OutboundError */
export async function send(sending: Sending): Promise<Response> {
  const { url, body, maxBytes, signal } = sending;
  signal.throwIfAborted();
  const request = requestOf(sending);
  const { promise: answered, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const giveUp = (error: Error): void => {
    reject(error);
    request.destroy();
  };
  const late = (ms: number, what: string) =>
    setTimeout(() => giveUp(new OutboundError('timeout', `${what} within ${ms / 1_000} s.`)), ms);
  const connecting = late(sending.connectMs, 'No connection');
  const waiting = late(sending.headersMs, 'No answer');
  const abort = (): void => giveUp(signal.reason as Error);
  signal.addEventListener('abort', abort);
  request.on('response', resolve);
  request.on('error', (error) => reject(faultOf(error)));
  // The answer to a question that was not asked; unheard, Node would end the connection silently.
  request.on('upgrade', (_response, socket) => {
    socket.destroy();
    reject(new OutboundError('protocol', 'The server wants to switch to another protocol.'));
  });
  request.on('socket', (socket) => {
    const connected = url.protocol === 'https:' ? 'secureConnect' : 'connect';
    socket.once(connected, () => clearTimeout(connecting));
  });
  try {
    request.end(body);
    const response = await answered;
    clearTimeout(waiting);
    const bytes = maxBytes === null ? null : await read(response, maxBytes);
    signal.throwIfAborted();
    return toResponse(response, bytes);
  } catch (error) {
    // What breaks while the body is read breaks because of this, where it was given up.
    if (signal.aborted) throw signal.reason as Error;
    throw error instanceof OutboundError ? error : faultOf(error as Error);
  } finally {
    clearTimeout(connecting);
    clearTimeout(waiting);
    signal.removeEventListener('abort', abort);
    request.destroy();
  }
}

/** @throws OutboundError where a header can't be written */
function requestOf({ url, addresses, method, headers }: Sending): ClientRequest {
  const host = hostOf(url);
  const isSecure = url.protocol === 'https:';
  try {
    return (isSecure ? httpsRequest : httpRequest)({
      agent: isSecure ? agents.https : agents.http,
      host,
      port: portOf(url),
      path: `${url.pathname}${url.search}`,
      method,
      headers: { ...headers, host: url.host },
      lookup: answering(addresses),
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
      ...(isSecure && { servername: isIP(host) === 0 ? host : '', rejectUnauthorized: true }),
    });
  } catch (error) {
    throw faultOf(error as Error);
  }
}

/** Resolves every name to what has been checked: no second question, no other answer. */
function answering(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, { all: wantsAll }, callback) => {
    const [first = { address: '', family: 0 }] = all;
    if (wantsAll) callback(null, all);
    else callback(null, first.address, first.family);
  };
}

async function read(response: IncomingMessage, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = (): OutboundError =>
    new OutboundError('too-large', `The response has more than ${maxBytes} bytes.`);
  if (Number(response.headers['content-length']) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers to which the constructor gives no body. */
const WITHOUT_BODY = new Set([204, 205, 304]);

function toResponse(response: IncomingMessage, bytes: Buffer<ArrayBuffer> | null): Response {
  const { statusCode: status = 0, headersDistinct } = response;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  if (status < 200 || status > 599) {
    throw new OutboundError('protocol', `The response has the status ${status}.`);
  }
  return new Response(WITHOUT_BODY.has(status) ? null : bytes, { status, headers });
}

/** Node's names for what a certificate may lack. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;

function faultOf(cause: Error): OutboundError {
  const { code } = cause as { code?: unknown };
  const name = typeof code === 'string' ? code : undefined;
  const details = { code: name, cause };
  const why = name === undefined ? '' : ` (${name})`;
  if (name?.startsWith('HPE_')) {
    return new OutboundError('protocol', `The response is not HTTP${why}.`, details);
  }
  if (name !== undefined && CERTIFICATE.test(name)) {
    return new OutboundError('certificate', `The certificate is not valid${why}.`, details);
  }
  if (name?.startsWith('ERR_INVALID') || name === 'ERR_UNESCAPED_CHARACTERS') {
    return new OutboundError('url', `The request can't be written${why}.`, details);
  }
  return new OutboundError('unreachable', `The server can't be reached${why}.`, details);
}
