/**
 * Clients that send no id of a conversation repeat it whole: each request brings the history that
 * it goes on from. So a request has led to a point (what it was sent, and what it was answered),
 * and may go on from points: wherever in its own history a model had just answered. Pure.
 */
import { hash } from 'node:crypto';
import { readHash, repeatedAs } from '../../model/message-hash.ts';

/** A place in a history. Equal hashes: the same messages in the same domain. */
export interface Mark {
  hash: string;
  side: 'p' | 'b';
  /** How far from the end of the history: the smaller, the more of it fits. */
  depth: number;
}

/** Answers in a history, from its end, from which a request may go on where those after are lost. */
const MOST_ANSWERS = 8;

/** Answers of which a client may have chosen one. */
const MOST_CHOICES = 4;

/** Marks of nothing: the content is not known, or nothing could go on from it. */
const NONE: readonly Mark[] = [];

/**
 * @param input hashes of the messages that were sent, in their order
 * @param output hashes of what was answered; empty where it is not known
 */
export function marksOf(
  domain: string,
  input: readonly string[],
  output: readonly string[],
): readonly Mark[] {
  const asked = chainOf(input);
  const answered = chainOf(output);
  if (asked === null || asked.length === 0) return NONE;
  const prefixes = prefixesOf(domain, asked);
  return [
    ...pointsOf(prefixes.at(-1) ?? '', answered),
    ...answersIn(asked)
      .slice(-MOST_ANSWERS)
      .reverse()
      .flatMap(({ from, to }, index): Mark[] => [
        { hash: exactly(prefixes[to] ?? ''), side: 'b', depth: 2 * index },
        { hash: unanswered(prefixes[from] ?? ''), side: 'b', depth: 2 * index + 1 },
      ]),
  ];
}

/**
 * Where the answer is not known, only what was asked tells the point; where it is, that alone
 * would tie whoever asked the same.
 */
function pointsOf(asked: string, answered: readonly string[] | null): Mark[] {
  const mark = (name: string): Mark => ({ hash: name, side: 'p', depth: 0 });
  if (answered === null || answered.length === 0) return [mark(unanswered(asked))];
  const whole = answered.reduce(next, asked);
  const choices = answered.length > 1 ? answered.slice(0, MOST_CHOICES) : [];
  const points = [whole, ...choices.map((choice) => next(asked, choice))];
  return [...new Set(points)].map((point) => mark(exactly(point)));
}

/** Messages as they are repeated, instructions apart, which change; `null` where one is redacted. */
function chainOf(hashes: readonly string[]): string[] | null {
  const chain: string[] = [];
  for (const name of hashes) {
    const told = readHash(name);
    if (told === null || told.redacted) return null;
    if (told.role !== 'system') chain.push(repeatedAs(name));
  }
  return chain;
}

/** The runs of answers in a history that something was asked before, as places between messages. */
function answersIn(chain: readonly string[]): { from: number; to: number }[] {
  const isAnswer = (name: string | undefined): boolean =>
    name !== undefined && readHash(name)?.role === 'assistant';
  const found: { from: number; to: number }[] = [];
  for (let at = 0; at < chain.length; at++) {
    if (!isAnswer(chain[at])) continue;
    const from = at;
    while (isAnswer(chain[at + 1])) at++;
    if (from > 0) found.push({ from, to: at + 1 });
  }
  return found;
}

/** A name for each beginning of the chain, the empty one first. */
function prefixesOf(domain: string, chain: readonly string[]): string[] {
  const prefixes = [short(JSON.stringify(['conversation', domain]))];
  for (const name of chain) prefixes.push(next(prefixes.at(-1) ?? '', name));
  return prefixes;
}

const next = (prefix: string, name: string): string => short(`${prefix} ${name}`);
const exactly = (prefix: string): string => `=${prefix}`;
const unanswered = (prefix: string): string => `?${prefix}`;
const short = (text: string): string => hash('sha256', text, 'base64url').slice(0, 24);
