/**
 * What a commit adds to the rollups and takes back from them, in every grain that is kept,
 * summed before anything is written. Pure.
 */
import type { Floors } from '../floors.ts';
import { toPico, type Pico } from '../money.ts';
import type { ExecutionStatus } from '../records.ts';
import type { Grain } from '../schema/telemetry.ts';
import { slotOf } from '../segments.ts';
import { UNKNOWN } from './clean.ts';
import type { CountedExecution } from './executions.ts';
import type { CountedRequest } from './requests.ts';

/** `1` puts a row in, `-1` takes it out. */
export type Sign = 1 | -1;

/** A slot of a rollup, in one domain. */
interface Place {
  grain: Grain;
  /** Epoch ms at which the slot begins. */
  slot: number;
  domain: string;
}

export interface ModelDelta extends Place {
  model: string;
  requests: number;
  errors: number;
  unmetered: number;
  unpriced: number;
  uncachedInput: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
  cost: Pico;
}

export interface DomainDelta extends Place, Record<ExecutionStatus, number> {
  executions: number;
  conversations: number;
}

export interface SketchDelta extends Place {
  measure: 'latency' | 'duration';
  /** Model or agent; empty: all of them together. */
  label: string;
  bucket: number;
  n: number;
}

export interface UserDelta extends Place {
  user: string;
  n: number;
}

const GRAINS: readonly Grain[] = [15, 60, 1440];

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
  readonly #floors: Floors;

  constructor(floors: Floors) {
    this.#floors = floors;
  }

  addRequest(request: CountedRequest, sign: Sign): void {
    const { domain, model, startedAt, latencyBucket, user } = request;
    for (const grain of GRAINS) {
      const place = { grain, slot: slotOf(startedAt, grain), domain };
      countRequest(this.#model(place, model), request, sign);
      if (latencyBucket !== null) {
        this.#sketch(place, 'latency', '', latencyBucket, sign);
        // The finest question asked of a single model is by the hour.
        if (grain > 15) this.#sketch(place, 'latency', model, latencyBucket, sign);
      }
      if (user !== null && grain > 15 && this.#isKept(place)) {
        entry(this.users, `${keyOf(place)}\0${user}`, () => ({ ...place, user, n: 0 })).n += sign;
      }
    }
  }

  addExecution(execution: CountedExecution, sign: Sign): void {
    const { domain, startedAt, status, agent, durationBucket } = execution;
    for (const grain of GRAINS) {
      const place = { grain, slot: slotOf(startedAt, grain), domain };
      const sums = this.#domain(place);
      sums.executions += sign;
      sums[status] += sign;
      if (durationBucket !== null && grain > 15) {
        this.#sketch(place, 'duration', '', durationBucket, sign);
        this.#sketch(place, 'duration', agent || UNKNOWN, durationBucket, sign);
      }
    }
  }

  addConversation({ firstAt, domain }: { firstAt: number; domain: string }, sign: Sign): void {
    for (const grain of GRAINS) {
      this.#domain({ grain, slot: slotOf(firstAt, grain), domain }).conversations += sign;
    }
  }

  #isKept({ grain, slot }: Place, label = ''): boolean {
    if (grain === 1440) return true;
    const { fine, hour } = this.#floors;
    return slot >= (grain === 15 || label !== '' ? fine : hour);
  }

  #model(place: Place, model: string): ModelDelta {
    return entry(this.models, `${keyOf(place)}\0${model}`, () => {
      const counts = { requests: 0, errors: 0, unmetered: 0, unpriced: 0 };
      const tokens = { uncachedInput: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };
      return { ...place, model, ...counts, ...tokens, cost: 0n };
    });
  }

  #domain(place: Place): DomainDelta {
    return entry(this.domains, keyOf(place), () => {
      const states = { completed: 0, failed: 0, running: 0, abandoned: 0 };
      return { ...place, executions: 0, ...states, conversations: 0 };
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

function countRequest(sums: ModelDelta, request: CountedRequest, sign: Sign): void {
  const { failed, costUsd, usage } = request;
  sums.requests += sign;
  if (failed) sums.errors += sign;
  if (costUsd === null) sums.unpriced += sign;
  else sums.cost += BigInt(sign) * toPico(costUsd);
  if (usage === null) sums.unmetered += sign;
  sums.uncachedInput += sign * (usage?.uncachedInput ?? 0);
  sums.cacheRead += sign * (usage?.cacheRead ?? 0);
  sums.cacheWrite += sign * (usage?.cacheWrite ?? 0);
  sums.output += sign * (usage?.output ?? 0);
  sums.reasoning += sign * (usage?.reasoning ?? 0);
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
