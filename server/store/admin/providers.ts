/** How the providers of models answer, by what telemetry tells of their calls. */
import { sql } from 'kysely';
import type { Store } from '../database.ts';
import type { ErrorInfo } from '../records.ts';
import { isAmong, type Domains } from '../stats/pieces.ts';
import { DAY, MINUTE } from '../zones.ts';

export interface ProviderHealth {
  name: string;
  status: 'healthy' | 'degraded' | 'down' | null;
  lastSuccessAt: string | null;
  lastErrorAt: string | null;
  lastError: ErrorInfo | null;
}

/** Calls that fail for longer than this are no hiccup. */
const DOWN_MS = 5 * MINUTE;

const PROVIDERS = 100;

export class ProviderStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @param now epoch ms */
  health(workspaceId: string, domains: Domains, now: number): Promise<ProviderHealth[]> {
    return this.#store.inSnapshot(workspaceId, async (ws) => {
      const mine = sql`${ws.of()} and ${isAmong(domains)}`;
      const { rows } = await sql<Row>`
        select c.*, f.error_type, f.error_message from (
          select provider, max(success_at) as success_at, max(error_at) as error_at
          from provider_calls where ${mine} group by provider
          order by greatest(max(success_at), max(error_at)) desc limit ${PROVIDERS}
        ) c left join lateral (
          select error_type, error_message from provider_calls
          where ${mine} and provider = c.provider and error_at = c.error_at
          order by error_key desc limit 1
        ) f on true order by c.provider`.execute(ws.tx);
      return rows.map((row) => ({
        name: row.provider,
        status: statusOf(row.success_at?.getTime(), row.error_at?.getTime(), now),
        lastSuccessAt: row.success_at?.toISOString() ?? null,
        lastErrorAt: row.error_at?.toISOString() ?? null,
        lastError:
          row.error_at === null
            ? null
            : { type: row.error_type ?? 'error', message: row.error_message },
      }));
    });
  }
}

interface Row {
  provider: string;
  success_at: Date | null;
  error_at: Date | null;
  error_type: string | null;
  error_message: string | null;
}

/** `null`: nothing was heard of it for a day. */
export function statusOf(
  successAt: number | undefined,
  errorAt: number | undefined,
  now: number,
): ProviderHealth['status'] {
  const success = successAt ?? -Infinity;
  const error = errorAt ?? -Infinity;
  if (Math.max(success, error) < now - DAY) return null;
  if (error <= success) return 'healthy';
  return error - success > DOWN_MS ? 'down' : 'degraded';
}
