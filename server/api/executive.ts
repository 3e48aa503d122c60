import { unavailable, unprocessable, type Schemas } from '../contract/index.ts';
import { BusyError, DocumentError, type PdfRenderer } from '../reports/renderer.ts';
import { appendAudit } from '../store/audit/audit.ts';
import { offsetAt } from '../store/time/zones.ts';
import type { Store } from '../store/database/database.ts';
import type { ExecutiveStore } from '../store/read/executive.ts';
import type { ApiCaller } from '../auth/caller.ts';
import { csvRows } from './csv.ts';
import { executiveTable } from './executive-table.ts';
import type { ApiRequest, HandlersFor } from './handlers.ts';
import { withPeriod } from './periods.ts';
import { domainsFor } from '../auth/scope.ts';
import { actorOf } from '../auth/security-events.ts';

export interface ExecutiveOptions {
  store: ExecutiveStore;
  /** Where exports are written down. */
  audit: Store;
  pdf: Pick<PdfRenderer, 'render'>;
  /** Called with what keeps a document from being made. */
  onError: (error: unknown) => void;
  /** Epoch milliseconds. */
  now: () => number;
}

type Overview = Schemas['ExecutiveOverview'];
type Asked = Pick<ApiRequest<'executive.overview' | 'executive.export'>, 'caller' | 'params'>;

/** The date of a period's last moment, by the clock of its time zone: `2026-11-22`. */
function lastDayOf({ to, timezone }: Overview['period']): string {
  const last = Date.parse(to) - 1;
  return new Date(last + offsetAt(timezone, last)).toISOString().slice(0, 10);
}

export function executiveHandlers(options: ExecutiveOptions): HandlersFor<'executive'> {
  const { store, audit, pdf, onError, now } = options;

  const overview = ({ caller, params: { query } }: Asked): Promise<Overview> => {
    const { timeframe = '7d', timezone } = query;
    const domains = domainsFor(caller, query.domain);
    const question = { timeframe, timezone, domains, now: now() };
    return withPeriod(() => store.overview(caller.workspace.id, question));
  };

  /** Before the file is handed out: what can't be written down is not exported. */
  const writeDown = (
    caller: ApiCaller,
    ip: string,
    details: Record<string, unknown>,
  ): Promise<void> =>
    audit.inWorkspace(caller.workspace.id, (ws) => {
      const entry = { actor: actorOf(caller), action: 'executive.export', details, ip };
      return appendAudit(ws, entry, now());
    });

  return {
    'executive.overview': async (request) => ({ status: 200, body: await overview(request) }),

    'executive.export': async (request) => {
      const { caller, params, ip, signal } = request;
      const { format, domain, timezone = 'UTC' } = params.query;
      const told = await overview(request);
      const { timeframe, period } = told;
      const day = lastDayOf(period);
      const headers = {
        'content-disposition': `attachment; filename="executive-${timeframe}-${day}.${format}"`,
      };
      const domains = domain === undefined ? caller.domains : [domain];
      const details = { format, timeframe, timezone, domains };
      if (format === 'csv') {
        let body = '';
        for await (const line of csvRows(...executiveTable(told))) body += line;
        await writeDown(caller, ip, details);
        const type = { 'content-type': 'text/csv; charset=utf-8' };
        return { status: 200, type: 'text/csv', body, headers: { ...headers, ...type } };
      }
      const about = { workspace: caller.workspace.name, domains };
      const body = await pdf
        .render({ overview: told, ...about }, signal)
        .catch((error: unknown) => {
          if (error instanceof BusyError) throw unavailable(error.message, 'busy', { seconds: 5 });
          if (!(error instanceof DocumentError)) throw error;
          onError(error);
          const detail = "These figures can't be drawn as a PDF. Export them as CSV.";
          throw unprocessable(detail, 'not_drawable');
        });
      await writeDown(caller, ip, details);
      return { status: 200, type: 'application/pdf', body, headers };
    },
  };
}
