/** Brings the rows of `requests` in line with what the touched scopes tell now. */
import { hash } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { plainUsd } from '../rollups/money.ts';
import type { RequestRecord } from '../../model/request.ts';
import type { Usage } from '../../model/usage.ts';
import type { ConversationLink } from '../database/schema/conversations.ts';
import type { RequestTable } from '../database/schema/telemetry.ts';
import type { CountedRequest } from '../rollups/counted.ts';
import { bucketOf } from '../rollups/sketch.ts';
import { cleanName, UNKNOWN } from '../database/clean.ts';
import type { Price } from './derivation.ts';

/** A request as it is to be stored; it is priced when it is compared with what is. */
export interface NewRequest extends CountedRequest {
  scope: string;
  digest: string;
  executionId: string | null;
  record: RequestRecord;
}

/** A request as it is stored. */
export interface StoredRequest extends CountedRequest {
  scope: string | null;
  digest: string;
}

export interface RequestChanges {
  removed: StoredRequest[];
  added: NewRequest[];
  /** Those that are as they were, but in another conversation or branch. */
  moved: { before: StoredRequest; after: StoredRequest }[];
}

export function newRequest(
  record: RequestRecord,
  scope: string,
  executionId: string | null,
  tied: { conversation: string | null; link: ConversationLink; branch: string | null },
): NewRequest {
  const usage = knownUsage(record.usage);
  const latencyMs = durationOrNull(record.latencyMs);
  const firstTokenMs = durationOrNull(record.timeToFirstTokenMs);
  const request = {
    key: cleanName(record.key),
    startedAt: Math.trunc(record.startedAt),
    domain: cleanName(record.domain) || UNKNOWN,
    model: cleanName(record.model) || UNKNOWN,
    provider: record.provider,
    user: record.user,
    ...tied,
    agent: nameOrNull(record.agent),
    team: nameOrNull(record.team),
    failed: record.error !== null,
    errorType: record.error === null ? null : cleanName(record.error.type) || UNKNOWN,
    latencyMs,
    latencyBucket: latencyMs === null ? null : bucketOf(latencyMs),
    firstTokenBucket: firstTokenMs === null ? null : bucketOf(firstTokenMs),
    usage,
    costUsd: null,
    priceVersion: null,
  };
  const digest = digestOf([record, executionId]);
  return { ...request, scope, digest, executionId, record: { ...record, latencyMs } };
}

/** A short text that stands for `value`: the same where nothing of it has changed. */
export function digestOf(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'base64url').slice(0, 22);
}

function nameOrNull(name: string | null): string | null {
  return name === null ? null : cleanName(name) || null;
}

/** Milliseconds; `null` where they are none. */
export function durationOrNull(ms: number | null): number | null {
  return ms !== null && Number.isFinite(ms) && ms >= 0 ? ms : null;
}

function knownUsage(usage: Usage | null): Usage | null {
  if (usage === null) return null;
  const { uncachedInput, cacheRead, cacheWrite, output, reasoning } = usage;
  const told = [uncachedInput, cacheRead, cacheWrite, output, reasoning];
  return told.every((count) => count === null) ? null : usage;
}

/**
 * What has to go and what has to come. A request is priced once: its price stays for as long as
 * what it is the price of, so that history does not shift with the price list.
 */
export function compareRequests(
  stored: readonly StoredRequest[],
  wanted: readonly NewRequest[],
  priceOf: (request: RequestRecord) => Price,
): Omit<RequestChanges, 'moved'> {
  const byKey = new Map(stored.map((request) => [request.key, request]));
  const added: NewRequest[] = [];
  for (const request of wanted) {
    const before = byKey.get(request.key);
    const price = before && costsTheSame(before, request) ? before : priceOf(request.record);
    request.costUsd = price.costUsd === null ? null : plainUsd(price.costUsd);
    request.priceVersion = price.priceVersion;
    if (
      before?.digest === request.digest &&
      before.scope === request.scope &&
      isTiedAs(before, request)
    ) {
      byKey.delete(request.key);
    } else {
      added.push(request);
    }
  }
  return { removed: [...byKey.values()], added };
}

const isTiedAs = (a: CountedRequest, b: CountedRequest): boolean =>
  a.conversation === b.conversation && a.link === b.link && a.branch === b.branch;

function costsTheSame(a: CountedRequest, b: CountedRequest): boolean {
  return (
    a.model === b.model &&
    a.provider === b.provider &&
    JSON.stringify(usageParts(a.usage)) === JSON.stringify(usageParts(b.usage))
  );
}

const usageParts = (usage: Usage | null): (number | null)[] | null =>
  usage && [usage.uncachedInput, usage.cacheRead, usage.cacheWrite, usage.output, usage.reasoning];

export async function loadRequests(
  ws: WorkspaceTx,
  scopes: readonly string[],
): Promise<StoredRequest[]> {
  if (scopes.length === 0) return [];
  const { rows } = await sql<Selectable<RequestTable>>`
    select ${storedColumns} from requests
    where ${ws.of()} and scope = any(${scopes}::text[])`.execute(ws.tx);
  return rows.map(fromRow);
}

/** What `fromRow` reads. */
export const storedColumns = sql.raw(`key, scope, digest, started_at, domain, model, provider,
  user_id, conversation, link, branch, agent, team, error_type, latency_ms, latency_bucket,
  first_token_bucket, uncached_input,
  cache_read, cache_write, output, reasoning, cost_usd, price_version`);

export function fromRow(row: Selectable<RequestTable>): StoredRequest {
  return {
    key: row.key,
    scope: row.scope,
    digest: row.digest,
    startedAt: row.started_at.getTime(),
    domain: row.domain,
    model: row.model,
    provider: row.provider,
    user: row.user_id,
    conversation: row.conversation,
    link: row.link,
    branch: row.branch,
    agent: row.agent,
    team: row.team,
    failed: row.error_type !== null,
    errorType: row.error_type,
    latencyMs: row.latency_ms,
    latencyBucket: row.latency_bucket,
    firstTokenBucket: row.first_token_bucket,
    usage: knownUsage({
      uncachedInput: row.uncached_input,
      cacheRead: row.cache_read,
      cacheWrite: row.cache_write,
      output: row.output,
      reasoning: row.reasoning,
    }),
    costUsd: row.cost_usd,
    priceVersion: row.price_version,
  };
}
