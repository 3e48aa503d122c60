import type { CliState, SessionRecord, TransitionRecord } from '../model/session.ts';
import type { Observation } from '../model/observation.ts';
import { hintsOf } from '../model/hints.ts';
import { answeredAfter } from './errors.ts';
import { byEnd, endOf, first, latest } from './order.ts';
import { isBusyAfter, turnOutcome } from './outcome.ts';
import { EXHAUSTED } from './severity.ts';
import type { Turn } from './turns.ts';

/** Nothing for this long after an answer: the turn is done, where the client does not say so. */
const IDLE_MS = 30 * 60_000;

/** What tells that a client has begun and may go on. */
const BEGINS =
  /^(?:claude_code\.(?:auth|session\.count)|codex\.conversation_starts|gemini_cli\.config)$/;

/** A client that tries again says so. */
const RETRIES = /^(?:codex\.auth_recovery|gemini_cli\.chat\.content_retry)$/;

const REQUESTS = /^codex\.(?:api|websocket)_request$/;

/** Of what happens in one moment, what comes first. */
const ORDER: readonly CliState[] = ['CONTEXT', 'ERROR_RECOVERY', 'API', 'TOOL', 'ABORTED'];

/** A state that something leads to. */
interface Move {
  at: number;
  to: CliState;
  event: string | null;
}

/**
 * The states that a CLI session went through: how the clients' events lead from one to the next is
 * told in `docs/admin-dashboard.md`. `null` where no record names a session.
 * @param turns with all that belongs to them, in order
 * @param requests how many model calls it made, in turns or not
 * @param now epoch ms
 */
export function sessionOf(
  observations: readonly Observation[],
  turns: readonly Turn[],
  requests: number,
  now: number,
): SessionRecord | null {
  const sorted = observations.toSorted(byEnd);
  const [earliest] = sorted;
  const key = first(sorted.map(({ session }) => session));
  if (!earliest || key === null) return null;
  const lastEventAt = latest(sorted.map(endOf));
  const walk = new Walk();
  walk.begin(sorted.find(({ data }) => BEGINS.test(data.event ?? '')));
  for (const [index, turn] of turns.entries()) walk.through(turn, index < turns.length - 1);
  const dueAt = isAnswered(turns.at(-1), walk.state) ? lastEventAt + IDLE_MS : null;
  const isDue = dueAt !== null && now >= dueAt;
  if (isDue) walk.go({ at: dueAt, to: 'DONE', event: null });
  return {
    key,
    family: earliest.family,
    domain: earliest.domain,
    user: first(sorted.map(({ data }) => data.user)),
    version: first(sorted.map((observation) => hintsOf(observation).version)),
    state: walk.state,
    startedAt: sorted.reduce((least, { startedAt }) => Math.min(least, startedAt), Infinity),
    lastEventAt,
    turns: turns.length,
    requests,
    transitions: walk.transitions,
    dueAt: isDue ? null : dueAt,
  };
}

class Walk {
  readonly transitions: TransitionRecord[] = [];
  state: CliState = 'IDLE';
  #at = -Infinity;

  begin(event: Observation | undefined): void {
    if (event) this.go({ at: event.startedAt, to: 'AUTH', event: event.data.event });
  }

  through(turn: Turn, isSuperseded: boolean): void {
    const moves = movesOf(turn);
    const [begin] = moves;
    if (!begin) return;
    // Whoever asks has got in, whether or not it was told.
    if (this.state === 'IDLE') this.go({ at: begin.at, to: 'AUTH', event: null });
    for (const move of moves) this.go(move);
    const end = endMove(turn, isSuperseded);
    if (end) this.go({ ...end, at: Math.max(end.at, this.#at) });
  }

  /** Going on in the same state is no transition. */
  go({ at, to, event }: Move): void {
    const moment = Math.max(at, this.#at);
    this.#at = moment;
    if (to === this.state) return;
    this.transitions.push({ at: moment, from: this.state, to, event });
    this.state = to;
  }
}

/** What happened in a turn, in order. */
function movesOf({ startedAt, prompts, span, calls, tools, events }: Turn): Move[] {
  const moves: Move[] = [];
  let recoveredAt = -Infinity;
  for (const call of calls.toSorted(byEnd)) {
    const { event, error } = call.data;
    // A client may count its earlier attempts into the call that answers.
    moves.push({ at: Math.max(call.startedAt, recoveredAt), to: 'API', event });
    const at = endOf(call);
    if (error) recoveredAt = at;
    if (error && answeredAfter(calls, at)) moves.push({ at, to: 'ERROR_RECOVERY', event });
  }
  for (const tool of tools) {
    moves.push({ at: tool.startedAt, to: 'TOOL', event: tool.data.event });
  }
  for (const told of events) {
    const { event, error } = told.data;
    const to = stateOf(told);
    if (to) moves.push({ at: told.startedAt, to, event });
    const at = endOf(told);
    // An attempt of Codex that failed, before one that did not.
    if (to === 'API' && error && answeredAfter(calls, at)) {
      moves.push({ at, to: 'ERROR_RECOVERY', event });
    }
  }
  moves.sort((a, b) => a.at - b.at || ORDER.indexOf(a.to) - ORDER.indexOf(b.to));
  const [prompt] = prompts.toSorted(byEnd);
  const begin = Number.isFinite(startedAt) ? startedAt : moves[0]?.at;
  if (begin === undefined) return moves;
  const asked = first([prompt?.data.event, span?.data.event]);
  return [{ at: begin, to: 'CONTEXT', event: asked }, ...moves];
}

/** Where an event by itself leads. */
function stateOf(told: Observation): CliState | null {
  const event = told.data.event ?? '';
  const { source, attempt = 0 } = hintsOf(told);
  if (EXHAUSTED.test(event) || source === 'user_abort') return 'ABORTED';
  if (RETRIES.test(event)) return 'ERROR_RECOVERY';
  if (REQUESTS.test(event)) return attempt > 0 ? 'ERROR_RECOVERY' : 'API';
  return event.endsWith('.tool_decision') ? 'TOOL' : null;
}

/** How a turn ended, as far as it is told: silence is no end here. */
function endMove(turn: Turn, isSuperseded: boolean): Move | null {
  const { status, endedAt, error } = turnOutcome(turn, isSuperseded, -Infinity);
  if (status === 'open' || endedAt === null) return null;
  const last = turn.calls.toSorted(byEnd).at(-1);
  const told = last?.family === 'codex' ? last.data.event : null;
  const event = turn.span?.data.event ?? told;
  if (status === 'completed') return { at: endedAt, to: 'DONE', event };
  // Codex tells a stream that broke; others go on trying until they say that they have given up.
  const isOver = (turn.span !== null && turn.span.endedAt !== null) || last?.family === 'codex';
  return isOver && error !== null ? { at: endedAt, to: 'ABORTED', event } : null;
}

/** Whether the last word was a reply that asks for nothing more. */
function isAnswered(turn: Turn | undefined, state: CliState): boolean {
  const last = turn?.calls.toSorted(byEnd).at(-1);
  if (!turn || !last || state !== 'API' || last.data.error !== null) return false;
  return hintsOf(last).asksTools !== true && !isBusyAfter(turn, last);
}
