/** Users, runs, agents and money of a period at a glance. */
import type { Schemas } from '../../contract/index.ts';
import type { Store, WorkspaceTx } from '../database/database.ts';
import { agentMetrics } from './executive/agents.ts';
import { businessMetrics } from './executive/business.ts';
import { dataStarts } from './executive/data-start.ts';
import { creditMetrics, type CreditMetrics } from './executive/credits.ts';
import { runMetrics, type RunMetrics } from './executive/executions.ts';
import type { Part, Question } from './executive/part.ts';
import { revenueTrend, sumTrends, trendGranularity, userTrend } from './executive/trends.ts';
import { topUsers, userMetrics } from './executive/users.ts';
import { firstDataAt } from '../rollups/first-data.ts';
import { isAway } from '../database/errors.ts';
import { resolvePeriod } from '../time/period.ts';
import { told, type Unavailable } from '../rollups/query.ts';
import type { Domains } from '../rollups/windows.ts';

export type ExecutiveTimeframe = Schemas['ExecutiveTimeframe'];

/** Runs with the credits that they used. */
export type ExecutionMetrics = Omit<RunMetrics, 'change'> &
  Pick<CreditMetrics, 'creditsUsed'> & { change: RunMetrics['change'] & CreditMetrics['change'] };

export type ExecutiveOverview = Schemas['ExecutiveOverview'];

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
const FAILED_BEGIN =
  'The start of some of the data could not be determined: earlier data may exist.';

export class ExecutiveStore {
  readonly #options: ExecutiveStoreOptions;

  constructor(options: ExecutiveStoreOptions) {
    this.#options = options;
  }

  /**
   * Each part in a transaction of its own, one after the other, so that a question takes one
   * connection: one that fails leaves the others standing.
   * @throws PeriodError, what the parts threw where all of them failed, and at once what says that
   * the database is away
   */
  async overview(workspaceId: string, query: ExecutiveQuery): Promise<ExecutiveOverview> {
    const { timeframe, domains, now } = query;
    const begin = timeframe === 'all' ? await this.#begin(workspaceId, domains) : null;
    const period = resolvePeriod(query, now, begin?.at ?? now);
    const asked = new Asked(this.#options, workspaceId);
    const firstData = await this.#firstData(workspaceId, domains);
    const question: Question = { period, domains, now, firstData };
    const part = <T>(paths: readonly string[], work: Work<T>): Promise<T | null> =>
      asked.part(paths, (ws) => work(ws, question));

    const users = await part(['userMetrics'], userMetrics);
    const runs = await part(['executionMetrics'], runMetrics);
    const credits = runs && (await part(['executionMetrics.creditsUsed'], creditMetrics));
    const business = await part(['businessMetrics'], businessMetrics);
    const agents = await part(['agentMetrics'], agentMetrics);
    const sums = await part(['trends.executions', 'trends.errors'], sumTrends);
    const activity = await part(['trends.users'], userTrend);
    const revenue = await part(['trends.revenue'], revenueTrend);
    const top = await part(['topUsers'], topUsers);
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
        ...(begin?.isSure === false ? [{ path: 'period.from', reason: FAILED_BEGIN }] : []),
        ...asked.unavailable,
        { path: 'activeAlerts', reason: 'This server has no alert rules.' },
      ],
    };
  }

  /** By itself, as the parts are: without it they still have their figures. */
  async #firstData(workspaceId: string, domains: Domains): Promise<Question['firstData']> {
    const asked = new Asked(this.#options, workspaceId);
    const found = await asked.part([], async (ws) => ({
      value: { at: await firstDataAt(ws, domains) },
      unavailable: [],
    }));
    return found?.at;
  }

  /** Each kind of data is asked for its begin by itself, as the parts are. */
  async #begin(workspaceId: string, domains: Domains): Promise<DataStart> {
    const asked = new Asked(this.#options, workspaceId);
    const known: number[] = [];
    for (const begin of dataStarts) {
      const at = await asked.part(['period.from'], async (ws) => ({
        value: await begin(ws, domains),
        unavailable: [],
      }));
      if (at !== null) known.push(at);
    }
    asked.throwIfAllFailed();
    return {
      at: known.length === 0 ? null : Math.min(...known),
      isSure: asked.unavailable.length === 0,
    };
  }
}

/** Where what is known begins. */
interface DataStart {
  /** The UTC day of the first, as epoch ms; `null` where nothing is known. */
  at: number | null;
  /** Whether every kind of data could be asked. */
  isSure: boolean;
}

/** What finds a part of the answer. */
type Work<T> = (ws: WorkspaceTx, question: Question) => Promise<Part<T>>;

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
  readonly #failures: unknown[] = [];
  #told = 0;

  constructor(options: ExecutiveStoreOptions, workspaceId: string) {
    this.#options = options;
    this.#workspaceId = workspaceId;
  }

  /**
   * @returns `null` where it failed; `unavailable` has its paths then
   * @throws what says that the database is away: each of the others would wait for it as long
   */
  async part<T>(
    paths: readonly string[],
    work: (ws: WorkspaceTx) => Promise<Part<T>>,
  ): Promise<T | null> {
    const { store, onError } = this.#options;
    try {
      const { value, unavailable } = await store.inSnapshot(this.#workspaceId, work);
      this.#told++;
      this.unavailable.push(...unavailable);
      return value;
    } catch (error) {
      if (isAway(error)) throw error;
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
