/** A command line's session as the contract tells it: for lists and for live events. */
import type { Schemas } from '../../contract/index.ts';
import type { Selectable } from 'kysely';
import type { Convention } from '../../model/observation.ts';
import type { CliSessionTable } from '../database/schema/admin.ts';

export type CliSession = Schemas['CliSession'];

export type CliFamily = Extract<Convention, 'claude-code' | 'codex' | 'gemini'>;

/** The columns that `cliSessionOf` reads. */
export type CliSessionRow = Omit<
  Selectable<CliSessionTable>,
  'workspace_id' | 'scope' | 'digest' | 'reached' | 'due_at'
>;

export function cliSessionOf(row: CliSessionRow): CliSession {
  const { family, key, started_at: startedAt, last_event_at: lastEventAt } = row;
  return {
    id: row.id,
    sessionId: key.startsWith(`${family}:`) ? key.slice(family.length + 1) : key,
    // Only command lines have sessions.
    client: family as CliFamily,
    version: row.version,
    domain: row.domain,
    user: row.user_id,
    state: row.state,
    startedAt: startedAt.toISOString(),
    lastEventAt: lastEventAt.toISOString(),
    durationMs: Math.max(0, lastEventAt.getTime() - startedAt.getTime()),
    turns: row.turns,
    requests: row.requests,
    transitions: row.transitions,
    recentTransitions: row.recent.map(({ at, from, to, event }) => ({
      at: new Date(at).toISOString(),
      from,
      to,
      event,
    })),
  };
}
