/** The one client for requests to other servers: probes, APIs, webhooks. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type AddressKind, type AddressRanges, kindOf } from './addresses.ts';
import { OutboundError } from './errors.ts';
import { send } from './send.ts';
import { hostOf, type Reach, readUrl } from './url.ts';

export interface OutboundOptions {
  /** Addresses that are not public and may be reached nevertheless. */
  allow?: AddressRanges | undefined;
  /** All addresses of a host; the operating system's unless given. */
  resolve?: (host: string) => Promise<readonly string[]>;
}

export interface OutboundRequest {
  /** What it is for, such as `webhook`: errors have it too, for the log. */
  purpose: string;
  /** Which addresses it may reach; `public` unless the operator has configured the URL. */
  reach?: Reach;
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array | undefined;
  /** Milliseconds that all of it may take. */
  timeoutMs?: number;
  /** Bytes that the answer's body may have; `null`: the body is not read. */
  maxBytes?: number | null;
  signal?: AbortSignal | undefined;
}

/** Milliseconds that all of a request, getting a connection, and waiting for headers may take. */
const TOTAL_MS = 15_000;
const CONNECT_MS = 5_000;
const HEADERS_MS = 10_000;

const MAX_BYTES = 1_048_576;

/** Addresses of one host that are looked at. */
const MAX_ADDRESSES = 32;

/** What the connection says by itself, and a caller may not. */
const OWN_HEADERS =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|content-length|upgrade|expect|proxy-.*)$/i;

/** Kinds of addresses in the operator's own networks. */
const OWN_NETWORKS: ReadonlySet<AddressKind> = new Set(['loopback', 'private', 'shared']);

const described: Record<Exclude<AddressKind, 'public'>, string> = {
  loopback: 'a loopback address',
  private: 'a private address',
  shared: 'a shared address (carrier-grade NAT)',
  'link-local': 'a link-local address',
  multicast: 'a multicast address',
  reserved: 'a reserved address',
};

/**
 * Follows no redirects, uses no proxy, sends no cookies, keeps no connection, and connects to no
 * other address than the one that was checked.
 */
export class Outbound {
  readonly #allow: AddressRanges | undefined;
  readonly #resolve: (host: string) => Promise<readonly string[]>;

  constructor({ allow, resolve = addressesOf }: OutboundOptions = {}) {
    this.#allow = allow;
    this.#resolve = resolve;
  }

  /**
   * Sends a request. A redirect is an answer like any other.
   * @throws OutboundError where it is refused or fails
   */
  async fetch(url: string, request: OutboundRequest): Promise<Response> {
    try {
      return await this.#fetch(url, request);
    } catch (error) {
      if (error instanceof OutboundError) error.purpose = request.purpose;
      throw error;
    }
  }

  async #fetch(url: string, request: OutboundRequest): Promise<Response> {
    const { timeoutMs = TOTAL_MS, reach = 'public', maxBytes = MAX_BYTES } = request;
    const target = readUrl(url, reach);
    const started = performance.now();
    const left = (ms: number): number =>
      Math.max(1, Math.ceil(Math.min(ms, timeoutMs) - (performance.now() - started)));
    const giving = new AbortController();
    const end = (error: OutboundError): void => giving.abort(error);
    const abandon = (): void => end(new OutboundError('aborted', 'The request was aborted.'));
    const timer = setTimeout(
      () => end(new OutboundError('timeout', `No response within ${timeoutMs / 1_000} s.`)),
      timeoutMs,
    );
    request.signal?.addEventListener('abort', abandon);
    if (request.signal?.aborted) abandon();
    try {
      const addresses = await this.#addresses(target, reach, giving.signal, left(CONNECT_MS));
      return await send({
        url: target,
        addresses,
        method: request.method ?? 'GET',
        headers: headersOf(request.headers ?? {}),
        body: request.body,
        connectMs: left(CONNECT_MS),
        headersMs: left(HEADERS_MS),
        maxBytes,
        signal: giving.signal,
      });
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', abandon);
    }
  }

  /**
   * Checks a URL as `fetch` does, without a request: for one that is to be kept. Its host may have
   * another address later, so `fetch` checks again.
   * @throws OutboundError
   */
  async check(url: string, { reach = 'public' }: { reach?: Reach } = {}): Promise<void> {
    const target = readUrl(url, reach);
    await this.#addresses(target, reach, new AbortController().signal, CONNECT_MS);
  }

  /** A function like the global `fetch`, for libraries that take one. */
  fetchFor(given: Omit<OutboundRequest, 'method' | 'headers' | 'body' | 'signal'>): typeof fetch {
    return async (input, init = {}) => {
      const { method, body, redirect, signal } = init;
      if (input instanceof Request || (body != null && typeof body !== 'string')) {
        throw new TypeError('Takes a URL, and a body of text alone.');
      }
      const response = await this.fetch(String(input), {
        ...given,
        ...(method !== undefined && { method }),
        headers: Object.fromEntries(new Headers(init.headers)),
        body: body ?? undefined,
        signal: signal ?? undefined,
      });
      const isRedirect = response.status >= 300 && response.status < 400;
      if (isRedirect && redirect === 'error') {
        throw new OutboundError('protocol', 'Redirects are not followed.');
      }
      return response;
    };
  }

  /** The addresses of a host, all of which may be reached. @throws OutboundError */
  async #addresses(
    url: URL,
    reach: Reach,
    signal: AbortSignal,
    ms: number,
  ): Promise<readonly string[]> {
    const host = hostOf(url);
    const isLiteral = isIP(host) !== 0;
    const found = isLiteral ? [host] : await inTime(this.#resolve(host), host, signal, ms);
    const addresses = found.slice(0, MAX_ADDRESSES);
    if (addresses.length === 0) throw unresolved(host);
    for (const address of addresses) {
      const kind = kindOf(address);
      const isOwn = reach === 'own-networks' && OWN_NETWORKS.has(kind);
      if (kind === 'public' || isOwn || this.#allow?.has(address)) continue;
      const what = `${host} is at ${described[kind]}, which outbound requests can't reach.`;
      const way = 'The operator can allow it with OUTBOUND_ALLOW.';
      throw new OutboundError('address', `${what} ${way}`, { address });
    }
    return addresses;
  }
}

async function addressesOf(host: string): Promise<string[]> {
  // Some resolvers don't know it with its dot.
  const name = host === 'localhost.' ? 'localhost' : host;
  const found = await lookup(name, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
}

/** Waits no longer for DNS than it may; the operating system's resolver can't be stopped. */
async function inTime(
  resolving: Promise<readonly string[]>,
  host: string,
  signal: AbortSignal,
  ms: number,
): Promise<readonly string[]> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new OutboundError('timeout', `No address of ${host} within ${ms / 1_000} s.`)),
    ms,
  );
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  const resolved = resolving.catch((cause: unknown) => {
    throw unresolved(host, cause);
  });
  try {
    return await Promise.race([resolved, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

function unresolved(host: string, cause?: unknown): OutboundError {
  const { code } = (cause ?? {}) as { code?: unknown };
  const name = typeof code === 'string' ? code : undefined;
  const why = name === undefined ? '' : ` (${name})`;
  return new OutboundError('unresolved', `${host} has no address${why}.`, { code: name, cause });
}

function headersOf(given: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(given).filter(([name]) => !OWN_HEADERS.test(name));
  return {
    accept: '*/*',
    ...Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), value])),
    // Plain: a compressed answer may be small and still fill the memory.
    'accept-encoding': 'identity',
    'user-agent': 'CloudBrain',
  };
}
