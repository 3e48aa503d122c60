import type { Derived } from '../model/derived.ts';
import type { Observation } from '../model/observation.ts';
import { byKey } from './order.ts';
import { deriveSession } from './session.ts';
import { deriveTrace } from './trace.ts';

/** Clients whose sessions reach over several traces, and are told by log events. */
const CLIS: ReadonlySet<string> = new Set(['codex', 'gemini', 'claude-code']);

/**
 * What has to be read together with an observation: its CLI session with all traces of that
 * session, else its trace, else itself alone.
 * @param traceSession the session that the trace belongs to, where any of its observations told one
 */
export function scopeOf(observation: Observation, traceSession: string | null = null): string {
  const { session, traceId, key } = observation;
  return session ?? traceSession ?? (traceId === null ? key : `trace:${traceId}`);
}

/**
 * Reads all observations of one scope and tells the requests and executions in it. Pure: neither
 * the order of the observations nor their repetition matters. Prices are not part of it.
 * @param now epoch milliseconds; an unfinished run whose last event is over 10 minutes old is
 *   abandoned
 */
export function derive(observations: readonly Observation[], now: number): Derived {
  const unique = latestVersions(observations);
  const sessions = sessionsOfTraces(unique);
  const groups = Map.groupBy(unique, (observation) => {
    const { family, traceId } = observation;
    if (!CLIS.has(family)) return scopeOf({ ...observation, session: null });
    const traceSession = sessions.get(`${family}:${traceId ?? ''}`) ?? null;
    return `${family}:${scopeOf(observation, traceSession)}`;
  });
  const derived = [...groups.values()].map((group) =>
    CLIS.has(group[0]?.family ?? '') ? deriveSession(group, now) : deriveTrace(group, now),
  );
  const byRecordKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
  return {
    requests: derived.flatMap(({ requests }) => requests).toSorted(byRecordKey),
    executions: derived.flatMap(({ executions }) => executions).toSorted(byRecordKey),
    sessions: derived.flatMap(({ sessions }) => sessions).toSorted(byRecordKey),
    errors: derived.flatMap(({ errors }) => errors).toSorted(byRecordKey),
  };
}

/** Each observation once; of several versions the one that ended last. */
function latestVersions(observations: readonly Observation[]): Observation[] {
  const versions = Map.groupBy(observations.toSorted(byKey), ({ key }) => key);
  return [...versions.values()].flatMap((same) => {
    if (same.length === 1) return same;
    const rank = ({ endedAt }: Observation) => endedAt ?? -Infinity;
    const content = (version: Observation) => JSON.stringify(version);
    return same
      .toSorted((a, b) => rank(b) - rank(a) || (content(a) < content(b) ? -1 : 1))
      .slice(0, 1);
  });
}

/** The session of each trace; of several the first in order of text. */
function sessionsOfTraces(observations: readonly Observation[]): Map<string, string> {
  const sessions = new Map<string, string>();
  for (const { family, traceId, session } of observations) {
    if (traceId === null || session === null) continue;
    const key = `${family}:${traceId}`;
    const known = sessions.get(key);
    if (known === undefined || session < known) sessions.set(key, session);
  }
  return sessions;
}
