/** Cloudflare's Durable Objects, as its API tells of them. */
import type { Schemas } from '../contract/index.ts';
import type { Outbound } from '../outbound/outbound.ts';

type DurableObjectsAnswer = Schemas['DurableObjects'];
type Namespace = NonNullable<DurableObjectsAnswer['namespaces']>[number];

export interface CloudflareOptions {
  accountId: string;
  apiToken: string;
  outbound: Pick<Outbound, 'fetchFor'>;
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
/** Bytes that a page may have: an object takes about 100. */
const PAGE_BYTES = 4_194_304;
/** Pages of a reading, so that all of 5 minutes stay below the 1,200 that the API allows. */
const NAMESPACE_PAGES = 10;
const OBJECT_PAGES = 100;
/** Namespaces that are asked about at once. */
const PARALLEL = 4;

const NOT_CONFIGURED =
  'Set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN to see the Durable Objects.';

export class DurableObjects {
  readonly #options: CloudflareOptions | undefined;
  readonly #now: () => number;
  #last: { told: Promise<DurableObjectsAnswer>; at: number } | undefined;

  /** @param options `undefined`: nothing is configured, and that is what is told */
  constructor(options: CloudflareOptions | undefined) {
    this.#options = options;
    this.#now = options?.now ?? Date.now;
  }

  /** What there is; asked again only after 30 seconds, however many want to know. */
  read(): Promise<DurableObjectsAnswer> {
    const options = this.#options;
    if (!options) return Promise.resolve(unavailableAnswer(NOT_CONFIGURED));
    const now = this.#now();
    if (!this.#last || now - this.#last.at >= FRESH_MS) {
      this.#last = { told: this.#ask(options), at: now };
    }
    return this.#last.told;
  }

  async #ask(options: CloudflareOptions): Promise<DurableObjectsAnswer> {
    const timeoutMs = options.timeoutMs ?? 10_000;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const client = await clientOf(options);
      const { listed, hasMore } = await listNamespaces(client, options.accountId, signal);
      const unavailable: DurableObjectsAnswer['unavailable'] = [];
      if (hasMore) {
        unavailable.push({ path: 'namespaces', reason: `Only ${listed.length} are listed.` });
      }
      const counts = await countObjects(client, options.accountId, listed, signal);
      const namespaces = counts.map(({ namespace, objects, sample, next, error }, index) => {
        if (error === undefined) {
          return { ...namespace, objects: { ...objects, capped: next !== null }, sample };
        }
        const path = `namespaces.${index}.objects`;
        unavailable.push({ path, reason: whyNot(error, signal, timeoutMs) });
        return { ...namespace, objects: null, sample: [] };
      });
      const fetchedAt = new Date(this.#now()).toISOString();
      return { fetchedAt, namespaces, unavailable };
    } catch (error) {
      return unavailableAnswer(whyNot(error, signal, timeoutMs));
    }
  }
}

const unavailableAnswer = (reason: string): DurableObjectsAnswer => ({
  fetchedAt: null,
  namespaces: null,
  unavailable: [{ path: 'namespaces', reason }],
});

/** Only what is asked for is loaded, and only where somebody asks. */
async function clientOf({
  accountId: _accountId,
  apiToken,
  outbound,
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
    fetch: outbound.fetchFor({ purpose: 'cloudflare', maxBytes: PAGE_BYTES }),
    fetchOptions: { redirect: 'error' },
  });
}

type Client = Awaited<ReturnType<typeof clientOf>>;
type Listed = Omit<Namespace, 'objects' | 'sample'>;

/** As many as are told, and whether there are others. */
async function listNamespaces(
  client: Client,
  accountId: string,
  signal: AbortSignal,
): Promise<{ listed: Listed[]; hasMore: boolean }> {
  const found = new Map<string, Listed>();
  const query = { account_id: accountId, per_page: NAMESPACES };
  let isLast = false;
  for (let page = 1; page <= NAMESPACE_PAGES && found.size <= NAMESPACES && !isLast; page++) {
    const { durableObjects } = client;
    const asked = durableObjects.namespaces.list({ ...query, page }, { signal });
    const { items } = await pageOf(asked);
    const fresh = items.filter(({ id }) => typeof id === 'string' && !found.has(id));
    // Where the API knows no pages, it repeats itself.
    isLast = fresh.length === 0;
    for (const { id, name, class: className, script, use_sqlite: sqlite } of fresh) {
      found.set(id as string, {
        id: id as string,
        name: textOrNull(name),
        className: textOrNull(className),
        script: textOrNull(script),
        sqlite: booleanOrNull(sqlite),
      });
    }
  }
  const hasMore = !isLast || found.size > NAMESPACES;
  return { listed: [...found.values()].slice(0, NAMESPACES), hasMore };
}

/** What was counted of a namespace. */
interface ObjectCount {
  namespace: Listed;
  objects: { count: number; withData: number };
  sample: Namespace['sample'];
  /** Where the next page begins, empty for the first; `null`: all of them are counted. */
  next: string | null;
  /** Why it can't be told. */
  error?: unknown;
}

/**
 * Counts page by page, one of each namespace in turn, for as long as there are pages to ask for.
 * After a refusal to answer so often nothing more is asked.
 */
async function countObjects(
  client: Client,
  accountId: string,
  namespaces: readonly Listed[],
  signal: AbortSignal,
): Promise<ObjectCount[]> {
  const counts = namespaces.map((namespace): ObjectCount => {
    const objects = { count: 0, withData: 0 };
    return { namespace, objects, sample: [], next: '' };
  });
  let refusal: unknown;
  let left = OBJECT_PAGES;
  let open = counts;
  while (open.length > 0 && left > 0 && refusal === undefined) {
    const round = open.slice(0, left);
    left -= round.length;
    await inTurns(round, async (count) => {
      if (refusal !== undefined) return;
      await countPage(client, accountId, count, signal).catch((error: unknown) => {
        count.error = error;
        if (statusOf(error) === 429) refusal = error;
      });
    });
    open = round.filter(
      ({ next, error, objects }) => next !== null && !error && objects.count < COUNTED,
    );
  }
  for (const count of counts) if (count.next === '') count.error ??= refusal;
  return counts;
}

async function countPage(
  client: Client,
  accountId: string,
  count: ObjectCount,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, objects, sample, next } = count;
  const query = { account_id: accountId, limit: PAGE, ...(next && { cursor: next }) };
  const asked = client.durableObjects.namespaces.objects.list(namespace.id, query, { signal });
  const { items, info } = await pageOf(asked);
  for (const { id, hasStoredData } of items) {
    objects.count += 1;
    if (hasStoredData === true) objects.withData += 1;
    if (typeof id === 'string' && sample.length < SAMPLE) {
      sample.push({ id, hasStoredData: booleanOrNull(hasStoredData) });
    }
  }
  const following = cursorAfter(info);
  // The same again would go on for ever.
  count.next = following === next || items.length === 0 ? null : following;
}

/** An answer that is none of the API's: some proxy's page, or a refusal with a good status. */
class NotUnderstood extends Error {}

type Item = Record<string, unknown>;

/**
 * What a page holds. The client takes anything for an empty one.
 * @throws NotUnderstood
 */
async function pageOf(asked: {
  asResponse: () => Promise<Response>;
}): Promise<{ items: Item[]; info: unknown }> {
  const text = await (await asked.asResponse()).text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new NotUnderstood();
  }
  const { success, result, result_info: info } = isItem(body) ? body : {};
  if (success !== true || !Array.isArray(result) || !result.every(isItem)) {
    throw new NotUnderstood();
  }
  return { items: result, info };
}

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null;
const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);
const booleanOrNull = (value: unknown) => (typeof value === 'boolean' ? value : null);

/** The API documents both places. */
function cursorAfter(info: unknown): string | null {
  const { cursors, cursor } = isItem(info) ? info : {};
  const next = (isItem(cursors) ? cursors.after : undefined) ?? cursor;
  return typeof next === 'string' && next !== '' ? next : null;
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

const statusOf = (error: unknown): unknown => (isItem(error) ? error.status : undefined);

/** Never what the client says: it may hold what was sent. */
function whyNot(error: unknown, signal: AbortSignal, timeoutMs: number): string {
  if (error instanceof NotUnderstood) return "Cloudflare's response could not be parsed.";
  const status = statusOf(error);
  if (status === 429) return "Cloudflare's rate limit was exceeded (429).";
  if (signal.aborted) return `Cloudflare did not respond within ${timeoutMs / 1000} s.`;
  if (status === 401 || status === 403) return `Cloudflare rejected the token (${status}).`;
  if (status === 404) return 'Cloudflare has no such account or namespace (404).';
  if (typeof status === 'number') return `Cloudflare responded with ${status}.`;
  return "Cloudflare can't be reached.";
}
