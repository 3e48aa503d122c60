import { hash } from 'node:crypto';
import {
  type Convention,
  NOTHING,
  type Observation,
  type ObservationData,
  type ObservationKind,
} from '../../model/observation.ts';
import type { WireLog, WireSpan } from '../wire/model.ts';
import { count, cut, name, text } from './attributes.ts';
import { logTime, moment, spanInterval } from './clock.ts';
import type { Context } from './context.ts';
import { spanError, spanStack, stackOf, reportedError } from './errors.ts';

/** What a family tells of a record; the rest is read alike for all of them. */
export interface Interpretation {
  family: Convention;
  kind: ObservationKind;
  session?: string | null;
  data: Partial<ObservationData>;
}

/** Characters of an execution's task. */
const TASK_LIMIT = 4_000;

export function observeSpan(
  span: WireSpan,
  context: Context,
  reading: Interpretation,
): Observation {
  const interval = spanInterval(span.start, span.end, context.receivedAt);
  const data: Partial<ObservationData> = { error: spanError(span), ...bounded(reading.data) };
  return {
    key: `span:${span.traceId}:${span.spanId}`,
    kind: reading.kind,
    family: reading.family,
    signal: 'span',
    traceId: span.traceId,
    spanId: span.spanId,
    session: reading.session ?? null,
    domain: context.domain,
    startedAt: interval.startedAt,
    endedAt: interval.endedAt,
    data: {
      ...NOTHING,
      name: cut(span.name, 200),
      scopeName: context.scope === '' ? null : context.scope,
      parentSpanId: span.parentSpanId === '' ? null : span.parentSpanId,
      latencyMs: interval.durationMs,
      clockSkewed: interval.skewed,
      stepsTotal: count(span.attributes, context.note, 'cloudbrain.execution.steps_total'),
      team: teamOf(span, context),
      ...data,
      stack: data.error === null ? null : spanStack(span),
      extra: { ...data.extra, ...keyTeamOf(context) },
    },
  };
}

/** A span of which nobody will read more than where it lies, and why it failed if it did. */
export function observeLink(span: WireSpan, context: Context): Observation {
  const { data, ...link } = observeSpan(span, context, { family: 'genai', kind: 'link', data: {} });
  const { parentSpanId } = data;
  const error = reportedError(span);
  if (error === null) return { ...link, data: { ...NOTHING, parentSpanId } };
  const { name: spanName, stack } = data;
  return { ...link, data: { ...NOTHING, parentSpanId, name: spanName, error, stack } };
}

/** A log record is written at the end of what it tells: `latencyMs` lies before it. */
export function observeLog(log: WireLog, context: Context, reading: Interpretation): Observation {
  const event = eventName(log);
  const time = logTime(log.time, log.observed, text(log.attributes, 'event.timestamp'));
  const { at, skewed } = moment(time, context.receivedAt);
  const { extra, ...data } = reading.data;
  return {
    key: `log:${identity(log, time, event)}`,
    kind: reading.kind,
    family: reading.family,
    signal: 'log',
    traceId: log.traceId === '' ? null : log.traceId,
    spanId: log.spanId === '' ? null : log.spanId,
    session: reading.session ?? null,
    domain: context.domain,
    startedAt: at - Math.round(data.latencyMs ?? 0),
    endedAt: at,
    data: {
      ...NOTHING,
      name: cut(event, 200),
      scopeName: context.scope === '' ? null : context.scope,
      event: cut(event, 200),
      clockSkewed: skewed,
      team: teamOf(log, context),
      ...bounded(data),
      stack: data.error == null ? null : stackOf(log.attributes),
      // Several events of a CLI fall into one millisecond.
      extra: {
        nanoseconds: skewed ? 0 : Number(time % 1_000_000n),
        ...versionOf(log, context, reading),
        ...extra,
        ...keyTeamOf(context),
      },
    },
  };
}

/** The attribute wins: Codex puts a source position into the field. */
export function eventName(log: WireLog): string {
  return text(log.attributes, 'event.name') ?? log.eventName;
}

/** What makes a record the same when it is sent again. */
function identity(log: WireLog, time: bigint, event: string): string {
  const attributes = [...log.attributes].sort(([a], [b]) => (a < b ? -1 : 1));
  const content = [log.traceId, log.spanId, String(time), event, log.body, attributes];
  return hash('sha256', JSON.stringify(content), 'hex').slice(0, 32);
}

function teamOf({ attributes }: WireSpan | WireLog, { resource }: Context): string | null {
  const keys = ['cloudbrain.team', 'team.id', 'team'];
  return name(attributes, ...keys) ?? name(resource, ...keys);
}

/** Kept apart: what an agent around a call tells of its team comes before its key's. */
function keyTeamOf({ team }: Context): { keyTeam?: string } {
  return team === null ? {} : { keyTeam: team };
}

/** A command line's version, on what begins a session or a turn: the rest is of the same. */
function versionOf(log: WireLog, { resource }: Context, { session, kind }: Interpretation) {
  if (session == null || (kind !== 'prompt' && kind !== 'event')) return {};
  const version = name(log.attributes, 'app.version') ?? name(resource, 'service.version');
  return version === null ? {} : { version: cut(version, 64) };
}

function bounded(data: Partial<ObservationData>): Partial<ObservationData> {
  const { task } = data;
  if (task == null) return data;
  return { ...data, task: cut(task, TASK_LIMIT), taskLength: data.taskLength ?? task.length };
}
