import type { Action, Runs } from './context.ts';
import { operations } from './generated/contract.ts';
import { pairs } from './output/table.ts';

/** A request, and what is known of its answer. */
interface Exchange {
  method: string;
  url: URL;
  /** `undefined` where no answer came. */
  status: number | undefined;
  requestId: string | null;
  /** As the answer has it. */
  period: Period | undefined;
}

interface Period {
  from: string;
  to: string;
  timezone: string;
}

/** Makes actions that take `--explain`: it shows the requests behind the figures, on standard error. */
export const explained =
  (runs: Runs): Runs =>
  <Args extends unknown[]>(action: Action<Args>) =>
    runs<Args>(async (context, ...args) => {
      const { explain } = args.at(-1) as { explain?: true };
      if (!explain) return action(context, ...args);
      const exchanges: Exchange[] = [];
      context.observer = async (request, response) => {
        exchanges.push(await exchangeOf(request, response));
      };
      try {
        await action(context, ...args);
      } finally {
        const server = await context.server();
        const [first, ...more] = exchanges.filter(
          ({ url }) => !url.pathname.includes('/api/auth/'),
        );
        if (first) context.output.note(`\n${explanation(server, first, more)}`);
      }
    });

async function exchangeOf(request: Request, response: Response | undefined): Promise<Exchange> {
  const { method, url } = request;
  const body: unknown = await response?.json().catch(() => undefined);
  const { period } = (body ?? {}) as { period?: Period };
  return {
    method,
    url: new URL(url),
    status: response?.status,
    requestId: response?.headers.get('x-request-id') ?? null,
    period,
  };
}

/** @param more the requests for further pages */
function explanation(server: string, first: Exchange, more: readonly Exchange[]): string {
  const { method, url, status, requestId } = first;
  const path = url.href.slice(server.length);
  const rows: [name: string, value: string][] = [
    ['request', `${method} ${url.href}`],
    ['operation', operationOf(method, path)],
    ['period', periodOf(first)],
    ['response', status === undefined ? 'none' : `${status}, request id ${requestId ?? 'unknown'}`],
  ];
  const last = more.at(-1);
  if (last) {
    const pages = more.length === 1 ? '1 more page' : `${more.length} more pages`;
    rows.push(['pages', `${pages}, the last with request id ${last.requestId ?? 'unknown'}`]);
  }
  rows.push(
    ['as a command', `cloudbrain api ${method} ${quoted(path)} --base-url ${quoted(server)}`],
    ['with a key', `curl -H "x-api-key: $CLOUDBRAIN_API_KEY" ${quoted(url.href)}`],
  );
  return pairs(rows);
}

/** For a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** `stats.overview: The figures of a period` */
function operationOf(method: string, path: string): string {
  const [pathname = ''] = path.split('?');
  const segments = pathname.split('/');
  const found = Object.entries(operations).find(([, operation]) => {
    const parts = operation.path.split('/');
    return (
      operation.method === method &&
      parts.length === segments.length &&
      parts.every((part, index) => part === segments[index] || part.startsWith('{'))
    );
  });
  return found ? `${found[0]}: ${found[1].summary}` : 'not in the contract';
}

function periodOf({ url, period }: Exchange): string {
  const { searchParams: query } = url;
  const from = query.get('from');
  const timeframe = query.get('timeframe') ?? (from === null ? '24h, the default' : null);
  const named = timeframe === null ? '' : `timeframe ${timeframe}`;
  const [start, end] = [period?.from ?? from, period?.to ?? query.get('to') ?? 'now'];
  const zone = period?.timezone ?? query.get('timezone') ?? 'UTC';
  if (start === null) return `${named}, time zone ${zone}; the response doesn't state the period`;
  return [`${start} to ${end}`, named, `time zone ${zone}`].filter(Boolean).join(', ');
}
