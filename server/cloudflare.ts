/** Cloudflare's Durable Objects, as its API tells of them. */
import type { Schemas } from './contract/index.ts';

type Told = Schemas['DurableObjects'];
type Namespace = NonNullable<Told['namespaces']>[number];

export interface CloudflareOptions {
  accountId: string;
  apiToken: string;
  /** Another address of the API: for tests. */
  baseURL?: string;
  /** Milliseconds that all of an answer may take. */
  timeoutMs?: number;
  /** Epoch milliseconds. */
  now?: () => number;
}

/** Milliseconds for which an answer is told again. */
const FRESH_MS = 30_000;

const NAMESPACES = 100;
/** Objects of a page, and of a namespace that are counted. */
const PAGE = 1_000;
const COUNTED = 10_000;
const SAMPLE = 100;
/** Namespaces that are asked about at once: the API allows 1,200 requests in 5 minutes. */
const PARALLEL = 4;

const NOT_CONFIGURED =
  'Set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN to see the Durable Objects.';

export class DurableObjects {
  readonly #options: CloudflareOptions | undefined;
  readonly #now: () => number;
  #last: { told: Promise<Told>; at: number } | undefined;

  /** @param options `undefined`: nothing is configured, and that is what is told */
  constructor(options: CloudflareOptions | undefined) {
    this.#options = options;
    this.#now = options?.now ?? Date.now;
  }

  /** What there is; asked again only after 30 seconds, however many want to know. */
  read(): Promise<Told> {
    const options = this.#options;
    if (!options) return Promise.resolve(untold(NOT_CONFIGURED));
    const now = this.#now();
    if (!this.#last || now - this.#last.at >= FRESH_MS) {
      this.#last = { told: this.#ask(options), at: now };
    }
    return this.#last.told;
  }

  async #ask(options: CloudflareOptions): Promise<Told> {
    const timeoutMs = options.timeoutMs ?? 10_000;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const client = await clientOf(options);
      const namespaces = await listNamespaces(client, options.accountId, signal);
      const listed = namespaces.slice(0, NAMESPACES);
      const unavailable: Told['unavailable'] = [];
      if (namespaces.length > NAMESPACES) {
        unavailable.push({ path: 'namespaces', reason: `Only ${NAMESPACES} are told.` });
      }
      const told = await inTurns(listed, (namespace, index) =>
        describe(client, options.accountId, namespace, signal).catch((error: unknown) => {
          const path = `namespaces.${index}.objects`;
          unavailable.push({ path, reason: whyNot(error, signal, timeoutMs) });
          return { ...namespace, objects: null, sample: [] };
        }),
      );
      const fetchedAt = new Date(this.#now()).toISOString();
      return { fetchedAt, namespaces: told, unavailable };
    } catch (error) {
      return untold(whyNot(error, signal, timeoutMs));
    }
  }
}

const untold = (reason: string): Told => ({
  fetchedAt: null,
  namespaces: null,
  unavailable: [{ path: 'namespaces', reason }],
});

/** Only what is asked for is loaded, and only where somebody asks. */
async function clientOf({
  accountId: _accountId,
  apiToken,
  baseURL,
  timeoutMs,
}: CloudflareOptions) {
  const { createClient } = await import('cloudflare/tree-shakable');
  const { Namespaces } = await import('cloudflare/resources/durable-objects/namespaces/namespaces');
  return createClient({
    resources: [Namespaces],
    apiToken,
    // What the environment holds for other programs is not for this one.
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    baseURL: baseURL ?? 'https://api.cloudflare.com/client/v4',
    timeout: timeoutMs ?? 10_000,
    maxRetries: 0,
    // It would write to the console, headers at its lowest level.
    logLevel: 'off',
    fetchOptions: { redirect: 'error' },
  });
}

type Client = Awaited<ReturnType<typeof clientOf>>;
type Listed = Omit<Namespace, 'objects' | 'sample'>;

async function listNamespaces(
  client: Client,
  accountId: string,
  signal: AbortSignal,
): Promise<Listed[]> {
  // The client asks for pages until one is empty: where the API knows none, it repeats itself.
  const namespaces = new Map<string, Listed>();
  const pages = client.durableObjects.namespaces.list(
    { account_id: accountId, per_page: NAMESPACES },
    { signal },
  );
  for await (const { id, name, class: className, script, use_sqlite: sqlite } of pages) {
    if (id === undefined) continue;
    if (namespaces.has(id)) break;
    namespaces.set(id, {
      id,
      name: name ?? null,
      className: className ?? null,
      script: script ?? null,
      sqlite: sqlite ?? null,
    });
    if (namespaces.size > NAMESPACES) break;
  }
  return [...namespaces.values()];
}

async function describe(
  client: Client,
  accountId: string,
  namespace: Listed,
  signal: AbortSignal,
): Promise<Namespace> {
  const objects = { count: 0, capped: false, withData: 0 };
  const sample: Namespace['sample'] = [];
  const query = { account_id: accountId, limit: PAGE };
  let cursor: string | undefined;
  do {
    const page = await client.durableObjects.namespaces.objects.list(
      namespace.id,
      cursor === undefined ? query : { ...query, cursor },
      { signal },
    );
    for (const { id, hasStoredData } of page.result) {
      objects.count += 1;
      if (hasStoredData === true) objects.withData += 1;
      if (id !== undefined && sample.length < SAMPLE) {
        sample.push({ id, hasStoredData: hasStoredData ?? null });
      }
    }
    const next = cursorAfter(page.result_info);
    // The same again would go on for ever.
    cursor = next === cursor || page.result.length === 0 ? undefined : next;
  } while (cursor !== undefined && objects.count < COUNTED);
  return { ...namespace, objects: { ...objects, capped: cursor !== undefined }, sample };
}

/** The API documents both places; its client looks into the first alone. */
function cursorAfter(info: object): string | undefined {
  const { cursors, cursor } = info as { cursors?: { after?: unknown }; cursor?: unknown };
  const next = cursors?.after ?? cursor;
  return typeof next === 'string' && next !== '' ? next : undefined;
}

async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}

/** Never what the client says: it may hold what was sent. */
function whyNot(error: unknown, signal: AbortSignal, timeoutMs: number): string {
  if (signal.aborted) return `Cloudflare did not answer within ${timeoutMs / 1000} s.`;
  const { status } = error as { status?: unknown };
  if (status === 401 || status === 403) return `Cloudflare refuses the token (${status}).`;
  if (status === 404) return 'Cloudflare knows no such account or namespace (404).';
  if (status === 429) return 'Cloudflare was asked too often (429).';
  if (typeof status === 'number') return `Cloudflare answers ${status}.`;
  return "Cloudflare can't be reached.";
}
