import { notFound, type Schemas } from '../contract/index.ts';
import { AuditStore } from '../store/audit/audit-log.ts';
import { DashboardStore } from '../store/read/admin/dashboard.ts';
import { ErrorStore } from '../store/read/admin/error-store.ts';
import { ProviderStore } from '../store/read/admin/providers.ts';
import { SecurityStore } from '../store/read/admin/security.ts';
import { CliSessionStore } from '../store/read/admin/telemetry.ts';
import type { Store } from '../store/database/database.ts';
import { isUnavailable } from '../store/database/errors.ts';
import { resolvePeriod, withData } from '../store/time/period.ts';
import { overall, type SystemHealth } from './admin/system-health.ts';
import type { ResourceReport } from './admin/resources.ts';
import { securityListHandlers } from './admin/security-lists.ts';
import { idCursor, isCount, isSafeText, timeCursor } from './cursor.ts';
import type { HandlersFor } from './handlers.ts';
import { answerList, LIMIT } from './lists.ts';
import { withPeriod } from './periods.ts';
import { inTime, Late } from '../monitoring/probing.ts';
import { domainsFor } from '../auth/scope.ts';

export interface AdminOptions {
  store: Store;
  system: SystemHealth;
  resources: ResourceReport;
  durableObjects: { read: () => Promise<Schemas['DurableObjects']> };
  /** Writes what was noted of refusals and uses, so that it is told. */
  flushWatch: () => Promise<void>;
  /** Epoch milliseconds. */
  now: () => number;
}

const sessionCursor = timeCursor('admin.listSessions');
const errorCursor = timeCursor('admin.listErrors');
const auditCursor = idCursor('admin.listAuditEntries');

export function adminHandlers(options: AdminOptions): HandlersFor<'admin'> {
  return {
    ...agentHandlers(options),
    ...serviceHandlers(options),
    ...securityListHandlers(options),
  };
}

type Handlers = HandlersFor<'admin'>;

/** What is told of agents and those who use them. */
function agentHandlers({
  store,
  now,
}: AdminOptions): Pick<
  Handlers,
  | 'admin.stats'
  | 'admin.telemetry'
  | 'admin.listSessions'
  | 'admin.listErrors'
  | 'admin.listErrorGroups'
  | 'admin.getError'
> {
  const dashboard = new DashboardStore(store);
  const sessions = new CliSessionStore(store);
  const errors = new ErrorStore(store);
  return {
    'admin.stats': async ({ caller, params: { query } }) => {
      const domains = domainsFor(caller, query.domain);
      const { timezone } = query;
      const body = await withPeriod(() =>
        dashboard.stats(caller.workspace.id, { domains, timezone, now: now() }),
      );
      return { status: 200, body };
    },

    'admin.telemetry': async ({ caller, params: { query } }) => {
      const domains = domainsFor(caller, query.domain);
      const body = await withPeriod(() =>
        sessions.telemetry(caller.workspace.id, { ...query, domains, now: now() }),
      );
      return { status: 200, body };
    },

    'admin.listSessions': async ({ caller, params: { query } }) => {
      const { state, active, client, user, cursor, limit = LIMIT } = query;
      const domains = domainsFor(caller, query.domain);
      const at = now();
      const period = await withPeriod(() => resolvePeriod(query, at, -Infinity));
      const { from, to } = withData(period, at);
      // What goes on is asked for whenever it began.
      const isOpen = active === true && query.from === undefined && query.timeframe === undefined;
      const span = {
        from: isOpen ? null : from,
        // One whose client's clock is a little ahead is there all the same.
        to: period.endsNow ? null : to,
      };
      const page = await sessions.list(
        caller.workspace.id,
        { domains, ...span, state, active, client, user },
        { from: sessionCursor.read(cursor), limit, now: at },
      );
      return { status: 200, body: { data: page.entries, ...sessionCursor.write(page) } };
    },

    'admin.listErrors': async ({ caller, params: { query } }) => {
      const { severity, type, group, cursor, limit = LIMIT } = query;
      const domains = domainsFor(caller, query.domain);
      const from = errorCursor.read(cursor);
      const page = await withPeriod(() =>
        errors.list(
          caller.workspace.id,
          { ...query, now: now() },
          { domains, severity, type, group },
          { from, limit },
        ),
      );
      return { status: 200, body: { data: page.entries, ...errorCursor.write(page) } };
    },

    'admin.listErrorGroups': async ({ caller, params: { query } }) => {
      const { severity } = query;
      const domains = domainsFor(caller, query.domain);
      return answerList('admin.listErrorGroups', [isCount, isSafeText], query, (asked) =>
        errors.groups(
          caller.workspace.id,
          { ...query, ...asked, now: now() },
          { domains, severity },
        ),
      );
    },

    'admin.getError': async ({ caller, params: { path } }) => {
      const error = await errors.get(caller.workspace.id, path.id, caller.domains);
      if (!error) throw notFound('There is no such error.');
      return { status: 200, body: error };
    },
  };
}

/** What is told of the service, and of who asks it. */
function serviceHandlers({
  store,
  system,
  resources,
  durableObjects,
  flushWatch,
  now,
}: AdminOptions): Pick<
  Handlers,
  | 'admin.health'
  | 'admin.durableObjects'
  | 'admin.resources'
  | 'admin.security'
  | 'admin.listAuditEntries'
> {
  const providers = new ProviderStore(store);
  const security = new SecurityStore(store);
  const audit = new AuditStore(store);
  return {
    'admin.health': async ({ caller }) => {
      const { id, operator } = caller.workspace;
      const [state, told] = await Promise.all([
        operator ? system.look(id) : null,
        inTime(() => providers.health(id, caller.domains, now())).catch((error: unknown) => {
          if (error instanceof Late || isUnavailable(error)) return null;
          throw error;
        }),
      ]);
      const parts = state?.parts ?? null;
      const checkedAt = state?.checkedAt ?? new Date(now()).toISOString();
      const reason = 'Available only in the workspace that runs the installation.';
      const unavailable = [
        ...(parts ? [] : [{ path: 'parts', reason }]),
        ...(told ? [] : [{ path: 'providers', reason: 'The database does not respond.' }]),
        ...(told ?? []).flatMap(({ status }, index) =>
          status === null
            ? [{ path: `providers.${index}.status`, reason: 'No call in the last 24 hours.' }]
            : [],
        ),
      ];
      const body = {
        ...overall(parts, told),
        ...{ checkedAt, parts, providers: told ?? [], unavailable },
      };
      return { status: 200, body };
    },

    'admin.durableObjects': async () => ({ status: 200, body: await durableObjects.read() }),

    'admin.resources': async () => ({ status: 200, body: await resources.read() }),

    'admin.security': async ({ caller, params: { query } }) => {
      const at = now();
      await flushWatch();
      const { id } = caller.workspace;
      const begin = query.timeframe === 'all' ? await security.begin(id) : null;
      const body = await withPeriod(() =>
        security.overview(id, resolvePeriod(query, at, begin ?? at), at),
      );
      return { status: 200, body };
    },

    'admin.listAuditEntries': async ({ caller, params: { query } }) => {
      const { action, actor, cursor, limit = LIMIT } = query;
      const position = auditCursor.read(cursor);
      const at = now();
      await flushWatch();
      const period = await withPeriod(() => resolvePeriod(query, at, -Infinity));
      const { from, to } = withData(period, at);
      // Written by another replica's clock, which may be a little ahead.
      const until = period.endsNow ? to + 60_000 : to;
      const page = await audit.list(
        caller.workspace.id,
        { from, to: until, action, actor },
        { from: position, limit },
      );
      return { status: 200, body: { data: page.entries, ...auditCursor.write(page) } };
    },
  };
}
