import {
  APIError,
  CloudBrainError,
  ConnectionError,
  InvalidResponseError,
  StreamError,
  UserAbortError,
} from '@cloudbrain/sdk';
import { clean } from './output/clean.ts';
import type { Proxy } from './proxy.ts';

/** Exit codes; documented in `--help` and in docs/cli.md. */
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

/** Ends a command with a message and an exit code of its own. */
export class CommandError extends Error {
  readonly code: number;
  /** What to do about it. */
  readonly advice: string | undefined;

  constructor(message: string, { code, advice }: { code: number; advice?: string }) {
    super(message);
    this.code = code;
    this.advice = advice;
  }
}

/** The command line, or a file that it names, is wrong. */
export class UsageError extends CommandError {
  constructor(message: string, advice = 'See --help.') {
    super(message, { code: exit.usage, advice });
  }
}

/** The command needs credentials. */
export class NotSignedInError extends CommandError {
  constructor(message: string) {
    super(message, { code: exit.notSignedIn, advice: SIGN_IN });
  }
}

/** An error as it is shown, and the exit code. */
export interface Ending {
  code: number;
  message: string;
  /** The error's code, and the page that explains it. */
  reference?: string;
  /** What to do about it. */
  advice?: string;
}

/** Where the address of the server comes from. */
export type AddressSource = '--base-url' | 'CLOUDBRAIN_BASE_URL' | 'login' | 'default';

/** What a command has sent its requests to, and the options that it has. */
export interface Target {
  server: string;
  source?: AddressSource;
  proxy?: Proxy | undefined;
  /** By their names in code: `runId`. */
  options: readonly string[];
}

const TRY_AGAIN = 'Try again later.';

const checkAddress: Record<AddressSource, string> = {
  '--base-url': 'Check the address in --base-url.',
  CLOUDBRAIN_BASE_URL: 'Check the address in CLOUDBRAIN_BASE_URL.',
  login: 'This is the server of the last login. --base-url or CLOUDBRAIN_BASE_URL sets another.',
  default: 'This is the default address. --base-url or CLOUDBRAIN_BASE_URL sets another.',
};

export function endingOf(error: unknown, target: Target): Ending {
  const { server, source = 'default' } = target;
  const ending = (code: number, message: string, advice?: string): Ending => ({
    code,
    message: clean(message),
    ...(advice !== undefined && { advice: clean(advice) }),
  });
  if (error instanceof UserAbortError) return ending(exit.interrupted, 'Interrupted.');
  if (error instanceof CommandError) return ending(error.code, error.message, error.advice);
  if (error instanceof StreamError && error.cause instanceof CloudBrainError) {
    return endingOf(error.cause, target);
  }
  if (error instanceof APIError) {
    const { message, advice, code } = answered(error, target);
    const id = error.requestId === undefined ? '' : ` (request ${error.requestId})`;
    // A usage error is complete as it is; `--help` has the rest.
    if (code === exit.usage) return ending(code, message, advice);
    const shown = ending(code, message + id, advice);
    const { code: name, type } = error;
    return name && type ? { ...shown, reference: clean(`${name}: ${type}`) } : shown;
  }
  if (error instanceof InvalidResponseError) {
    const location = error.response.headers.get('location');
    if (location === null) {
      const message = `${server} responded, but not as a CloudBrain server.`;
      return ending(exit.away, message, checkAddress[source]);
    }
    const advice = 'Credentials are not sent there. Pass the final address to --base-url.';
    return ending(exit.away, `${server} redirects to ${location}.`, advice);
  }
  if (error instanceof ConnectionError || error instanceof StreamError) {
    const { code, message, advice } = unanswered(error, target);
    return ending(code, message, advice);
  }
  if (error instanceof CloudBrainError || isSystemError(error)) {
    return ending(exit.failure, error.message);
  }
  const text = error instanceof Error ? error.message : String(error);
  return ending(exit.failure, text, 'This is a bug in cloudbrain: --verbose shows where.');
}

/** A server that can't be reached. */
function unanswered(error: Error, { server, source = 'default', proxy }: Target): Ending {
  const reason = reasonOf(error);
  if (proxy) {
    // Undici's words for a proxy that refuses a tunnel, or wants a password.
    const [, status] = /^Proxy \D*\((\d{3})\)/.exec(reason) ?? [];
    return refusedByProxy(server, proxy, status === undefined ? reason : Number(status));
  }
  const message = `${server} doesn't respond: ${reason}.`;
  return { code: exit.away, message, advice: checkAddress[source] };
}

function refusedByProxy(server: string, { url, variable }: Proxy, why: number | string): Ending {
  const reason = typeof why === 'number' ? `the proxy responded with ${why}` : why;
  return {
    code: exit.away,
    message: `${server} can't be reached through the proxy ${url.origin}: ${reason}.`,
    advice:
      why === 407
        ? `Add the proxy's user and password to ${variable}: http://user:password@proxy.example.com.`
        : `Check the address in ${variable}, or add the server to NO_PROXY.`,
  };
}

/** The exit code of an answer that is an error. */
export function codeOf(status: number): number {
  switch (status) {
    case 400:
      return exit.usage;
    case 401:
      return exit.notSignedIn;
    case 403:
      return exit.forbidden;
    case 404:
      return exit.notFound;
    default:
      return status === 429 || status >= 500 ? exit.away : exit.failure;
  }
}

function answered(error: APIError, target: Target): Ending {
  if (!error.problem) return strange(error, target);
  const { server, options } = target;
  const { detail, errors: faults, requiredRoles: roles = [] } = error.problem;
  const code = codeOf(error.status);
  switch (code) {
    case exit.usage: {
      const said = faults.map(({ path, message }) => {
        // In a body it is a pointer: `/filter/user`.
        const field = path.slice(path.lastIndexOf('/') + 1);
        const name = options.includes(field) ? `--${kebab(field)}` : path;
        return message.replace(`\`${path}\``, name);
      });
      const message = said.length > 0 ? said.join(' ') : detail;
      return { code, message, advice: 'See --help.' };
    }
    case exit.notSignedIn:
      return { code, message: `${server}: ${detail}`, advice: SIGN_IN };
    case exit.forbidden: {
      const isNamed = roles.every((role) => detail.includes(role));
      const needed = isNamed ? '' : `Requires the role ${roles.join(' or ')}. `;
      return { code, message: detail, advice: `${needed}\`cloudbrain whoami\` shows yours.` };
    }
    case exit.away: {
      const wait = error.retryAfterMs;
      const advice = wait === undefined ? TRY_AGAIN : `Try again in ${Math.ceil(wait / 1000)} s.`;
      return { code, message: error.status === 429 ? detail : `${server}: ${detail}`, advice };
    }
    default:
      if (error.status === 409 && options.includes('domain')) {
        return { code: exit.usage, message: detail, advice: 'Choose one with --domain.' };
      }
      return { code, message: detail };
  }
}

/** An answer that isn't CloudBrain's. */
function strange(error: APIError, { server, source = 'default' }: Target): Ending {
  const message = `${server} responded with ${error.message}, not as a CloudBrain server would.`;
  return { code: exit.away, message, advice: checkAddress[source] };
}

/** The name of an option: `granularity`, `run-id`. */
const kebab = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The message of the innermost cause: the outer one is often just `fetch failed`. */
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
