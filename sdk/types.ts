/** Good names for what the contract defines; every type comes from `openapi.yaml`. */
import type { components, operations } from './generated/openapi.ts';

export type { components, operations, paths } from './generated/openapi.ts';

type Schemas = components['schemas'];

/** What a list or a figure may be asked with. */
type QueryOf<Operation extends keyof operations> = NonNullable<
  operations[Operation]['parameters']['query']
>;

/** An error answer (RFC 9457). */
export type Problem = Schemas['Problem'];
export type Role = Schemas['Role'];
export type Timeframe = Schemas['Timeframe'];
export type Granularity = Schemas['Granularity'];
export type Topic = Schemas['Topic'];

export type LoginRequest = Schemas['LoginRequest'];
export type Session = Schemas['Session'];
/** Who a token belongs to, and what it may see. */
export type Me = Schemas['Me'];
export type EmbedTokenRequest = Schemas['EmbedTokenRequest'];
export type EmbedToken = Schemas['EmbedToken'];

export type StatsOverview = Schemas['StatsOverview'];
export type StatsChange = Schemas['StatsChange'];
export type StatsTimeline = Schemas['StatsTimeline'];
export type TimelinePoint = Schemas['TimelinePoint'];
export type StatsDelta = Schemas['StatsDelta'];
export type StatsOverviewQuery = QueryOf<'stats.overview'>;
export type StatsTimelineQuery = QueryOf<'stats.timeline'>;

export type Execution = Schemas['Execution'];
export type ExecutionDetail = Schemas['ExecutionDetail'];
export type ExecutionStatus = Schemas['ExecutionStatus'];
export type ExecutionStep = Schemas['ExecutionStep'];
export type ExecutionsQuery = QueryOf<'executions.list'>;

export type CleanupStatus = Schemas['CleanupStatus'];
export type CleanupSettings = Schemas['CleanupSettings'];
export type CleanupRun = Schemas['CleanupRun'];
export type CleanupRunRequest = Schemas['CleanupRunRequest'];
export type CleanupAction = Schemas['CleanupAction'];
export type CleanupActionType = Schemas['CleanupActionType'];
export type CleanupActionsQuery = QueryOf<'cleanup.listActions'>;

/** Business data: what of it was told. */
export type BusinessBatch = Schemas['BusinessBatch'];
export type BusinessResult = Schemas['BusinessResult'];
export type CustomerRecord = Schemas['CustomerRecord'];
export type SubscriptionRecord = Schemas['SubscriptionRecord'];
export type SpendRecord = Schemas['SpendRecord'];
export type CreditRecord = Schemas['CreditRecord'];

export type ExecutiveOverview = Schemas['ExecutiveOverview'];
export type ExecutiveTimeframe = Schemas['ExecutiveTimeframe'];
export type ExecutiveOverviewQuery = QueryOf<'executive.overview'>;
export type ExecutiveExportQuery = QueryOf<'executive.export'>;

/** Every live event of the contract, told apart by `event`. */
export type LiveEvent = Schemas['LiveEvent'];
export type LiveExecution = Schemas['LiveExecution'];
export type LiveStats = Schemas['LiveStats'];
export type LiveCleanup = Schemas['LiveCleanup'];
export type LiveExecutive = Schemas['LiveExecutive'];
/** What was missed can't be told: fetch everything again. */
export type LiveReset = Schemas['LiveReset'];
/** First on every connection. */
export type LiveHello = Schemas['LiveHello'];
export type LiveExpired = Schemas['LiveExpired'];
/** What a client says on the WebSocket. */
export type LiveCommand = Schemas['LiveCommand'];

export type Health = Schemas['Health'];
export type HealthPart = Schemas['HealthPart'];
