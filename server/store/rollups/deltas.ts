/**
 * What a commit adds to the rollups and takes back from them, in every grain that is kept,
 * summed before anything is written. Pure.
 */
import type { RetentionFloors } from '../time/retention-floors.ts';
import type { ExecutionStatus, LinkRecord } from '../../model/execution.ts';
import type { Grain, LabelDimension } from '../database/schema/rollups.ts';
import { slotsOf } from '../time/segments.ts';
import { bucketOf } from './sketch.ts';
import { UNKNOWN } from '../database/clean.ts';
import type { CountedExecution, CountedRequest } from './counted.ts';
import {
  countSpeed,
  countUsage,
  noSpeed,
  noUsage,
  type Sign,
  type SpeedSums,
  type UsageSums,
} from './usage-sums.ts';

/** A slot of a rollup, in one domain. */
export interface Place {
  grain: Grain;
  /** Epoch ms at which the slot begins. */
  slot: number;
  domain: string;
}

export interface ModelDelta extends Place, UsageSums, SpeedSums {
  model: string;
}

export interface UserDelta extends Place, UsageSums {
  user: string;
}

export interface LabelDelta extends Place, UsageSums {
  dimension: LabelDimension;
  /** Empty: nobody has named it. */
  label: string;
  /** Of an agent; else empty. */
  model: string;
}

/** How long executions took: whole milliseconds, so that what is taken back leaves nothing. */
export interface DurationSums {
  /** Executions whose duration is known. */
  timed: number;
  durationMs: number;
}

export function addDuration(sums: DurationSums, durationMs: number | null, sign: Sign): void {
  if (durationMs === null) return;
  sums.timed += sign;
  sums.durationMs += sign * durationMs;
}

export interface DomainDelta extends Place, DurationSums, Record<ExecutionStatus, number> {
  executions: number;
  conversations: number;
}

export interface SketchDelta extends Place {
  measure: 'latency' | 'first_token' | 'duration';
  /** Model or agent; empty: all of them together. */
  label: string;
  bucket: number;
  n: number;
}

export interface ErrorDelta extends Place {
  type: string;
  model: string;
  n: number;
}

export interface LinkDelta extends Place {
  kind: LinkRecord['kind'];
  /** Empty: an agent without a name. */
  source: string;
  target: string;
  calls: number;
  errors: number;
}

/** What a domain has in all, whenever. */
export interface DomainTotal {
  domain: string;
  requests: number;
  executions: number;
}

/**
 * Stands for all domains in a sketch: most questions are about the whole workspace, and its
 * percentiles should not cost more the more domains it has.
 */
export const WORKSPACE = '';

export class Deltas {
  readonly models = new Map<string, ModelDelta>();
  readonly domains = new Map<string, DomainDelta>();
  readonly sketches = new Map<string, SketchDelta>();
  readonly users = new Map<string, UserDelta>();
  readonly labels = new Map<string, LabelDelta>();
  readonly errors = new Map<string, ErrorDelta>();
  readonly links = new Map<string, LinkDelta>();
  readonly totals = new Map<string, DomainTotal>();
  readonly #floors: RetentionFloors;

  constructor(floors: RetentionFloors) {
    this.#floors = floors;
  }

  addRequest(request: CountedRequest, sign: Sign): void {
    const { domain, model, startedAt, latencyBucket, errorType } = request;
    this.#total(domain).requests += sign;
    for (const slot of slotsOf(startedAt)) {
      const place = { ...slot, domain };
      const sums = this.#model(place, model);
      countUsage(sums, request, sign);
      countSpeed(sums, request, sign);
      if (latencyBucket !== null) this.#sketch(place, 'latency', '', latencyBucket, sign);
      if (errorType !== null) {
        const key = `${keyOf(place)}\0${errorType}\0${model}`;
        const make = () => ({ ...place, type: errorType, model, n: 0 });
        entry(this.errors, key, make).n += sign;
      }
      // Of a single model, user, agent or team nothing finer is asked than by the hour.
      if (place.grain > 15) this.#addByLabel(place, request, sign);
    }
  }

  addExecution(execution: CountedExecution, sign: Sign): void {
    const { domain, startedAt, status, agent, durationMs, links } = execution;
    this.#total(domain).executions += sign;
    for (const slot of slotsOf(startedAt)) {
      const place = { ...slot, domain };
      const sums = this.#domain(place);
      sums.executions += sign;
      sums[status] += sign;
      addDuration(sums, durationMs, sign);
      if (place.grain === 15) continue;
      if (durationMs !== null) {
        const bucket = bucketOf(durationMs);
        this.#sketch(place, 'duration', '', bucket, sign);
        this.#sketch(place, 'duration', agent || UNKNOWN, bucket, sign);
      }
      if (this.#isKept(place)) for (const link of links) this.#addLink(place, link, sign);
    }
  }

  addConversation({ firstAt, domain }: { firstAt: number; domain: string }, sign: Sign): void {
    for (const slot of slotsOf(firstAt)) {
      this.#domain({ ...slot, domain }).conversations += sign;
    }
  }

  #addByLabel(place: Place, request: CountedRequest, sign: Sign): void {
    const { model, latencyBucket, firstTokenBucket, user, agent, team } = request;
    if (latencyBucket !== null) this.#sketch(place, 'latency', model, latencyBucket, sign);
    if (firstTokenBucket !== null) {
      this.#sketch(place, 'first_token', model, firstTokenBucket, sign);
    }
    if (!this.#isKept(place)) return;
    if (user !== null) {
      const make = () => ({ ...place, user, ...noUsage() });
      countUsage(entry(this.users, `${keyOf(place)}\0${user}`, make), request, sign);
    }
    countUsage(this.#label(place, 'agent', agent ?? '', model), request, sign);
    if (team !== null) countUsage(this.#label(place, 'team', team, ''), request, sign);
  }

  #addLink(place: Place, { kind, source, target, calls, errors }: LinkRecord, sign: Sign): void {
    const link = { ...place, kind, source: source ?? '', target };
    const key = `${keyOf(place)}\0${kind}\0${link.source}\0${target}`;
    const sums = entry(this.links, key, () => ({ ...link, calls: 0, errors: 0 }));
    sums.calls += sign * calls;
    sums.errors += sign * errors;
  }

  #isKept({ grain, slot }: Place, label = ''): boolean {
    if (grain === 1440) return true;
    const { fine, hour } = this.#floors;
    return slot >= (grain === 15 || label !== '' ? fine : hour);
  }

  #total(domain: string): DomainTotal {
    return entry(this.totals, domain, () => ({ domain, requests: 0, executions: 0 }));
  }

  #model(place: Place, model: string): ModelDelta {
    const make = () => ({ ...place, model, ...noUsage(), ...noSpeed() });
    return entry(this.models, `${keyOf(place)}\0${model}`, make);
  }

  #label(place: Place, dimension: LabelDimension, label: string, model: string): LabelDelta {
    const key = `${keyOf(place)}\0${dimension}\0${label}\0${model}`;
    return entry(this.labels, key, () => ({ ...place, dimension, label, model, ...noUsage() }));
  }

  #domain(place: Place): DomainDelta {
    return entry(this.domains, keyOf(place), () => {
      const states = { completed: 0, failed: 0, running: 0, abandoned: 0 };
      const counts = { executions: 0, conversations: 0, timed: 0, durationMs: 0 };
      return { ...place, ...states, ...counts };
    });
  }

  #sketch(
    place: Place,
    measure: SketchDelta['measure'],
    label: string,
    bucket: number,
    sign: Sign,
  ): void {
    if (!this.#isKept(place, label)) return;
    const places = label === '' ? [place, { ...place, domain: WORKSPACE }] : [place];
    for (const where of places) {
      const key = `${keyOf(where)}\0${measure}\0${label}\0${bucket}`;
      entry(this.sketches, key, () => ({ ...where, measure, label, bucket, n: 0 })).n += sign;
    }
  }
}

const keyOf = ({ grain, slot, domain }: Place): string => `${grain}\0${slot}\0${domain}`;

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
