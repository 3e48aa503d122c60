/** Model calls and runs, told by what a test of figures cares about. */
import type { Observation, ObservationData } from '../../../server/model/observation.ts';
import { failure, observation, usage } from './derivation.ts';

export const at = (text: string): number => Date.parse(text);

export interface CallTold {
  at: string;
  user?: string | null;
  domain?: string;
  conversation?: string;
  agent?: string;
  team?: string;
  model?: string;
  latencyMs?: number | null;
  firstTokenMs?: number;
  failed?: boolean | string;
  /** Of the input; `null`: it told no usage. */
  tokens?: number | null;
  output?: number;
}

let traces = 0;

/** A trace of its own. */
export const newTrace = (): string => String((traces += 1)).padStart(32, '0');

/** A model call, in a trace of its own. */
export function call({ tokens = 10, latencyMs = 100, ...told }: CallTold): Observation {
  const type = typeof told.failed === 'string' ? told.failed : failure.type;
  return observation({
    traceId: newTrace(),
    domain: told.domain ?? 'a.example.com',
    startedAt: at(told.at),
    endedAt: at(told.at) + (latencyMs ?? 0),
    data: {
      user: told.user === undefined ? 'ada' : told.user,
      conversation: told.conversation ?? null,
      agent: told.agent ?? null,
      team: told.team ?? null,
      model: told.model ?? 'gpt-5',
      latencyMs,
      timeToFirstTokenMs: told.firstTokenMs ?? null,
      usage: tokens === null ? null : usage(tokens, told.output ?? 0),
      error: told.failed ? { ...failure, type } : null,
    },
  });
}

/** A run of an agent, without a call. */
export function run(
  startedAt: string,
  status: 'completed' | 'failed' | 'open',
  { domain = 'a.example.com', ...data }: { domain?: string } & Partial<ObservationData> = {},
): Observation {
  const start = at(startedAt);
  return observation({
    traceId: newTrace(),
    kind: 'agent',
    domain,
    startedAt: start,
    endedAt: status === 'open' ? null : start + 1_000,
    data: { error: status === 'failed' ? failure : null, ...data },
  });
}
