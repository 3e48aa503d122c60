import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import { list, type PagePromise } from '../core/pages.ts';
import type {
  AdminHealth,
  AdminResources,
  AdminSecurity,
  AdminSecurityQuery,
  AdminStats,
  AdminStatsQuery,
  AdminTelemetry,
  AdminTelemetryQuery,
  AuditEntry,
  AuditQuery,
  CliSession,
  CliSessionsQuery,
  DurableObjects,
  ErrorGroups,
  ErrorGroupsQuery,
  LoggedError,
  LoggedErrorDetail,
  LoggedErrorsQuery,
} from '../types.ts';
import { Resource } from './resource.ts';

/** For operators of agents and of the service: users, sessions, errors, health, security. */
export class AdminResource extends Resource {
  /**
   * The numbers at the top of the dashboard: users, active sessions, executions of today, success
   * rate, models and errors. For admins and support.
   *
   * @example
   * const { users, success } = await cb.admin.stats({ timezone: 'Europe/Berlin' });
   */
  stats(query: AdminStatsQuery = {}, options: RequestOptions = {}): Call<AdminStats> {
    return this.core.call('get', '/api/admin/dashboard/stats', { params: { query } }, options);
  }

  /**
   * Whether every part works, and what does not. For admins and sysops; the installation's parts
   * are `null` but for the workspace that runs it.
   *
   * @example
   * const { status, reasons } = await cb.admin.health();
   */
  health(options: RequestOptions = {}): Call<AdminHealth> {
    return this.core.call('get', '/api/admin/dashboard/health', {}, options);
  }

  /**
   * How the sessions of command lines go from state to state, and where they drop off. For admins
   * and developers.
   *
   * @example
   * const { transitions, states } = await cb.admin.telemetry({ timeframe: '7d' });
   */
  telemetry(query: AdminTelemetryQuery = {}, options: RequestOptions = {}): Call<AdminTelemetry> {
    return this.core.call('get', '/api/admin/dashboard/telemetry', { params: { query } }, options);
  }

  /**
   * Sessions of command lines, newest first: await it for a page, iterate it for all. For admins
   * and developers.
   *
   * @example
   * for await (const { sessionId, state } of cb.admin.sessions({ active: true })) print(sessionId, state);
   */
  sessions(query: CliSessionsQuery = {}, options: RequestOptions = {}): PagePromise<CliSession> {
    return list(this.core, '/api/admin/sessions', query, options);
  }

  /**
   * Errors, newest first; of the last hour where no period is given. For admins and support, and without
   * messages for executives.
   *
   * @example
   * const { data } = await cb.admin.listErrors({ severity: 'critical', timeframe: '24h' });
   */
  listErrors(
    query: LoggedErrorsQuery = {},
    options: RequestOptions = {},
  ): PagePromise<LoggedError> {
    return list(this.core, '/api/admin/errors', query, options);
  }

  /**
   * Errors by type and message, the most frequent first. For admins and support, and without patterns
   * for executives.
   *
   * @example
   * const { groups } = await cb.admin.errorGroups({ timeframe: '7d' });
   */
  errorGroups(query: ErrorGroupsQuery = {}, options: RequestOptions = {}): Call<ErrorGroups> {
    return this.core.call('get', '/api/admin/errors/groups', { params: { query } }, options);
  }

  /**
   * One error with its stack. For admins and support, and without message and stack for executives.
   *
   * @throws NotFoundError where there is none, or none that the token may see.
   * @example
   * const { message, stack } = await cb.admin.getError(id);
   */
  getError(id: string, options: RequestOptions = {}): Call<LoggedErrorDetail> {
    return this.core.call('get', '/api/admin/errors/{id}', { params: { path: { id } } }, options);
  }

  /**
   * Cloudflare's Durable Objects by namespace, where the server has credentials. For admins and
   * sysops of the workspace that runs the installation.
   *
   * @example
   * const { namespaces, unavailable } = await cb.admin.durableObjects();
   */
  durableObjects(options: RequestOptions = {}): Call<DurableObjects> {
    return this.core.call('get', '/api/admin/durable-objects', {}, options);
  }

  /**
   * What the installation uses: database, files, queues. For admins and sysops of the workspace
   * that runs it.
   *
   * @example
   * const { database, storage } = await cb.admin.resources();
   */
  resources(options: RequestOptions = {}): Call<AdminResources> {
    return this.core.call('get', '/api/admin/resources', {}, options);
  }

  /**
   * Refused logins and tokens, the last use of each key, and what is unusual. For admins.
   *
   * @example
   * const { failedLogins, keys, unusual } = await cb.admin.security({ timeframe: '7d' });
   */
  security(query: AdminSecurityQuery = {}, options: RequestOptions = {}): Call<AdminSecurity> {
    return this.core.call('get', '/api/admin/security', { params: { query } }, options);
  }

  /**
   * Who did what, newest first. For admins.
   *
   * @example
   * const logins = await cb.admin.audit({ action: 'auth.login' }).toArray({ limit: 100 });
   */
  audit(query: AuditQuery = {}, options: RequestOptions = {}): PagePromise<AuditEntry> {
    return list(this.core, '/api/admin/audit', query, options);
  }
}
