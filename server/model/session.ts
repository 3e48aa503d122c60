import type { Convention } from './observation.ts';

/** Where a CLI session stands. It begins `IDLE`; each turn goes on from `CONTEXT`. */
export type CliState =
  'IDLE' | 'AUTH' | 'CONTEXT' | 'API' | 'TOOL' | 'ERROR_RECOVERY' | 'ABORTED' | 'DONE';

export interface TransitionRecord {
  /** Epoch ms. */
  at: number;
  from: CliState;
  to: CliState;
  /** The event that tells of it, such as `claude_code.user_prompt`; `null`: time, or what followed. */
  event: string | null;
}

/** One session of a coding agent's command line, as derived. */
export interface SessionRecord {
  /** `claude-code:<id>` and so on, unique in the workspace. */
  key: string;
  family: Convention;
  domain: string;
  user: string | null;
  /** The client's own version; `null` where it tells none. */
  version: string | null;
  state: CliState;
  startedAt: number;
  lastEventAt: number;
  turns: number;
  requests: number;
  /** All of them, oldest first. */
  transitions: TransitionRecord[];
  /** When silence alone will make it `DONE`; `null`: it won't. */
  dueAt: number | null;
}
