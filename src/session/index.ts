/** What an element needs once it asks a server: loaded then, as one piece. */
export { sessionOf } from './shared.ts';
export { overview, timeline } from './stats.ts';
export { watchQuery } from './watch.ts';
export { recentExecutions } from './executions.ts';
export { cleanupActions, cleanupStatus } from './cleanup.ts';
