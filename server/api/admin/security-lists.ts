import type { ApiRequest, HandlersFor } from '../handlers.ts';
import { resolvePeriod, type Period, type Span } from '../../store/time/period.ts';
import { SecurityListStore } from '../../store/read/admin/security-lists.ts';
import { SecurityStore } from '../../store/read/admin/security.ts';
import type { AdminOptions } from '../admin.ts';
import { isCount, isInstant, isSafeText, listCursor, type ValueCheck } from '../cursor.ts';
import { answerList, LIMIT } from '../lists.ts';
import { withPeriod } from '../periods.ts';

type Operation = 'admin.listRefusals' | 'admin.listSecurityEvents' | 'admin.listUnusualEvents';
type Request = Pick<ApiRequest<Operation>, 'caller' | 'params'>;

const isName: ValueCheck = (text) => /^[a-z_]{1,40}$/.test(text);

const eventCursor = listCursor(
  [isInstant, isName, isSafeText, isSafeText, isSafeText],
  ['admin.listSecurityEvents'],
);

/** The complete lists whose first entries are in `admin.security`. */
export function securityListHandlers({
  store,
  flushWatch,
  now,
}: Pick<AdminOptions, 'store' | 'flushWatch' | 'now'>): Pick<HandlersFor<'admin'>, Operation> {
  const lists = new SecurityListStore(store);
  const security = new SecurityStore(store);

  const periodOf = async (
    { caller, params: { query } }: Request,
    at: number,
    kept: Span | null = null,
  ): Promise<Period> => {
    await flushWatch();
    const isAll = query.timeframe === 'all';
    const begin = isAll ? await security.begin(caller.workspace.id) : null;
    return { ...resolvePeriod(query, at, begin ?? at), ...kept };
  };

  return {
    'admin.listRefusals': async (request) => {
      const { caller, params } = request;
      const { kind, by = 'reason' } = params.query;
      const checks = [isCount, isSafeText];
      return answerList('admin.listRefusals', checks, params.query, async ({ page, kept }) => {
        const at = now();
        const period = await periodOf(request, at, kept);
        return lists.refusals(caller.workspace.id, { period, now: at, page }, { kind, by });
      });
    },

    'admin.listSecurityEvents': async (request) => {
      const { caller, params } = request;
      const { kind, cursor, limit = LIMIT } = params.query;
      const from = eventCursor.read(cursor);
      const at = now();
      const period = await withPeriod(() => periodOf(request, at));
      const asked = { period, now: at, page: { from, limit } };
      const page = await lists.events(caller.workspace.id, asked, { kind });
      const { entries: data, unavailable } = page;
      return { status: 200, body: { data, ...eventCursor.write(page), unavailable } };
    },

    'admin.listUnusualEvents': async (request) => {
      const { caller, params } = request;
      const checks = [isInstant, isName, isSafeText, isSafeText];
      return answerList('admin.listUnusualEvents', checks, params.query, async ({ page, kept }) => {
        const at = now();
        const period = await periodOf(request, at, kept);
        return lists.unusual(caller.workspace.id, { period, now: at, page });
      });
    },
  };
}
