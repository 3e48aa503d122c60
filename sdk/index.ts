export { type Auth, type AuthEvents } from './auth/auth.ts';
export {
  apiKey,
  bearer,
  type BearerAuth,
  type TokenGrant,
  type TokenSource,
} from './auth/bearer.ts';
export { passwordAuth, type PasswordAuthOptions, type TokenStorage } from './auth/password.ts';
export { CloudBrain, type ClientOptions } from './client.ts';
export {
  type Batch,
  type BatchEntry,
  type BatchResult,
  type BatchResults,
} from './resources/batch.ts';
export { type Call, type WithResponse } from './core/call.ts';
export { type Api } from './core/api.ts';
export { type Middleware, type RequestOptions } from './core/core.ts';
export {
  APIError,
  AuthenticationError,
  BadRequestError,
  CloudBrainError,
  ConflictError,
  ConnectionError,
  InvalidResponseError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ServerError,
  StreamError,
  TimeoutError,
  UnprocessableError,
  UserAbortError,
} from './core/errors.ts';
export { type Logger, type LogLevel } from './core/log.ts';
export { type Page, type PageBody, type PagePromise } from './core/pages.ts';
export {
  type EventStream,
  type ReconnectOptions,
  type StreamOptions,
  type StreamState,
  type StreamStatus,
} from './core/stream.ts';
export { type WriteOptions } from './core/write.ts';
export { type AdminResource } from './resources/admin.ts';
export { type AuthResource } from './resources/auth.ts';
export { type BusinessResource } from './resources/business.ts';
export { type UsersResource } from './resources/users.ts';
export { type CleanupResource } from './resources/cleanup.ts';
export {
  type ConversationsResource,
  type ConversationStream,
  type ConversationStreamOptions,
  type ConversationUpdate,
} from './resources/conversations.ts';
export { type ExecutionsResource } from './resources/executions.ts';
export { type ExecutiveResource } from './resources/executive.ts';
export { type HealthResource } from './resources/health.ts';
export { type KeysResource } from './resources/keys.ts';
export { type StatsResource } from './resources/stats.ts';
export {
  type LiveResource,
  type LiveStream,
  type LiveUpdate,
  type SubscribeOptions,
} from './resources/live.ts';
export type * from './types.ts';
