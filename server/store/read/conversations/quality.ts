/** What can be told of a conversation without asking a model. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { readHash, repeatedAs } from '../../../model/message-hash.ts';
import type { Unavailable } from '../../rollups/query.ts';
import type { ConversationPlace } from '../../../model/conversation-place.ts';
import { additionOf, LOOK_BACK, type Exchange } from './thread.ts';

export interface Quality {
  turns: number | null;
  userRetries: number | null;
  errors: number;
  abandoned: boolean;
  abandonedExecutions: number;
  timeToFirstTokenMs: { p50: number | null; p95: number | null };
}

export interface Branch {
  id: string;
  startedAt: string;
  requests: number;
}

export interface Findings {
  branches: Branch[];
  quality: Quality;
  unavailable: Unavailable[];
}

/** Requests of one conversation that are read for its quality: the latest ones. */
const MOST_READ = 500;
const MOST_BRANCHES = 100;

interface Row extends Exchange {
  firstTokenMs: number | null;
  /** Whether an agent asked it that another one had called: what it is told, no user says. */
  nested: boolean;
}

export async function findQuality(
  ws: WorkspaceTx,
  { domain, key }: ConversationPlace,
  isActive: boolean,
): Promise<Findings> {
  const mine = sql`${ws.of()} and conversation = ${key} and domain = ${domain}`;
  const { rows: latest } = await sql<Row>`
    select r.input_messages as input, r.output_messages as output,
      r.error_type is not null as failed, r.first_token_ms as "firstTokenMs",
      coalesce(r.agent <> e.agent, false) as nested
    from (
      select * from requests where ${mine}
      order by started_at desc, key collate "C" desc limit ${MOST_READ + 1}
    ) r
    left join executions e on ${ws.of('e.workspace_id')} and e.id = r.execution_id
    order by r.started_at desc, r.key collate "C" desc`.execute(ws.tx);
  const { rows: runs } = await sql<{ status: string }>`
    select status from executions where ${mine} order by started_at desc limit ${MOST_READ}`.execute(
    ws.tx,
  );
  const { rows: branches } = await sql<{ id: string; at: Date; requests: number }>`
    select branch as id, min(started_at) as at, count(*) as requests
    from requests where ${mine} and branch is not null
    group by branch order by at, branch limit ${MOST_BRANCHES}`.execute(ws.tx);
  const isCut = latest.length > MOST_READ;
  const reason = `The conversation has more than ${MOST_READ} requests; only the latest were used.`;
  const statuses = runs.map(({ status }) => status);
  const quality = qualityOf(latest.slice(0, MOST_READ).toReversed(), statuses, isActive);
  return {
    branches: branches.map(({ id, at, requests }) => ({
      id,
      startedAt: at.toISOString(),
      requests,
    })),
    quality,
    unavailable: [...(isCut ? [{ path: 'quality', reason }] : []), ...untold(quality)],
  };
}

const NO_CONTENT = 'The client did not send the messages.';

const untold = ({ turns, userRetries, timeToFirstTokenMs }: Quality): Unavailable[] => [
  ...(turns === null ? [{ path: 'quality.turns', reason: NO_CONTENT }] : []),
  ...(userRetries === null ? [{ path: 'quality.userRetries', reason: NO_CONTENT }] : []),
  ...(timeToFirstTokenMs.p50 === null
    ? [{ path: 'quality.timeToFirstTokenMs', reason: 'The client did not report it.' }]
    : []),
];

/**
 * @param requests oldest first
 * @param runs statuses of its executions, latest first
 */
export function qualityOf(
  requests: readonly Row[],
  runs: readonly string[],
  isActive: boolean,
): Quality {
  const users = requests.filter(({ nested }) => !nested);
  const { turns, retries } = turnsOf(users);
  const isKnown = users.some(({ input }) => input.length > 0);
  const waits = requests.map(({ firstTokenMs }) => firstTokenMs).filter((ms) => ms !== null);
  const isFailed = requests.at(-1)?.failed === true || runs[0] === 'abandoned';
  return {
    turns: isKnown ? turns : runs.length > 0 ? runs.length : null,
    userRetries: isKnown ? retries : null,
    errors: requests.filter(({ failed }) => failed).length,
    abandoned: !isActive && isFailed,
    abandonedExecutions: runs.filter((status) => status === 'abandoned').length,
    timeToFirstTokenMs: { p50: percentile(waits, 0.5), p95: percentile(waits, 0.95) },
  };
}

/** What a user says again, word for word after an answer, is another try of theirs. */
function turnsOf(requests: readonly Row[]): { turns: number; retries: number } {
  const earlier: Exchange[] = [];
  let turns = 0;
  let retries = 0;
  let last: string | null = null;
  for (const request of requests) {
    const { asked, isRetry } = additionOf(request, earlier);
    const isUsers = (hash: string | undefined): hash is string =>
      hash !== undefined && readHash(hash)?.role === 'user';
    if (isRetry && isUsers(request.input.at(-1))) retries++;
    for (const hash of asked.filter(isUsers)) {
      turns++;
      if (repeatedAs(hash) === last && earlier.at(-1)?.failed === false) retries++;
      last = repeatedAs(hash);
    }
    earlier.push(request);
    if (earlier.length > LOOK_BACK) earlier.shift();
  }
  return { turns, retries };
}

/** Interpolated between its neighbours, like `percentile_cont`; `null` where there are no values. */
function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const low = sorted[Math.floor(rank)];
  const high = sorted[Math.ceil(rank)];
  if (low === undefined || high === undefined) return null;
  return low + (high - low) * (rank - Math.floor(rank));
}
