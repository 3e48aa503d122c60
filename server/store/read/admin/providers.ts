/** How the providers of models answer, by what telemetry tells of their calls. */
import type { Schemas } from '../../../contract/index.ts';
import { sql } from 'kysely';
import type { Store } from '../../database/database.ts';
import { isAmong, type Domains } from '../../rollups/windows.ts';
import { time } from '../../database/batch-columns.ts';
import { DAY, MINUTE } from '../../time/zones.ts';

export type ProviderHealth = Schemas['ProviderHealth'];

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
        select c.*, f.error_type, f.error_message, s.failing_since from (
          select provider, max(success_at) as success_at, max(error_at) as error_at
          from provider_calls where ${mine} group by provider
          order by greatest(max(success_at), max(error_at)) desc limit ${PROVIDERS}
        ) c left join lateral (
          select error_type, error_message from provider_calls
          where ${mine} and provider = c.provider and error_at = c.error_at
          order by error_key desc limit 1
        ) f on true left join lateral (
          select min(first.started_at) as failing_since
          from provider_calls p cross join lateral (
            select r.started_at from requests r
            where ${ws.of('r.workspace_id')} and r.domain = p.domain and r.provider = p.provider
              and r.error_type is not null
              and r.started_at > coalesce(c.success_at, '-infinity')
            order by r.started_at limit 1
          ) first
          where ${ws.of('p.workspace_id')} and ${isAmong(domains, 'p.domain')}
            and p.provider = c.provider
            and p.error_at > coalesce(c.success_at, '-infinity')
        ) s on c.error_at >= ${time(now - DAY)} order by c.provider`.execute(ws.tx);
      return rows.map((row) => ({
        name: row.provider,
        status: statusOf(
          {
            successAt: row.success_at?.getTime() ?? null,
            failingSince: row.failing_since?.getTime() ?? null,
            errorAt: row.error_at?.getTime() ?? null,
          },
          now,
        ),
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
  failing_since: Date | null;
}

/** How the calls of a provider went; epoch ms, `null` where there was none. */
export interface LastCalls {
  successAt: number | null;
  /** The first failure after the last success. */
  failingSince: number | null;
  errorAt: number | null;
}

/** `null`: nothing was heard of it for a day. */
export function statusOf(calls: LastCalls, now: number): ProviderHealth['status'] {
  const success = calls.successAt ?? -Infinity;
  const error = calls.errorAt ?? -Infinity;
  if (Math.max(success, error) < now - DAY) return null;
  if (error <= success) return 'healthy';
  return error - (calls.failingSince ?? error) > DOWN_MS ? 'down' : 'degraded';
}
