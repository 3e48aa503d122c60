import type { ErrorInfo } from '../model/error.ts';
import type { Observation } from '../model/observation.ts';
import { hintsOf } from '../model/hints.ts';
import { byEnd, endOf, latest } from './order.ts';
import { isStale, type Outcome } from './records.ts';
import type { Turn } from './turns.ts';

const OPEN: Outcome = { status: 'open', endedAt: null, error: null };

/**
 * How a turn stands. The span of a whole turn says when it ended; without one its last event
 * does: clients log no end, but a reply that asks for no tools is one.
 */
export function turnOutcome(turn: Turn, isSuperseded: boolean, now: number): Outcome {
  const last = turn.calls.toSorted(byEnd).at(-1) ?? null;
  const failure = failureOf(turn, last);
  const { span } = turn;
  if (span !== null && span.endedAt !== null) {
    const error = span.data.error ?? failure?.error ?? null;
    return ended(span.endedAt, error);
  }
  if (failure !== null) return ended(failure.at, failure.error);
  const finished = turn.events.find(
    ({ data }) => data.event === 'gemini_cli.conversation_finished',
  );
  if (finished) return ended(endOf(finished), null);
  if (last === null || (isBusyAfter(turn, last) && !isDoneByNextPrompt(last, isSuperseded))) {
    return OPEN;
  }
  return isReply(last, turn, isSuperseded, now) ? ended(endOf(last), null) : OPEN;
}

function ended(endedAt: number, error: ErrorInfo | null): Outcome {
  return { status: error === null ? 'completed' : 'failed', endedAt, error };
}

/** Claude Code says nothing at the end of a turn but the next prompt. */
function isDoneByNextPrompt({ family }: Observation, isSuperseded: boolean): boolean {
  return family === 'claude-code' && isSuperseded;
}

/** Whether a call's reply was the last word: told, or by nothing coming after it. */
function isReply(last: Observation, turn: Turn, isSuperseded: boolean, now: number): boolean {
  const { asksTools } = hintsOf(last);
  if (asksTools === false || isDoneByNextPrompt(last, isSuperseded)) return true;
  if (asksTools === true) return false;
  const events = [...turn.prompts, ...turn.calls, ...turn.tools, ...turn.events];
  return isSuperseded || isStale(latest(events.map(endOf)), now);
}

/** A tool was decided on or used after the last call: its result is not answered yet. */
export function isBusyAfter({ tools, events }: Turn, last: Observation): boolean {
  const decisions = events.filter(({ data }) => data.event?.endsWith('.tool_decision'));
  return [...tools, ...decisions].some((told) => byEnd(last, told) < 0);
}

interface Failure {
  at: number;
  error: ErrorInfo;
}

/** What broke a turn: a call that failed, retries that ran out, or a user who gave up. */
function failureOf({ events }: Turn, last: Observation | null): Failure | null {
  if (last?.data.error) return { at: endOf(last), error: last.data.error };
  const later = events.filter((event) => last === null || byEnd(last, event) < 0).toSorted(byEnd);
  for (const event of later) {
    const { event: name, error } = event.data;
    if (/retries_exhausted$|content_retry_failure$/.test(name ?? '') && error !== null) {
      return { at: endOf(event), error };
    }
    if (hintsOf(event).source === 'user_abort') {
      return { at: endOf(event), error: { type: 'user_abort', message: null } };
    }
  }
  return null;
}
