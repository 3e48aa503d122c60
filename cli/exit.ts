import {
  APIError,
  AuthenticationError,
  BadRequestError,
  CloudBrainError,
  ConflictError,
  ConnectionError,
  InvalidResponseError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ServerError,
  StreamError,
  UserAbortError,
} from '@cloudbrain/sdk';
import { clean } from './output/clean.ts';

/** How the command ends; documented in `--help` and in docs/cli.md. */
export const exit = {
  ok: 0,
  failure: 1,
  usage: 2,
  notSignedIn: 3,
  forbidden: 4,
  notFound: 5,
  away: 6,
  interrupted: 130,
  terminated: 143,
} as const;

const SIGN_IN = 'Run `cloudbrain login`, or set CLOUDBRAIN_API_KEY.';

/** What a command ends with of itself. */
export class CommandError extends Error {
  readonly code: number;
  /** What to do. */
  readonly advice: string | undefined;

  constructor(message: string, { code, advice }: { code: number; advice?: string }) {
    super(message);
    this.code = code;
    this.advice = advice;
  }
}

/** It can't be done as it was asked. */
export class UsageError extends CommandError {
  constructor(message: string, advice = 'See --help.') {
    super(message, { code: exit.usage, advice });
  }
}

/** It needs somebody to be signed in. */
export class NotSignedInError extends CommandError {
  constructor(message: string) {
    super(message, { code: exit.notSignedIn, advice: SIGN_IN });
  }
}

/** What to say of an error, and how to end. */
export interface Ending {
  code: number;
  /** What was wrong. */
  message: string;
  /** What to do. */
  advice?: string;
}

const TRY_AGAIN = 'Try again later.';
const RIGHT_ADDRESS = 'Is it the right address? --base-url or CLOUDBRAIN_URL say it.';

/** Whom a command asked, and by which options. */
export interface Asked {
  server: string;
  options: readonly string[];
}

export function endingOf(error: unknown, asked: Asked): Ending {
  const { server } = asked;
  const ending = (code: number, message: string, advice?: string): Ending => ({
    code,
    message: clean(message),
    ...(advice !== undefined && { advice: clean(advice) }),
  });
  if (error instanceof UserAbortError) return ending(exit.interrupted, 'Interrupted.');
  if (error instanceof CommandError) return ending(error.code, error.message, error.advice);
  if (error instanceof StreamError && error.cause instanceof CloudBrainError) {
    return endingOf(error.cause, asked);
  }
  if (error instanceof APIError) {
    const { message, advice, code } = answered(error, asked);
    const id = error.requestId === undefined ? '' : ` (request ${error.requestId})`;
    return ending(code, message + (code === exit.usage ? '' : id), advice);
  }
  if (error instanceof InvalidResponseError) {
    return ending(exit.away, `${server} answers, but not as CloudBrain does.`, RIGHT_ADDRESS);
  }
  if (error instanceof ConnectionError || error instanceof StreamError) {
    const message = `${server} does not answer: ${reasonOf(error)}.`;
    return ending(exit.away, message, RIGHT_ADDRESS);
  }
  if (error instanceof CloudBrainError || isSystemError(error)) {
    return ending(exit.failure, error.message);
  }
  const text = error instanceof Error ? error.message : String(error);
  return ending(exit.failure, text, 'This is a bug in cloudbrain: --verbose shows where.');
}

function answered(error: APIError, { server, options }: Asked): Ending {
  if (!error.problem) {
    const message = `${server} answers ${error.message}, but not as CloudBrain does.`;
    return { code: exit.away, message, advice: RIGHT_ADDRESS };
  }
  const { detail, errors: faults } = error.problem;
  if (error instanceof BadRequestError) {
    const told = faults.map(({ path, message }) => {
      // Of a body it is a pointer: `/filter/user`.
      const field = path.slice(path.lastIndexOf('/') + 1);
      const name = options.includes(field) ? `--${kebab(field)}` : path;
      return `${name} ${message}`;
    });
    const message = told.length > 0 ? `${told.join('; ')}.` : detail;
    return { code: exit.usage, message, advice: 'See --help.' };
  }
  if (error instanceof AuthenticationError) {
    return { code: exit.notSignedIn, message: `${server}: ${detail}`, advice: SIGN_IN };
  }
  if (error instanceof PermissionError) {
    const roles = error.requiredRoles;
    const needed = roles.length > 0 ? `It takes the role ${roles.join(' or ')}. ` : '';
    const advice = `${needed}\`cloudbrain whoami\` shows who you are.`;
    return { code: exit.forbidden, message: detail, advice };
  }
  if (error instanceof ConflictError && options.includes('domain')) {
    return { code: exit.usage, message: detail, advice: 'Say which one with --domain.' };
  }
  if (error instanceof NotFoundError) return { code: exit.notFound, message: detail };
  if (error instanceof RateLimitError || error instanceof ServerError) {
    const wait = error.retryAfterMs;
    const advice = wait === undefined ? TRY_AGAIN : `Try again in ${Math.ceil(wait / 1000)} s.`;
    const who = error instanceof RateLimitError ? '' : `${server}: `;
    return { code: exit.away, message: who + detail, advice };
  }
  return { code: exit.failure, message: detail };
}

/** An option's name: `granularity`, `run-id`. */
const kebab = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The innermost cause says most: `fetch failed` is told of everything. */
export function reasonOf(error: Error): string {
  const causes: Error[] = [error];
  for (let at = error.cause; at instanceof Error && causes.length < 8; at = at.cause)
    causes.push(at);
  const { message, code } = causes.at(-1) as NodeJS.ErrnoException;
  return code !== undefined && !message.includes(code)
    ? `${message} (${code})`
    : message || code || error.message;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
