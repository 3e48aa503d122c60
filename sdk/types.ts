/** Names for the types of the contract; every type comes from `openapi.yaml`. */
import type { components, operations } from './generated/openapi.ts';

export type { components, operations, paths } from './generated/openapi.ts';

type Schemas = components['schemas'];

/** Query parameters of an operation. */
type QueryOf<Operation extends keyof operations> = NonNullable<
  operations[Operation]['parameters']['query']
>;

/** An error answer (RFC 9457). */
export type Problem = Schemas['Problem'];
/** Stable code of an error; each code has a page. */
export type ErrorCode = Schemas['ErrorCode'];
/** An invalid field. */
export type FieldError = Schemas['FieldError'];
export type FieldErrorCode = Schemas['FieldErrorCode'];
export type Role = Schemas['Role'];
export type Timeframe = Schemas['Timeframe'];
export type Granularity = Schemas['Granularity'];
export type Topic = Schemas['Topic'];

export type LoginRequest = Schemas['LoginRequest'];
export type Session = Schemas['Session'];
/** The caller of a request, and what it has access to. */
export type Me = Schemas['Me'];
export type EmbedTokenRequest = Schemas['EmbedTokenRequest'];
export type EmbedToken = Schemas['EmbedToken'];
export type BatchRequest = Schemas['BatchRequest'];
/** A line of the answer to a batch. */
export type BatchAnswer = Schemas['BatchAnswer'];
export type Key = Schemas['Key'];
/** A key with its secret, which only this answer contains. */
export type IssuedKey = Schemas['IssuedKey'];
export type KeyKind = Schemas['KeyKind'];
export type KeyState = Schemas['KeyState'];
export type KeyRequest = Schemas['KeyRequest'];
export type KeyRotationRequest = Schemas['KeyRotationRequest'];
export type KeysQuery = QueryOf<'keys.list'>;

export type StatsOverview = Schemas['StatsOverview'];
export type StatsChange = Schemas['StatsChange'];
export type StatsTimeline = Schemas['StatsTimeline'];
export type TimelinePoint = Schemas['TimelinePoint'];
export type StatsDelta = Schemas['StatsDelta'];
/** The sums of a set of requests. */
export type UsageSums = Schemas['UsageSums'];
export type Anomaly = Schemas['Anomaly'];
export type StatsDomains = Schemas['StatsDomains'];
export type StatsDomain = Schemas['StatsDomain'];
export type DomainUsage = Schemas['DomainUsage'];
export type StatsModels = Schemas['StatsModels'];
export type ModelUsage = Schemas['ModelUsage'];
export type StatsModelComparison = Schemas['StatsModelComparison'];
export type ModelComparison = Schemas['ModelComparison'];
export type StatsCosts = Schemas['StatsCosts'];
export type StatsTokenHeatmap = Schemas['StatsTokenHeatmap'];
export type StatsErrors = Schemas['StatsErrors'];
export type UserUsage = Schemas['UserUsage'];
export type UserUsagePage = Schemas['UserUsagePage'];
export type UsageEntry = Schemas['UsageEntry'];
export type ErrorType = Schemas['ErrorType'];
export type ModelLatency = Schemas['ModelLatency'];
export type FlowLink = Schemas['FlowLink'];
export type FlowNode = Schemas['FlowNode'];
/** How many entries a list has, as far as they were counted. */
export type BoundedCount = Schemas['BoundedCount'];
export type StatsPeaks = Schemas['StatsPeaks'];
export type StatsLatency = Schemas['StatsLatency'];
export type StatsFlow = Schemas['StatsFlow'];
export type StatsOverviewQuery = QueryOf<'stats.overview'>;
export type StatsTimelineQuery = QueryOf<'stats.timeline'>;
export type StatsDomainsQuery = QueryOf<'stats.domains'>;
export type StatsDomainQuery = QueryOf<'stats.domain'>;
export type StatsModelsQuery = QueryOf<'stats.models'>;
export type StatsModelComparisonQuery = QueryOf<'stats.compareModels'>;
export type StatsCostsQuery = QueryOf<'stats.costs'>;
export type StatsTokenHeatmapQuery = QueryOf<'stats.tokenHeatmap'>;
export type StatsErrorsQuery = QueryOf<'stats.errors'>;
export type StatsUsersQuery = QueryOf<'stats.users'>;
export type StatsPeaksQuery = QueryOf<'stats.peaks'>;
export type StatsLatencyQuery = QueryOf<'stats.latency'>;
export type StatsFlowQuery = QueryOf<'stats.flow'>;

export type Execution = Schemas['Execution'];
export type ExecutionDetail = Schemas['ExecutionDetail'];
export type ExecutionStatus = Schemas['ExecutionStatus'];
export type ExecutionStep = Schemas['ExecutionStep'];
export type ExecutionsQuery = QueryOf<'executions.list'>;

export type Conversation = Schemas['Conversation'];
export type ConversationDetail = Schemas['ConversationDetail'];
export type ConversationQuality = Schemas['ConversationQuality'];
export type ConversationBranch = Schemas['ConversationBranch'];
export type ConversationStatus = Schemas['ConversationStatus'];
export type ConversationHit = Schemas['ConversationHit'];
export type ConversationExport = Schemas['ConversationExport'];
export type ConversationExportFormat = Schemas['ConversationExportFormat'];
export type ConversationExportRequest = Schemas['ConversationExportRequest'];
export type ConversationTagsRequest = Schemas['ConversationTagsRequest'];
export type ConversationsDeleteRequest = Schemas['ConversationsDeleteRequest'];
export type ConversationsDeleted = Schemas['ConversationsDeleted'];
export type ConversationsQuery = QueryOf<'conversations.list'>;
export type ConversationSearchQuery = QueryOf<'conversations.search'>;
export type ConversationExportQuery = QueryOf<'conversations.export'>;
/** Domain of a conversation, if several domains have its id. */
export type ConversationPlaceQuery = QueryOf<'conversations.get'>;
/** A message of a conversation; messages of a model have the tokens and timing of their request. */
export type Message = Schemas['Message'];
export type MessagePart = Schemas['MessagePart'];
export type MessagesQuery = QueryOf<'conversations.listMessages'>;
/** Every event of the stream of one conversation, discriminated by `event`. */
export type ConversationEvent = Schemas['ConversationEvent'];
export type LiveConversation = Schemas['LiveConversation'];
export type LiveMessage = Schemas['LiveMessage'];
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
export type ErrorGroupPage = Schemas['ErrorGroupPage'];
export type DurableObjects = Schemas['DurableObjects'];
export type AdminResources = Schemas['AdminResources'];
export type AdminSecurity = Schemas['AdminSecurity'];
export type AuditEntry = Schemas['AuditEntry'];
export type AdminStatsQuery = QueryOf<'admin.stats'>;
export type AdminTelemetryQuery = QueryOf<'admin.telemetry'>;
export type CliSessionsQuery = QueryOf<'admin.listSessions'>;
export type LoggedErrorsQuery = QueryOf<'admin.listErrors'>;
export type ErrorGroupsQuery = QueryOf<'admin.listErrorGroups'>;
export type AdminSecurityQuery = QueryOf<'admin.security'>;
export type RefusalCount = Schemas['RefusalCount'];
export type RefusalPage = Schemas['RefusalPage'];
export type SecurityEvent = Schemas['SecurityEvent'];
export type UnusualEvent = Schemas['UnusualEvent'];
export type RefusalsQuery = QueryOf<'admin.listRefusals'>;
export type SecurityEventsQuery = QueryOf<'admin.listSecurityEvents'>;
export type UnusualEventsQuery = QueryOf<'admin.listUnusualEvents'>;
export type AuditQuery = QueryOf<'admin.listAuditEntries'>;

export type UserErasure = Schemas['UserErasure'];
export type CleanupStatus = Schemas['CleanupStatus'];
export type CleanupSettings = Schemas['CleanupSettings'];
export type CleanupRun = Schemas['CleanupRun'];
export type CleanupRunRequest = Schemas['CleanupRunRequest'];
export type CleanupAction = Schemas['CleanupAction'];
export type CleanupActionType = Schemas['CleanupActionType'];
export type CleanupActionsQuery = QueryOf<'cleanup.listActions'>;

/** Kinds of business data that were received. */
export type BusinessBatch = Schemas['BusinessBatch'];
export type BusinessResult = Schemas['BusinessResult'];
export type CustomerRecord = Schemas['CustomerRecord'];
export type SubscriptionRecord = Schemas['SubscriptionRecord'];
export type SpendRecord = Schemas['SpendRecord'];
export type CreditRecord = Schemas['CreditRecord'];

export type ExecutiveOverview = Schemas['ExecutiveOverview'];
export type ExecutiveAgent = Schemas['ExecutiveAgent'];
export type ExecutiveUser = Schemas['ExecutiveUser'];
export type ExecutiveAlert = Schemas['ExecutiveAlert'];
export type ExecutiveTimeframe = Schemas['ExecutiveTimeframe'];
export type ExecutiveOverviewQuery = QueryOf<'executive.overview'>;
export type ExecutiveExportQuery = QueryOf<'executive.export'>;

/** Every live event of the contract, discriminated by `event`. */
export type LiveEvent = Schemas['LiveEvent'];
export type LiveExecution = Schemas['LiveExecution'];
export type LiveStats = Schemas['LiveStats'];
export type LiveCleanup = Schemas['LiveCleanup'];
export type LiveSession = Schemas['LiveSession'];
export type LiveFailure = Schemas['LiveFailure'];
export type LiveExecutive = Schemas['LiveExecutive'];
/** Missed events are no longer available: fetch everything again. */
export type LiveReset = Schemas['LiveReset'];
/** First on every connection. */
export type LiveHello = Schemas['LiveHello'];
export type LiveExpired = Schemas['LiveExpired'];
/** A message from a client on the WebSocket. */
export type LiveCommand = Schemas['LiveCommand'];

export type Health = Schemas['Health'];
export type Liveness = Schemas['Liveness'];
export type HealthPart = Schemas['HealthPart'];
