import { CloudBrainError } from './errors.ts';
import { levels } from './log.ts';

/** Whether a value fits, and what it must be. */
type Rule = [fits: (value: never) => unknown, what: string];

const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0;
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const has = (value: unknown, ...names: string[]): boolean =>
  isObject(value) && names.every((name) => isFunction(value[name]));

const time: Rule = [isAmount, 'a number of milliseconds, 0 or more'];
const count: Rule = [
  (value: number) => isAmount(value) && (value % 1 === 0 || value === Infinity),
  'a whole number, 0 or more',
];
const code: Rule = [isFunction, 'a function'];
const header: Rule = [(id: string) => areHeaders({ id }), 'a text for a header'];
const among = (...texts: string[]): Rule => [
  (value: string) => texts.includes(value),
  `one of ${texts.join(', ')}`,
];

/** The settings of clients, calls and streams, by name. */
const rules: Record<string, Rule> = {
  __proto__: null as never,
  timeout: time,
  maxRetryAfter: time,
  idleTimeout: time,
  minDelay: time,
  maxDelay: time,
  maxRetries: count,
  maxAttempts: count,
  fetch: code,
  WebSocket: code,
  headers: [areHeaders, 'an object of texts for headers'],
  lastEventId: header,
  idempotencyKey: header,
  signal: [(value: unknown) => value instanceof AbortSignal, 'an AbortSignal'],
  auth: [
    (value: unknown) => value === null || has(value, 'token', 'on'),
    'credentials such as apiKey(key), or null',
  ],
  apiVersion: [(value: string) => /^\d{4}-\d\d-\d\d$/.test(value), 'a date such as 2026-12-01'],
  logger: [(value: unknown) => has(value, ...levels.slice(1)), 'a logger such as console'],
  logLevel: among(...levels),
  transport: among('auto', 'ws', 'sse'),
  middleware: [
    (value: unknown[]) => Array.isArray(value) && value.every(isFunction),
    'an array of functions',
  ],
  reconnect: [
    (value: object) => typeof value === 'boolean' || (isObject(value) && check(value)),
    'a boolean or an object',
  ],
};

/**
 * Checks settings; one that is `undefined` is left out.
 *
 * @throws CloudBrainError for the first that doesn't fit, by its name: its value may be secret
 */
export function check(settings: object): true {
  for (const [name, value] of Object.entries(settings)) {
    const [fits, what] = rules[name] ?? [];
    if (value !== undefined && fits && !fits(value as never)) {
      throw new CloudBrainError(`\`${name}\` must be ${what}`);
    }
  }
  return true;
}

function areHeaders(headers: object): boolean {
  try {
    return (
      isObject(headers) &&
      !(Symbol.iterator in headers) &&
      Object.entries(headers).every(
        ([name, value]) =>
          value === undefined || (typeof value === 'string' && new Headers([[name, value]])),
      )
    );
  } catch {
    return false;
  }
}
