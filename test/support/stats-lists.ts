/** Statistics as most tests read them: of a list the first page, without its cursors. */
import type { Listed } from '../../server/store/read/listed.ts';
import type { Stats } from '../../server/store/read/stats.ts';

type Name = 'domains' | 'models' | 'costs' | 'errors' | 'users' | 'latency' | 'flow';

type FirstPage<Read> = Read extends (
  workspaceId: string,
  query: infer Query,
) => Promise<Listed<infer Body>>
  ? (
      workspaceId: string,
      query: Omit<Query, 'page' | 'kept'> & { limit?: number },
    ) => Promise<Omit<Body, 'nextCursor' | 'previousCursor'>>
  : never;

export type StatsTold = Omit<Stats, Name> & { [Each in Name]: FirstPage<Stats[Each]> };

/** `told(statsOf(store)).models(workspaceId, { ...query, limit: 5 })` */
export function told(stats: Stats): StatsTold {
  const names: Name[] = ['domains', 'models', 'costs', 'errors', 'users', 'latency', 'flow'];
  const lists = names.map((name) => [
    name,
    async (workspaceId: string, { limit = 50, ...query }: { limit?: number }) => {
      const read = stats[name] as (id: string, query: object) => Promise<Listed<unknown>>;
      const page = { from: null, limit };
      return (await read(workspaceId, { ...query, page, kept: null })).body;
    },
  ]);
  return { ...stats, ...(Object.fromEntries(lists) as Pick<StatsTold, Name>) };
}
