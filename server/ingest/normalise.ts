import type { Batch, Observation } from '../model/observation.ts';
import type { Message } from '../model/message.ts';
import { cut, name } from './conventions/attributes.ts';
import { claudeCode } from './conventions/claude-code.ts';
import { codex } from './conventions/codex.ts';
import type { Context } from './conventions/context.ts';
import type { FamilyReader } from './conventions/convention.ts';
import { gemini } from './conventions/gemini.ts';
import { genai } from './conventions/genai.ts';
import { openinference } from './conventions/openinference.ts';
import { observeLink } from './conventions/observe.ts';
import { openllmetry } from './conventions/openllmetry.ts';
import { vercel } from './conventions/vercel.ts';
import type {
  Logs,
  Metrics,
  Traces,
  WireGroup,
  WireLog,
  WireMetric,
  WireSpan,
} from './wire/model.ts';
import type { Rejected } from './wire/response.ts';
import { countingJson } from './wire/text.ts';

/** The first that claims a record reads it: those with names of their own before the conventions. */
const FAMILIES: readonly FamilyReader[] = [
  claudeCode,
  codex,
  gemini,
  vercel,
  openinference,
  openllmetry,
  genai,
];

export interface NormaliseOptions {
  /** The domain that the ingest key stands for; `null`: the resource's `service.name`. */
  domain: string | null;
  /** The team that the ingest key stands for, where the telemetry names none. */
  team?: string | null;
  /** Epoch milliseconds. */
  receivedAt: number;
  /** Characters of one text in a message; longer ones are cut. Default 100,000. */
  textLimit?: number;
}

export interface Normalised {
  batch: Batch;
  /** For `encodeResponse`: what was left out, and what was odd. */
  rejected: Rejected;
}

/** Different messages that are told; the rest is only counted. */
const TOLD_LIMIT = 10;

/**
 * Brings the records of one OTLP request into one shape. Of spans that nobody will ever read only
 * their place is kept, which tells what lies within what; such logs, and spans of command lines, are
 * dropped. Metrics repeat what spans and logs tell, and are taken without being kept, but for one
 * that says that a session has begun.
 */
export function normalise(decoded: Traces | Logs | Metrics, options: NormaliseOptions): Normalised {
  const batch = { observations: [] as Observation[], messages: new Map<string, Message>() };
  const notes = new Notes(decoded.rejected);
  const reader = new Reader(batch, notes, options);
  const isBeyond = countingJson(() => {
    reader.read(decoded);
  });
  if (isBeyond) notes.noteAll('JSON inside strings exceeds the limit and was kept as text');
  return { batch, rejected: notes.told() };
}

class Reader {
  readonly #batch: Batch;
  readonly #notes: Notes;
  readonly #options: NormaliseOptions;

  constructor(batch: Batch, notes: Notes, options: NormaliseOptions) {
    this.#batch = batch;
    this.#notes = notes;
    this.#options = options;
  }

  read(decoded: Traces | Logs | Metrics): void {
    if (decoded.signal === 'traces') {
      for (const group of decoded.groups) this.readSpans(group);
    } else if (decoded.signal === 'logs') {
      for (const group of decoded.groups) this.readLogs(group);
    } else {
      for (const group of decoded.groups) this.readMetrics(group);
    }
  }

  readSpans(group: WireGroup<WireSpan>): void {
    const context = this.#contextOf(group);
    for (const span of group.records) {
      this.#notes.at = `${group.path}[${span.index}]`;
      const bad = badId('traceId', span.traceId, 32) ?? badId('spanId', span.spanId, 16);
      if (bad !== null) {
        this.#notes.reject(bad);
        continue;
      }
      // Logfire sends spans that have not ended; the whole one follows under the same id.
      if (span.attributes.get('logfire.span_type') === 'pending_span') continue;
      const family = FAMILIES.find((candidate) => candidate.claimsSpan(span, context));
      const rooted = badId('parentSpanId', span.parentSpanId, 16) === null ? span : orphan(span);
      const read = family?.readSpan(rooted, context);
      if (read) this.#keep(read);
      else if (!family?.isCli && !isLeaf(span)) this.#keep(observeLink(rooted, context));
    }
  }

  readLogs(group: WireGroup<WireLog>): void {
    const context = this.#contextOf(group);
    for (const log of group.records) {
      this.#notes.at = `${group.path}[${log.index}]`;
      const tied = this.#tied(log);
      const family = FAMILIES.find((candidate) => candidate.claimsLog?.(tied, context));
      this.#keep(family?.readLog?.(tied, context));
    }
  }

  /** A point is as good as a log record of the same name, when what it counts began. */
  readMetrics(group: WireGroup<WireMetric>): void {
    const context = this.#contextOf(group);
    for (const { index, name: eventName, points } of group.records) {
      this.#notes.at = `${group.path}[${index}]`;
      for (const { start, time, attributes } of points) {
        const at = start > 0n ? start : time;
        const told: WireLog = {
          ...{ index, eventName, attributes, body: null },
          ...{ traceId: '', spanId: '', time: at, observed: at },
        };
        const family = FAMILIES.find((candidate) => candidate.claimsLog?.(told, context));
        this.#keep(family?.readLog?.(told, context));
      }
    }
  }

  /** A log record stands without a trace: only ids that are none are left out. */
  #tied(log: WireLog): WireLog {
    const badTrace = badId('traceId', log.traceId, 32);
    const badSpan = badTrace ?? badId('spanId', log.spanId, 16);
    if (badTrace !== null && !/^0*$/.test(log.traceId)) this.#notes.note(`${badTrace}: ignored`);
    else if (badSpan !== null && !/^0*$/.test(log.spanId)) this.#notes.note(`${badSpan}: ignored`);
    const traceId = badTrace === null ? log.traceId : '';
    return { ...log, traceId, spanId: badSpan === null ? log.spanId : '' };
  }

  #keep(observation: Observation | null | undefined): void {
    if (observation) this.#batch.observations.push(observation);
  }

  #contextOf({ resource, scope }: WireGroup<unknown>): Context {
    return {
      domain: cut(this.#options.domain ?? name(resource, 'service.name') ?? 'unknown', 1_000),
      team: this.#options.team ?? null,
      receivedAt: this.#options.receivedAt,
      resource,
      scope,
      note: (message) => this.#notes.note(message),
      messages: this.#batch.messages,
      textLimit: this.#options.textLimit ?? 100_000,
    };
  }
}

/** What the sender is told: how many records were left out, and the first reasons. */
class Notes {
  /** Where the record is that is being read. */
  at = '';
  #count: number;
  readonly #messages: string[];
  #untold = 0;

  constructor(rejected: readonly string[]) {
    this.#count = rejected.length;
    this.#messages = rejected.slice(0, TOLD_LIMIT);
    this.#untold = rejected.length - this.#messages.length;
  }

  reject(message: string): void {
    this.#count++;
    this.note(`${message}: left out`);
  }

  note(message: string): void {
    if (this.#messages.length < TOLD_LIMIT) this.#messages.push(`${this.at}: ${message}`);
    else this.#untold++;
  }

  /** About the request as a whole. */
  noteAll(message: string): void {
    this.#messages.unshift(message);
  }

  told(): Rejected {
    const more = this.#untold > 0 ? [`and ${this.#untold} more`] : [];
    return { count: this.#count, messages: [...this.#messages, ...more] };
  }
}

/** Nothing runs within a call of a database. */
function isLeaf({ attributes }: WireSpan): boolean {
  return attributes.has('db.system.name') || attributes.has('db.system');
}

function badId(field: string, id: string, digits: number): string | null {
  if (id.length === digits && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id)) return null;
  return `${field} is not ${digits} hex digits, or is all zeros`;
}

function orphan(span: WireSpan): WireSpan {
  return { ...span, parentSpanId: '' };
}
