/**
 * The client in parts, for pages that count bytes: the core, and the resources one by one.
 *
 * @example
 * const core = new Core({ baseUrl, auth: bearer(token) });
 * const { requests } = await new StatsResource(core).overview();
 *
 * @module
 */
export { type Auth } from './auth/auth.ts';
export { bearer, type BearerAuth } from './auth/bearer.ts';
export { passwordAuth, type TokenStorage } from './auth/password.ts';
export { Core, type CoreOptions, type Middleware } from './core/core.ts';
export { createLog, type Log } from './core/log.ts';
export { backoff, isRetryable } from './core/retry.ts';
export { AdminResource } from './resources/admin.ts';
export { AuthResource } from './resources/auth.ts';
export { Batch } from './resources/batch.ts';
export { BusinessResource } from './resources/business.ts';
export { CleanupResource } from './resources/cleanup.ts';
export { ConversationsResource } from './resources/conversations.ts';
export { ExecutionsResource } from './resources/executions.ts';
export { ExecutiveResource } from './resources/executive.ts';
export { type LiveStream, type LiveUpdate, LiveResource } from './resources/live.ts';
export { StatsResource } from './resources/stats.ts';
