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

export type AdminStats = Schemas['AdminStats'];
export type AdminHealth = Schemas['AdminHealth'];
export type AdminHealthPart = Schemas['AdminHealthPart'];
export type ProviderHealth = Schemas['ProviderHealth'];
export type AdminTelemetry = Schemas['AdminTelemetry'];
export type CliSession = Schemas['CliSession'];
export type CliState = Schemas['CliState'];
export type CliTransition = Schemas['CliTransition'];
export type Severity = Schemas['Severity'];
export type LoggedError = Schemas['LoggedError'];
export type LoggedErrorDetail = Schemas['LoggedErrorDetail'];
export type ErrorGroup = Schemas['ErrorGroup'];
export type ErrorGroups = Schemas['ErrorGroups'];
export type DurableObjects = Schemas['DurableObjects'];
export type AdminResources = Schemas['AdminResources'];
export type AdminSecurity = Schemas['AdminSecurity'];
export type AuditEntry = Schemas['AuditEntry'];
export type AdminStatsQuery = QueryOf<'admin.stats'>;
export type AdminTelemetryQuery = QueryOf<'admin.telemetry'>;
export type CliSessionsQuery = QueryOf<'admin.sessions'>;
export type LoggedErrorsQuery = QueryOf<'admin.listErrors'>;
export type ErrorGroupsQuery = QueryOf<'admin.errorGroups'>;
export type AdminSecurityQuery = QueryOf<'admin.security'>;
export type AuditQuery = QueryOf<'admin.audit'>;

export type CleanupStatus = Schemas['CleanupStatus'];
export type CleanupSettings = Schemas['CleanupSettings'];
export type CleanupRun = Schemas['CleanupRun'];
export type CleanupRunRequest = Schemas['CleanupRunRequest'];
export type CleanupAction = Schemas['CleanupAction'];
export type CleanupActionType = Schemas['CleanupActionType'];
export type CleanupActionsQuery = QueryOf<'cleanup.listActions'>;

/** Every live event of the contract, told apart by `event`. */
export type LiveEvent = Schemas['LiveEvent'];
export type LiveExecution = Schemas['LiveExecution'];
export type LiveStats = Schemas['LiveStats'];
export type LiveCleanup = Schemas['LiveCleanup'];
export type LiveSession = Schemas['LiveSession'];
export type LiveFailure = Schemas['LiveFailure'];
/** What was missed can't be told: fetch everything again. */
export type LiveReset = Schemas['LiveReset'];
/** First on every connection. */
export type LiveHello = Schemas['LiveHello'];
export type LiveExpired = Schemas['LiveExpired'];
/** What a client says on the WebSocket. */
export type LiveCommand = Schemas['LiveCommand'];

export type Health = Schemas['Health'];
export type HealthPart = Schemas['HealthPart'];
