/**
 * Brings what ingest hands over into a form that the database can hold: no NUL and no half
 * surrogate pair (neither text nor jsonb takes them), no name longer than an index entry may be,
 * whole milliseconds.
 */
import { hash } from 'node:crypto';
import type { Message, Observation, ObservationData } from '../../model/records.ts';
import { packData, unpackData } from './data.ts';

/** An observation with its data written down once. */
export interface CleanObservation {
  observation: Observation;
  json: string;
}

/** Characters of a name; longer ones end in a hash of the whole. */
const MAX_NAME = 256;

/** Stands for a domain, model or agent that nobody has named; an empty name means all of them. */
export const UNKNOWN = 'unknown';

/** NUL or half a surrogate pair, the way JSON.stringify writes them. */
const UNFIT_JSON = /\\u(?:0000|d[89a-f])/;

export function cleanText(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();
}

/** A text that goes into an index. */
export function cleanName(name: string): string {
  const text = cleanText(name);
  if (text.length <= MAX_NAME) return text;
  const digest = hash('sha256', text, 'hex').slice(0, 32);
  return `${text.slice(0, MAX_NAME - 33).toWellFormed()}~${digest}`;
}

const cleanNameOrNull = (name: string | null): string | null =>
  name === null ? null : cleanName(name);

/** JSON text without what jsonb refuses. */
export function cleanJson(value: unknown): string {
  // What JSON has no word for (undefined, a function) gives no text at all.
  const json = (JSON.stringify(value) as string | undefined) ?? 'null';
  return UNFIT_JSON.test(json)
    ? JSON.stringify(value, (_key, inner: unknown) => cleanDeep(inner))
    : json;
}

function cleanDeep(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), inner]));
}

export function cleanObservation(raw: Observation): CleanObservation {
  const data: ObservationData = {
    ...raw.data,
    user: cleanNameOrNull(raw.data.user),
    conversation: cleanNameOrNull(raw.data.conversation),
    turn: cleanNameOrNull(raw.data.turn),
    agent: cleanNameOrNull(raw.data.agent),
    model: cleanNameOrNull(raw.data.model),
    provider: cleanNameOrNull(raw.data.provider),
  };
  const json = packData(data);
  const fit = !UNFIT_JSON.test(json);
  const cleaned = fit ? json : cleanJson(JSON.parse(json));
  const observation: Observation = {
    ...raw,
    key: cleanName(raw.key),
    traceId: cleanNameOrNull(raw.traceId),
    spanId: cleanNameOrNull(raw.spanId),
    session: cleanNameOrNull(raw.session),
    domain: cleanName(raw.domain) || UNKNOWN,
    startedAt: Math.trunc(raw.startedAt),
    endedAt: raw.endedAt === null ? null : Math.trunc(raw.endedAt),
    // What is derived now has to be what would be derived from the row.
    data: fit ? data : unpackData(JSON.parse(cleaned) as Partial<ObservationData>),
  };
  return { observation, json: cleaned };
}

/** A message with its parts as JSON, and at most the length that the column holds. */
export function cleanMessage(message: Message): {
  role: string;
  parts: string | null;
  length: number | null;
} {
  return {
    role: message.role,
    parts: message.parts === null ? null : cleanJson(message.parts),
    length: message.length === null ? null : Math.min(Math.trunc(message.length), 2 ** 31 - 1),
  };
}
