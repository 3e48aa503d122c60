import type { Observation } from './observation.ts';

/**
 * What a family tells the derivation beside the data that all have: kept in
 * `ObservationData.extra`.
 */
export interface Hints {
  /** It never happens outside of a run: where it is seen, a run is under way. */
  inRun?: boolean;
  /** It happens outside of runs as well: by itself it is no sign of one. */
  ambient?: boolean;
  /** An agent that is a mere chain of calls, as OpenInference has them. */
  chain?: boolean;
  /** The name of the run that it says it is in: an agent's where nothing nearer has one. */
  workflow?: string;
  /** The id of a tool call, by which a log and a span tell the same one. */
  callId?: string;
  /** Whether a model's reply asks for tools, so that the run goes on. */
  asksTools?: boolean;
  /** Position in its request, between records of the same moment. */
  order?: number;
  /** Of a log record's time, below its millisecond. */
  nanoseconds?: number;
  /** A second account of a call, for when the first is missing. */
  secondary?: boolean;
  /** The team that the ingest key stands for: where the telemetry names none. */
  keyTeam?: string;
  /** A CLI's event: what the session's state changes by. */
  decision?: string;
  source?: string;
  attempt?: number;
  /** The client's version, on the records that begin something. */
  version?: string;
}

export function hintsOf({ data }: Observation): Hints {
  return data.extra;
}

/** The type of an error whose client tells none. */
export const UNTYPED = 'error';
