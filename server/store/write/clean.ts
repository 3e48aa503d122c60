/** Brings what ingest hands over into a form that the database can hold, in whole milliseconds. */
import type { Message } from '../../model/message.ts';
import type { Observation, ObservationData } from '../../model/observation.ts';
import { packData, unpackData } from './data.ts';
import { cleanJson, cleanName, UNFIT_JSON, UNKNOWN } from '../database/clean.ts';

/** An observation with its data written down once. */
export interface CleanObservation {
  observation: Observation;
  json: string;
}

const cleanNameOrNull = (name: string | null): string | null =>
  name === null ? null : cleanName(name);

/**
 * Ids that a path can't carry as they are: clients resolve `.` and `..` away, some words are
 * operations, and a segment that starts with an escape is decoded twice. What already looks like
 * such an id gets another `~`, so that ids stay distinct.
 */
const UNFIT_FOR_PATHS = /^~*(?:(?:\.\.?|delete|export|search)$|%[\da-f]{2})/i;

function cleanConversationId(id: string): string {
  const clean = cleanName(id);
  return UNFIT_FOR_PATHS.test(clean) ? `~${clean}` : clean;
}

export function cleanObservation(raw: Observation): CleanObservation {
  const data: ObservationData = {
    ...raw.data,
    user: cleanNameOrNull(raw.data.user),
    conversation:
      raw.data.conversation === null ? null : cleanConversationId(raw.data.conversation),
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
