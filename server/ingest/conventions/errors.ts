import type { ErrorInfo } from '../../model/error.ts';
import { UNTYPED } from '../../model/hints.ts';
import type { Attributes, WireSpan } from '../wire/model.ts';
import { cut, name, number, text } from './attributes.ts';

/** Characters of an error's message. */
const MESSAGE_LIMIT = 2_000;

/** Characters of a stack, and of the end of a longer one: the first cause is often told last. */
const STACK_LIMIT = 64_000;
const STACK_END = 16_000;

const STATUS_ERROR = 2;
const STATUS_UNSET = 0;

/**
 * Whether and why a span failed: `error.type`, else the exception's type, else the HTTP status. A
 * message is no type: types are counted and kept, and a message may be private. A recorded
 * exception alone is no failure where the client says that all went well.
 */
export function spanError(span: WireSpan): ErrorInfo | null {
  const { attributes, status } = span;
  const type = name(attributes, 'error.type');
  const http = number(attributes, 'http.response.status_code', 'http.status_code');
  const exception = span.events.findLast((event) => event.name === 'exception')?.attributes;
  const failed =
    status.code === STATUS_ERROR ||
    type !== null ||
    (status.code === STATUS_UNSET && (exception !== undefined || (http ?? 0) >= 400));
  if (!failed) return null;
  const exceptionType = exception ? name(exception, 'exception.type') : null;
  const exceptionMessage = exception ? text(exception, 'exception.message') : null;
  const statusMessage = status.message === '' ? null : status.message;
  return errorInfo(
    type ?? exceptionType ?? (http !== null && http >= 400 ? String(http) : null),
    statusMessage ?? exceptionMessage ?? text(attributes, 'error.message'),
  );
}

/** An error from what is known of it. */
export function errorInfo(type: string | null, message: string | null): ErrorInfo {
  return {
    type: cut(type ?? UNTYPED, 200),
    message: message === null ? null : cut(message, MESSAGE_LIMIT),
  };
}

/** Where a span that failed did so: the stack of the exception that it recorded last. */
export function spanStack({ attributes, events }: WireSpan): string | null {
  const exception = events.findLast((event) => event.name === 'exception')?.attributes;
  return (exception && stackOf(exception)) ?? stackOf(attributes);
}

/** A stack, as the conventions have it on span events and on log records. */
export function stackOf(attributes: Attributes): string | null {
  const stack = text(attributes, 'exception.stacktrace');
  return stack === null ? null : shortened(stack);
}

function shortened(stack: string): string {
  if (stack.length <= STACK_LIMIT) return stack;
  // The line between them takes a few.
  const head = cut(stack, STACK_LIMIT - STACK_END - 100);
  const tail = stack.slice(-STACK_END).replace(/^[\udc00-\udfff]/, '');
  const missing = stack.length - head.length - tail.length;
  return `${head}\n... ${missing} characters omitted ...\n${tail}`;
}

/**
 * Why a span of the application around agents failed. It has to say so itself: a web server's 404
 * is an answer.
 */
export function reportedError(span: WireSpan): ErrorInfo | null {
  return span.status.code === STATUS_ERROR ? spanError(span) : null;
}
