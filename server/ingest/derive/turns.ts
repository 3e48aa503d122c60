import type { Observation } from '../../store/records.ts';
import { hintsOf } from '../hints.ts';
import { byEnd, byStart, endOf } from './order.ts';
import type { Node } from './forest.ts';

/** One prompt to a CLI and all that came of it. */
export interface Turn {
  /** The client's id of the prompt; `null` where only time tells what belongs to it. */
  id: string | null;
  prompts: Observation[];
  /** The span of the whole turn, where the client sends one and it has arrived. */
  span: Observation | null;
  calls: Observation[];
  tools: Observation[];
  /** All else that was told while it ran. */
  events: Observation[];
}

/** A prompt is logged within its turn's span, or a moment before it. */
const BEFORE_SPAN_MS = 2_000;

/** A Codex user may add to a prompt while its turn runs; other clients name every prompt. */
export function turnsOf(logs: readonly Observation[], spans: readonly Node[]): Turn[] {
  const turns: Turn[] = [];
  const byId = new Map<string, Turn>();
  const open = (id: string | null) => {
    const turn: Turn = { id, prompts: [], span: null, calls: [], tools: [], events: [] };
    turns.push(turn);
    if (id !== null) byId.set(id, turn);
    return turn;
  };
  for (const prompt of logs.filter(({ kind }) => kind === 'prompt').toSorted(byEnd)) {
    const { turn: id } = prompt.data;
    ((id === null ? undefined : byId.get(id)) ?? open(id)).prompts.push(prompt);
  }
  for (const id of idsWithoutPrompt(logs, byId)) open(id);
  const roots = spans.filter((node) => node.root === node).map(({ observation }) => observation);
  for (const span of roots.toSorted(byStart)) {
    if (!join(turns, span)) open(span.data.turn).span = span;
  }
  const whole = turns.filter((turn) => !turns.some((other) => isPartOf(turn, other)));
  return whole.toSorted((a, b) => startOf(a) - startOf(b));
}

/**
 * Claude Code puts the id of the prompt on all that follows it, so that a prompt which was lost, or
 * has not arrived yet, is known by the rest. Gemini has ids for calls of its own as well.
 */
function idsWithoutPrompt(logs: readonly Observation[], known: ReadonlyMap<string, Turn>) {
  const ids = new Set<string>();
  for (const { family, kind, data } of logs.toSorted(byEnd)) {
    if (data.turn === null || known.has(data.turn)) continue;
    const tells = family === 'claude-code' ? ['request', 'error', 'tool'] : [];
    if (tells.includes(kind)) ids.add(data.turn);
  }
  return ids;
}

/** Gives a turn's span to the turn whose prompt it answers, if there is one. */
function join(turns: readonly Turn[], span: Observation): boolean {
  const fits = turns.filter((turn) => turn.span === null && answers(span, turn));
  const best = fits.find((turn) => turn.prompts.some(({ traceId }) => traceId === span.traceId));
  const turn = best ?? fits[0];
  if (!turn) return false;
  turn.span = span;
  // A prompt that was added while the turn ran belongs to it.
  if (span.family === 'codex') {
    for (const other of turns) {
      if (other === turn || other.span !== null || !answers(span, other)) continue;
      turn.prompts.push(...other.prompts.splice(0));
    }
  }
  return true;
}

function answers(span: Observation, { id, prompts }: Turn): boolean {
  if (id !== null && span.data.turn !== null) return id === span.data.turn;
  return prompts.some(
    (prompt) =>
      (prompt.traceId === null || span.traceId === prompt.traceId || span.family !== 'codex') &&
      endOf(prompt) >= span.startedAt - BEFORE_SPAN_MS &&
      (span.endedAt === null || endOf(prompt) <= span.endedAt),
  );
}

/** Its prompts went over to another. */
function isPartOf(turn: Turn, other: Turn): boolean {
  return turn !== other && turn.id === null && turn.prompts.length === 0 && turn.span === null;
}

/** When it began, in epoch milliseconds; what has no prompt and no span begins with its first event. */
export function startOf({ prompts, span, calls, tools, events }: Turn): number {
  const known = [...prompts, ...(span ? [span] : [])];
  const told = known.length > 0 ? known : [...calls, ...tools, ...events];
  return Math.min(...told.map(({ startedAt }) => startedAt));
}

/** Tells the turn of anything in the session. */
export class Turns {
  readonly #turns: readonly Turn[];
  readonly #byId: Map<string, Turn>;
  readonly #bySpan: Map<string, Turn>;

  /** @param turns in order of their start */
  constructor(turns: readonly Turn[]) {
    this.#turns = turns;
    this.#byId = new Map(turns.flatMap((turn) => (turn.id === null ? [] : [[turn.id, turn]])));
    this.#bySpan = new Map(turns.flatMap((turn) => (turn.span ? [[turn.span.key, turn]] : [])));
  }

  /** By the id of its prompt, else the latest turn that had begun when it was told. */
  ofLog(log: Observation): Turn | null {
    return this.#named(log.data.turn) ?? this.#at(endOf(log), log.traceId);
  }

  /** By the span that it runs in, else like a log. */
  ofNode(node: Node): Turn | null {
    const own = node.root ? this.#bySpan.get(node.root.observation.key) : undefined;
    return own ?? this.ofLog(node.observation);
  }

  /** Gemini's agents within a prompt have ids that begin with the prompt's. */
  #named(id: string | null): Turn | null {
    if (id === null) return null;
    const exact = this.#byId.get(id);
    if (exact) return exact;
    const prefixes = [...this.#byId.keys()].filter(
      (known) => id.startsWith(known) && !/[0-9a-z]/i.test(id.charAt(known.length)),
    );
    const longest = prefixes.toSorted((a, b) => b.length - a.length)[0];
    return longest === undefined ? null : (this.#byId.get(longest) ?? null);
  }

  #at(moment: number, traceId: string | null): Turn | null {
    const begun = this.#turns.filter((turn) => startOf(turn) <= moment);
    const sameTrace = begun.findLast(
      ({ span }) => traceId !== null && span?.traceId === traceId && moment <= endOf(span),
    );
    return sameTrace ?? begun.at(-1) ?? null;
  }
}

/** Whether anything was told that never happens outside of a turn. */
export function showsTurn(observation: Observation): boolean {
  return observation.kind === 'tool' || hintsOf(observation).inRun === true;
}
