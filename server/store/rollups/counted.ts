/** The fields of requests and executions that rollups sum. */
import type { ExecutionRecord, LinkRecord } from '../../model/execution.ts';
import type { Usage } from '../../model/usage.ts';
import type { ConversationLink } from '../database/schema/conversations.ts';

/** What of a request is counted somewhere. */
export interface CountedRequest {
  key: string;
  startedAt: number;
  domain: string;
  model: string;
  provider: string | null;
  user: string | null;
  conversation: string | null;
  link: ConversationLink;
  branch: string | null;
  agent: string | null;
  team: string | null;
  failed: boolean;
  errorType: string | null;
  latencyMs: number | null;
  latencyBucket: number | null;
  firstTokenBucket: number | null;
  /** `null`: none of it is known. */
  usage: Usage | null;
  costUsd: string | null;
  priceVersion: string | null;
}

/** What of an execution is counted somewhere. */
export interface CountedExecution {
  startedAt: number;
  domain: string;
  status: ExecutionRecord['status'];
  agent: string | null;
  /** Whole milliseconds, of one that has completed or failed; `null` else. */
  durationMs: number | null;
  links: readonly LinkRecord[];
}

/** Executions that a commit takes out of the rollups and puts into them. */
export interface CountedChanges {
  removed: readonly CountedExecution[];
  saved: readonly { before: CountedExecution | null; after: CountedExecution }[];
}
