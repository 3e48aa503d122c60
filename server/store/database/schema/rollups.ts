/** What is summed of the telemetry, in the transaction that writes it. */
import type { ColumnType } from 'kysely';
import type { LinkRecord } from '../../../model/execution.ts';

/** Written as an RFC 3339 string, read as a `Date` of millisecond precision. */
type Time = ColumnType<Date, string, string>;
type NullableTime = ColumnType<Date | null, string | null, string | null>;

/** Length of a rollup's slot in minutes. */
export type Grain = 15 | 60 | 1440;

/** What is summed of requests, whatever it is summed by. */
interface UsageColumns {
  errors: number;
  /** Requests that told no usage at all. */
  unmetered: number;
  /** Requests without a known price. */
  unpriced: number;
  uncached_input: number;
  cache_read: number;
  cache_write: number;
  output: number;
  reasoning: number;
  cost_usd: string;
}

/** What is summed by domain and model. */
interface ModelSumTable extends UsageColumns {
  workspace_id: string;
  grain: Grain;
  slot: Time;
  domain: string;
  model: string;
  requests: number;
  /** Input and output of the requests with a known price. */
  priced_tokens: number;
  /** Output of the requests that succeeded and told their latency, and that in microseconds. */
  timed_output: number;
  timed_us: number;
}

/** How long the executions took that completed or failed. */
export interface DurationColumns {
  /** Those whose duration is known; `null` like `duration_ms`. */
  timed: number | null;
  /** Milliseconds; `null` where durations were not summed yet and some of the rows are gone. */
  duration_ms: number | null;
}

/** What is summed by domain: executions by when they started, conversations by when they began. */
interface DomainSumTable extends DurationColumns {
  workspace_id: string;
  grain: Grain;
  slot: Time;
  domain: string;
  executions: number;
  completed: number;
  failed: number;
  running: number;
  abandoned: number;
  conversations: number;
}

/** Counts by logarithmic bucket (see sketch.ts). */
interface SketchTable {
  workspace_id: string;
  /**
   * `latency` of requests and time to their `first_token` by model, `duration` of executions by
   * agent; in milliseconds.
   */
  measure: 'latency' | 'first_token' | 'duration';
  grain: Grain;
  slot: Time;
  /** Empty: all of them together. */
  domain: string;
  /** The model or agent; empty: all of them together. */
  label: string;
  bucket: number;
  n: number;
}

/** Who was active in a slot, and what is summed by user; `n` requests. */
interface UserSetTable extends UsageColumns {
  workspace_id: string;
  grain: Grain;
  slot: Time;
  domain: string;
  user_id: string;
  n: number;
}

/** What else requests are summed by. */
export type LabelDimension = 'agent' | 'team';

/** What is summed by agent and model, and by team. */
interface LabelSumTable extends UsageColumns {
  workspace_id: string;
  dimension: LabelDimension;
  grain: Grain;
  slot: Time;
  domain: string;
  /** Empty: an agent that nobody has named. Requests without a team are not here. */
  label: string;
  /** Of an agent; empty with a team. */
  model: string;
  requests: number;
}

/** Requests that failed, by the type of their error. */
interface ErrorSumTable {
  workspace_id: string;
  grain: Grain;
  slot: Time;
  domain: string;
  error_type: string;
  model: string;
  n: number;
}

/** What agents called, by when their run began. */
interface LinkSumTable {
  workspace_id: string;
  grain: Grain;
  slot: Time;
  domain: string;
  kind: LinkRecord['kind'];
  /** Empty: an agent that nobody has named. */
  source: string;
  target: string;
  calls: number;
  errors: number;
}

/** From where on a workspace still has what retention removes. */
interface FloorTable {
  workspace_id: string;
  /** Sketches of 15 minutes begin here, and hourly ones of single models and agents. */
  fine: Time;
  /** Other hourly sketches, and hourly sums by user, agent, team and link, begin here. */
  hour: Time;
  /** Single requests and executions begin here; `null`: none was ever removed. */
  rows: NullableTime;
}

/** A domain that has ever sent anything, and how much in all. */
interface DomainTotalTable {
  workspace_id: string;
  domain: string;
  requests: number;
  executions: number;
  /** `null` where it has had executions only. */
  last_request_at: NullableTime;
}

export interface RollupSchema {
  model_sums: ModelSumTable;
  domain_sums: DomainSumTable;
  sketches: SketchTable;
  user_sets: UserSetTable;
  label_sums: LabelSumTable;
  error_sums: ErrorSumTable;
  link_sums: LinkSumTable;
  domain_totals: DomainTotalTable;
  floors: FloorTable;
}
