/** Executions, errors and live events without anything that was said in them. Pure. */
import type { LiveEventTable } from '../database/schema/telemetry.ts';
import type { ErrorInfo } from '../../model/error.ts';
import { plainName } from '../../model/plain-name.ts';
import type { Execution, ExecutionDetail, ExecutionStep } from './execution.ts';
import type { LoggedError, LoggedErrorDetail } from './logged-error.ts';

/** A message quotes what was sent or said; the type of an error is a name that is counted. */
const withoutMessage = (error: ErrorInfo | null): ErrorInfo | null =>
  error && { type: error.type, message: null };

export function executionWithoutContent<T extends Execution>(execution: T): T {
  return { ...execution, conversationId: null, error: withoutMessage(execution.error) };
}

export function executionDetailWithoutContent(detail: ExecutionDetail): ExecutionDetail {
  return {
    ...executionWithoutContent(detail),
    task: null,
    taskLength: null,
    stepList: detail.stepList.map(stepWithoutContent),
  };
}

const stepWithoutContent = (step: ExecutionStep): ExecutionStep => ({
  ...step,
  name: plainName(step),
  error: withoutMessage(step.error),
});

export function errorWithoutContent<T extends LoggedError>(error: T): T {
  return { ...error, message: null, conversationId: null, hasStack: false };
}

export const errorDetailWithoutContent = (detail: LoggedErrorDetail): LoggedErrorDetail => ({
  ...errorWithoutContent(detail),
  stack: null,
});

/** A pattern is a message without its numbers: it still says what was said. */
export const groupWithoutContent = <T extends { pattern: string | null }>(group: T): T => ({
  ...group,
  pattern: null,
});

interface Payload {
  execution: Execution;
  error: LoggedError;
}

/** By topic; one without an entry is all content, and is not sent. */
const payloads: Partial<Record<LiveEventTable['topic'], (payload: Payload & object) => object>> = {
  executions: (payload) => ({
    ...payload,
    execution: executionWithoutContent(payload.execution),
  }),
  errors: (payload) => ({ ...payload, error: errorWithoutContent(payload.error) }),
  stats: (payload) => payload,
  executive: (payload) => payload,
};

/** The `data` of a live event without content; `null` where nothing would be left of it. */
export const payloadWithoutContent = (
  topic: LiveEventTable['topic'],
  payload: unknown,
): object | null => payloads[topic]?.(payload as Payload) ?? null;
