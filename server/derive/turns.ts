import type { Observation } from '../model/observation.ts';
import { hintsOf } from '../model/hints.ts';
import type { Node } from './span-tree.ts';
import { byEnd, byStart, endOf } from './order.ts';

/** One prompt to a CLI and all that came of it. */
export interface Turn {
  /** The client's id of the prompt; `null` where only time tells what belongs to it. */
  id: string | null;
  /** The trace in which it shows itself, before its prompt and its span are here. */
  trace: string | null;
  /** Epoch milliseconds. */
  startedAt: number;
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

/** The turns of a session in order: by its prompts, by the spans of turns, and by signs of others. */
export function turnsOf(logs: readonly Observation[], nodes: readonly Node[]): Turn[] {
  const turns = turnsOfLogs(logs);
  const spans = nodes.filter((node) => node.root === node).map(({ observation }) => observation);
  for (const span of spans.toSorted(byStart)) {
    if (!join(turns, span)) turns.push({ ...newTurn(span.data.turn, span.startedAt), span });
  }
  const known = turns.filter(({ id, prompts, span }) => id !== null || prompts.length > 0 || span);
  known.push(...turnsWithoutSpan(nodes, known));
  const [sign] = logs.filter(showsTurn);
  if (known.length === 0 && sign) known.push(newTurn(null, -Infinity));
  return known.toSorted((a, b) => a.startedAt - b.startedAt);
}

function newTurn(id: string | null, startedAt: number): Turn {
  const empty = { prompts: [], span: null, calls: [], tools: [], events: [] };
  return { id, trace: null, startedAt, ...empty };
}

const TELL_TURNS: ReadonlySet<string> = new Set(['request', 'error', 'tool']);

/**
 * Whether a log tells of a turn by the id of its prompt, which Claude Code and Gemini put on all
 * that follows: one whose prompt is lost, or has not arrived yet, is known by the rest.
 */
function tellsTurn({ family, kind, data }: Observation): boolean {
  if (family === 'codex' || data.turn === null || !TELL_TURNS.has(kind)) return false;
  // Gemini has such ids for calls of its own as well: those of a user begin with the session's.
  const { turn, conversation } = data;
  return family === 'claude-code' || (turn !== conversation && isPartOf(turn, conversation));
}

/** A turn for each prompt; what an agent within one tells is of the same. */
function turnsOfLogs(logs: readonly Observation[]): Turn[] {
  const turns: Turn[] = [];
  const byId = new Map<string, Turn>();
  const telling = logs.filter((log) => log.kind === 'prompt' || tellsTurn(log)).toSorted(byEnd);
  const ids = [...new Set(telling.flatMap(({ data }) => data.turn ?? []))];
  const outermost = new Map(
    ids.map((id) => [id, ids.reduce((most, other) => (isPartOf(most, other) ? other : most), id)]),
  );
  for (const log of telling) {
    const isPrompt = log.kind === 'prompt';
    const id = outermost.get(log.data.turn ?? '') ?? null;
    let turn = id === null ? undefined : byId.get(id);
    if (!turn) {
      turn = newTurn(id, log.startedAt);
      turns.push(turn);
      if (id !== null) byId.set(id, turn);
    }
    turn.startedAt = Math.min(turn.startedAt, log.startedAt);
    if (isPrompt) turn.prompts.push(log);
  }
  return turns;
}

/** Gives a turn's span to the turn whose prompt it answers, if there is one. */
function join(turns: readonly Turn[], span: Observation): boolean {
  const fits = turns.filter((turn) => turn.span === null && answers(span, turn));
  const sameTrace = fits.find(({ prompts }) =>
    prompts.some(({ traceId }) => traceId !== null && traceId === span.traceId),
  );
  const turn = sameTrace ?? fits[0];
  if (!turn) return false;
  turn.span = span;
  turn.startedAt = Math.min(turn.startedAt, span.startedAt);
  // What a Codex user adds while a turn runs belongs to it; other clients name every prompt.
  const added = span.family === 'codex' ? fits.filter((other) => other !== turn) : [];
  for (const other of added) turn.prompts.push(...other.prompts.splice(0));
  return true;
}

function answers(span: Observation, { id, prompts, startedAt }: Turn): boolean {
  if (id !== null && span.data.turn !== null) return id === span.data.turn;
  // Known by what followed its prompt alone.
  if (id !== null && prompts.length === 0) {
    return startedAt >= span.startedAt && startedAt <= (span.endedAt ?? Infinity);
  }
  return prompts.some((prompt) => {
    const isElsewhere = prompt.traceId !== null && prompt.traceId !== span.traceId;
    if (isElsewhere && span.family === 'codex') return false;
    const said = endOf(prompt);
    return said >= span.startedAt - BEFORE_SPAN_MS && said <= (span.endedAt ?? Infinity);
  });
}

/**
 * Turns by spans of theirs alone: the turn's own is still to come, or the client has none. Unless
 * it is named, it is one only when no other turn was running.
 */
function turnsWithoutSpan(nodes: readonly Node[], known: readonly Turn[]): Turn[] {
  const found: Turn[] = [];
  const signs = nodes
    .filter((node) => node.root === null && showsTurn(node.observation))
    .map(({ observation }) => observation);
  for (const sign of signs.toSorted(byStart)) {
    const { turn: id } = sign.data;
    const turns = [...known, ...found];
    const isKnown =
      id !== null && turns.every((turn) => turn.id !== null)
        ? turns.some((turn) => turn.id !== null && isPartOf(id, turn.id))
        : turns.some((turn) => wasRunning(turn, sign.startedAt));
    if (isKnown) continue;
    // The sign itself is part of it: a log may stand for the same tool, and belong elsewhere.
    found.push({ ...newTurn(id, sign.startedAt), trace: sign.traceId, events: [sign] });
  }
  return found;
}

function wasRunning({ startedAt, span }: Turn, moment: number): boolean {
  return startedAt <= moment && (span?.endedAt ?? Infinity) >= moment;
}

/** Gemini's agents within a prompt have ids that begin with the prompt's. */
function isPartOf(id: string, prompt: string | null): boolean {
  if (prompt === null) return false;
  return id === prompt || (id.startsWith(prompt) && !/[0-9a-z]/i.test(id.charAt(prompt.length)));
}

/** Whether something was told that never happens outside of a turn. */
function showsTurn(observation: Observation): boolean {
  return observation.kind === 'tool' || hintsOf(observation).inRun === true;
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
  ofNode({ root, observation }: Node): Turn | null {
    const own = root ? this.#bySpan.get(root.observation.key) : undefined;
    return own ?? this.#named(observation.data.turn) ?? this.#at(observation.startedAt, null);
  }

  #named(id: string | null): Turn | null {
    if (id === null) return null;
    const exact = this.#byId.get(id);
    if (exact) return exact;
    const prefixes = [...this.#byId.keys()].filter((known) => isPartOf(id, known));
    const longest = prefixes.toSorted((a, b) => b.length - a.length)[0];
    return longest === undefined ? null : (this.#byId.get(longest) ?? null);
  }

  #at(moment: number, traceId: string | null): Turn | null {
    const begun = this.#turns.filter(({ startedAt }) => startedAt <= moment);
    const sameTrace = begun.findLast(
      ({ span }) => traceId !== null && span?.traceId === traceId && moment <= endOf(span),
    );
    return sameTrace ?? begun.at(-1) ?? null;
  }
}
