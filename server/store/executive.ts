/** Users, runs, agents and money of a period at a glance. */
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from './database.ts';
import { agentMetrics, type AgentMetrics } from './executive/agents.ts';
import { businessMetrics, type BusinessMetrics } from './executive/business.ts';
import { creditMetrics, type CreditMetrics } from './executive/credits.ts';
import { ofCustomers } from './executive/customers.ts';
import { runMetrics, type RunMetrics } from './executive/executions.ts';
import type { Part, Question } from './executive/part.ts';
import {
  revenueTrend,
  sumTrends,
  trendGranularity,
  userTrend,
  type ErrorPoint,
  type ExecutionPoint,
  type RevenuePoint,
  type UserPoint,
} from './executive/trends.ts';
import { topUsers, userMetrics, type TopUser, type UserMetrics } from './executive/users.ts';
import { resolvePeriod, type Timeframe } from './period.ts';
import { slotOf } from './segments.ts';
import { dataBegin, told, type PeriodTold } from './stats/question.ts';
import type { Unavailable } from './stats/question.ts';
import type { Domains } from './stats/pieces.ts';
import type { Granularity } from './zones.ts';

export type ExecutiveTimeframe = Exclude<Timeframe, 'today' | 'month'>;

/** Runs with the credits that they used. */
export type ExecutionMetrics = Omit<RunMetrics, 'change'> &
  Pick<CreditMetrics, 'creditsUsed'> & { change: RunMetrics['change'] & CreditMetrics['change'] };

export interface ExecutiveOverview {
  timeframe: ExecutiveTimeframe;
  period: PeriodTold;
  userMetrics: UserMetrics | null;
  executionMetrics: ExecutionMetrics | null;
  businessMetrics: BusinessMetrics | null;
  agentMetrics: AgentMetrics | null;
  trends: {
    granularity: Granularity;
    executions: ExecutionPoint[] | null;
    users: UserPoint[] | null;
    revenue: RevenuePoint[] | null;
    errors: ErrorPoint[] | null;
  };
  topUsers: TopUser[] | null;
  activeAlerts: null;
  unavailable: Unavailable[];
}

export interface ExecutiveQuery {
  timeframe: ExecutiveTimeframe;
  timezone?: string | undefined;
  /** `null`: the whole workspace. */
  domains: Domains;
  /** Epoch ms. */
  now: number;
}

export interface ExecutiveStoreOptions {
  store: Store;
  /** Told of each part that failed, by its path. */
  onError: (path: string, error: unknown) => void;
}

const FAILED = 'It could not be computed.';

export class ExecutiveStore {
  readonly #options: ExecutiveStoreOptions;

  constructor(options: ExecutiveStoreOptions) {
    this.#options = options;
  }

  /**
   * Each part in a transaction of its own, one after the other, so that a question takes one
   * connection: one that fails leaves the others standing.
   * @throws PeriodError, and what the parts threw where all of them failed
   */
  async overview(workspaceId: string, query: ExecutiveQuery): Promise<ExecutiveOverview> {
    const { timeframe, domains, now } = query;
    const begin = timeframe === 'all' ? await this.#begin(workspaceId, domains) : null;
    const period = resolvePeriod(query, now, begin ?? now);
    const question: Question = { period, domains, now };
    const asked = new Asked(this.#options, workspaceId, question);

    const users = await asked.part(['userMetrics'], userMetrics);
    const runs = await asked.part(['executionMetrics'], runMetrics);
    const credits = runs && (await asked.part(['executionMetrics.creditsUsed'], creditMetrics));
    const business = await asked.part(['businessMetrics'], businessMetrics);
    const agents = await asked.part(['agentMetrics'], agentMetrics);
    const sums = await asked.part(['trends.executions', 'trends.errors'], sumTrends);
    const activity = await asked.part(['trends.users'], userTrend);
    const revenue = await asked.part(['trends.revenue'], revenueTrend);
    const top = await asked.part(['topUsers'], topUsers);
    asked.throwIfAllFailed();
    return {
      timeframe,
      period: told(period),
      userMetrics: users,
      executionMetrics: runs && withCredits(runs, credits),
      businessMetrics: business,
      agentMetrics: agents,
      trends: {
        granularity: trendGranularity(period),
        executions: sums?.executions ?? null,
        users: activity,
        revenue,
        errors: sums?.errors ?? null,
      },
      topUsers: top,
      activeAlerts: null,
      unavailable: [
        ...asked.unavailable,
        { path: 'activeAlerts', reason: 'This server has no alert rules.' },
      ],
    };
  }

  /** The UTC day of the first that is known of anything; `null` where nothing is. */
  #begin(workspaceId: string, domains: Domains): Promise<number | null> {
    return this.#options.store.inSnapshot(workspaceId, async (ws) => {
      const begins = [await dataBegin(ws, domains), await businessBegin(ws, domains)];
      const known = begins.filter((begin) => begin !== null);
      return known.length === 0 ? null : Math.min(...known);
    });
  }
}

const withCredits = (runs: RunMetrics, credits: CreditMetrics | null): ExecutionMetrics => ({
  ...runs,
  creditsUsed: credits?.creditsUsed ?? null,
  change: { ...runs.change, creditsUsed: credits?.change.creditsUsed ?? null },
});

/** The parts of one answer, as they come in. */
class Asked {
  readonly unavailable: Unavailable[] = [];
  readonly #options: ExecutiveStoreOptions;
  readonly #workspaceId: string;
  readonly #question: Question;
  readonly #failures: unknown[] = [];
  #told = 0;

  constructor(options: ExecutiveStoreOptions, workspaceId: string, question: Question) {
    this.#options = options;
    this.#workspaceId = workspaceId;
    this.#question = question;
  }

  /** @returns `null` where it failed; `unavailable` has its paths then */
  async part<T>(
    paths: readonly string[],
    work: (ws: WorkspaceTx, question: Question) => Promise<Part<T>>,
  ): Promise<T | null> {
    const { store, onError } = this.#options;
    try {
      const { value, unavailable } = await store.inSnapshot(this.#workspaceId, (ws) =>
        work(ws, this.#question),
      );
      this.#told++;
      this.unavailable.push(...unavailable);
      return value;
    } catch (error) {
      this.#failures.push(error);
      for (const path of paths) {
        onError(path, error);
        this.unavailable.push({ path, reason: FAILED });
      }
      return null;
    }
  }

  throwIfAllFailed(): void {
    if (this.#told === 0 && this.#failures.length > 0) throw this.#failures[0];
  }
}

/** The UTC day of the first business data of the question's customers, as epoch ms. */
async function businessBegin(ws: WorkspaceTx, domains: Domains): Promise<number | null> {
  const mine = (column: string) => ofCustomers(ws, domains, column);
  const spend = domains === null ? sql`true` : sql`false`;
  const { rows } = await sql<{ begin: Date | null }>`
    select least(
      (select min(t.created_at) from customers t
        where ${ws.of('t.workspace_id')} and not t.deleted and ${mine('t.id')}),
      (select min(t.changed_at) from subscription_changes t
        where ${ws.of('t.workspace_id')} and not t.deleted and ${mine('t.customer_id')}),
      (select min(t.since) from acquisition_spend t
        where ${ws.of('t.workspace_id')} and not t.deleted and ${spend}),
      (select min(t.slot) from credit_sums t
        where ${ws.of('t.workspace_id')} and t.grain = 1440 and ${mine('t.customer_id')})
    ) as begin`.execute(ws.tx);
  const begin = rows[0]?.begin;
  return begin ? slotOf(begin.getTime(), 1440) : null;
}
