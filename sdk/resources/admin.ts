import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import { list, type ListOf } from '../core/pages.ts';
import type {
  AdminHealth,
  AdminResources,
  AdminSecurity,
  AdminSecurityQuery,
  AdminStats,
  AdminStatsQuery,
  AdminTelemetry,
  AdminTelemetryQuery,
  AuditQuery,
  CliSessionsQuery,
  DurableObjects,
  ErrorGroupsQuery,
  LoggedErrorDetail,
  LoggedErrorsQuery,
  RefusalsQuery,
  SecurityEventsQuery,
  UnusualEventsQuery,
} from '../types.ts';
import { Resource } from './resource.ts';

/** For operators of agents and of the service: users, sessions, errors, health, security. */
export class AdminResource extends Resource {
  /**
   * Summary figures of the dashboard: users, active sessions, today's executions, success rate, models
   * and errors. For admins and support.
   *
   * @example
   * const { users, success } = await cb.admin.stats({ timezone: 'Europe/Berlin' });
   */
  stats(query: AdminStatsQuery = {}, options: RequestOptions = {}): Call<AdminStats> {
    return this.core.call('get', '/api/admin/dashboard/stats', { params: { query } }, options);
  }

  /**
   * Health of every part, with reasons. For admins and sysops. The parts of the installation are `null`
   * outside the operator's workspace.
   *
   * @example
   * const { status, reasons } = await cb.admin.health();
   */
  health(options: RequestOptions = {}): Call<AdminHealth> {
    return this.core.call('get', '/api/admin/dashboard/health', {}, options);
  }

  /**
   * State transitions of coding agent sessions, and the states in which they drop off. For admins and
   * developers.
   *
   * @example
   * const { transitions, states } = await cb.admin.telemetry({ timeframe: '7d' });
   */
  telemetry(query: AdminTelemetryQuery = {}, options: RequestOptions = {}): Call<AdminTelemetry> {
    return this.core.call('get', '/api/admin/dashboard/telemetry', { params: { query } }, options);
  }

  /**
   * Coding agent sessions, newest first: await the list for a page, or iterate it for all of them. For
   * admins and developers.
   *
   * @example
   * for await (const { sessionId, state } of cb.admin.listSessions({ active: true })) print(sessionId, state);
   */
  listSessions(
    query: CliSessionsQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/admin/sessions'> {
    return list(this.core, '/api/admin/sessions', query, options);
  }

  /**
   * Errors, newest first, of the last hour unless a period is given. For admins and support, and without
   * messages for executives.
   *
   * @example
   * const { data } = await cb.admin.listErrors({ severity: 'critical', timeframe: '24h' });
   */
  listErrors(
    query: LoggedErrorsQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/admin/errors'> {
    return list(this.core, '/api/admin/errors', query, options);
  }

  /**
   * Errors grouped by type and message, most frequent first. For admins and support, and without patterns
   * for executives.
   *
   * @example
   * const { data, count } = await cb.admin.listErrorGroups({ timeframe: '7d' });
   */
  listErrorGroups(
    query: ErrorGroupsQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/admin/errors/groups'> {
    return list(this.core, '/api/admin/errors/groups', query, options);
  }

  /**
   * One error with its stack. For admins and support, and without message and stack for executives.
   *
   * @throws NotFoundError if it doesn't exist, or the token has no access to it.
   * @example
   * const { message, stack } = await cb.admin.getError(id);
   */
  getError(id: string, options: RequestOptions = {}): Call<LoggedErrorDetail> {
    return this.core.call('get', '/api/admin/errors/{id}', { params: { path: { id } } }, options);
  }

  /**
   * Cloudflare's Durable Objects by namespace, if the server has credentials. For admins and sysops of
   * the operator's workspace.
   *
   * @example
   * const { namespaces, unavailable } = await cb.admin.durableObjects();
   */
  durableObjects(options: RequestOptions = {}): Call<DurableObjects> {
    return this.core.call('get', '/api/admin/durable-objects', {}, options);
  }

  /**
   * Usage of the installation's database, files and queues. For admins and sysops of the operator's
   * workspace.
   *
   * @example
   * const { database, storage } = await cb.admin.resources();
   */
  resources(options: RequestOptions = {}): Call<AdminResources> {
    return this.core.call('get', '/api/admin/resources', {}, options);
  }

  /**
   * Refused logins and tokens, the last use of each key, and unusual activity. For admins.
   *
   * @example
   * const { failedLogins, keys, unusual } = await cb.admin.security({ timeframe: '7d' });
   */
  security(query: AdminSecurityQuery = {}, options: RequestOptions = {}): Call<AdminSecurity> {
    return this.core.call('get', '/api/admin/security', { params: { query } }, options);
  }

  /**
   * Refused logins and tokens, counted by reason, account or address, most frequent first. For admins.
   *
   * @example
   * for await (const { name, count } of cb.admin.listRefusals({ by: 'address' })) print(name, count);
   */
  listRefusals(
    query: RefusalsQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/admin/security/refusals'> {
    return list(this.core, '/api/admin/security/refusals', query, options);
  }

  /**
   * Refused logins and tokens, latest first. Identical ones within a minute are one entry. For admins.
   *
   * @example
   * const logins = await cb.admin.listSecurityEvents({ kind: 'login' }).toArray({ limit: 1000 });
   */
  listSecurityEvents(
    query: SecurityEventsQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/admin/security/events'> {
    return list(this.core, '/api/admin/security/events', query, options);
  }

  /**
   * Unusual logins and token usage, latest first. For admins.
   *
   * @example
   * for await (const { at, detail } of cb.admin.listUnusualEvents({ timeframe: '30d' })) print(at, detail);
   */
  listUnusualEvents(
    query: UnusualEventsQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/admin/security/unusual'> {
    return list(this.core, '/api/admin/security/unusual', query, options);
  }

  /**
   * The audit log, newest first. For admins.
   *
   * @example
   * const logins = await cb.admin.listAuditEntries({ action: 'auth.login' }).toArray({ limit: 100 });
   */
  listAuditEntries(
    query: AuditQuery = {},
    options: RequestOptions = {},
  ): ListOf<'/api/admin/audit'> {
    return list(this.core, '/api/admin/audit', query, options);
  }
}
