import { CloudBrainError } from './errors.ts';

/** Whether a value fits, and what it must be. */
type Rule = [fits: (value: never) => unknown, what: string];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isAmount = (value: number): boolean => typeof value === 'number' && value >= 0;
const isText = (value: unknown): boolean => typeof value === 'string';

const has =
  (...names: string[]) =>
  (value: unknown): boolean =>
    isObject(value) && names.every((name) => isFunction(value[name]));
const among = (...texts: string[]): Rule => [
  (value: string) => texts.includes(value),
  `one of ${texts.join(', ')}`,
];

const time: Rule = [isAmount, 'a number of milliseconds, 0 or more'];
const count: Rule = [
  (value: number) => isAmount(value) && (Number.isInteger(value) || value === Infinity),
  'a whole number, 0 or more',
];
const code: Rule = [isFunction, 'a function'];
const headerText: Rule = [(id: string) => areHeaders({ id }), 'a text that a header can carry'];
const levels = ['error', 'warn', 'info', 'debug'];

/** The settings of clients, calls and streams, by name. */
const rules = new Map<string, Rule>(
  Object.entries({
    timeout: time,
    maxRetryAfter: time,
    idleTimeout: time,
    minDelay: time,
    maxDelay: time,
    maxRetries: count,
    maxAttempts: count,
    fetch: code,
    WebSocket: code,
    headers: [areHeaders, 'an object of header names and texts that HTTP allows'],
    lastEventId: headerText,
    idempotencyKey: headerText,
    signal: [(value: unknown) => value instanceof AbortSignal, 'an AbortSignal'],
    auth: [
      (value: unknown) => value === null || has('token', 'on')(value),
      'made by apiKey(), bearer() or passwordAuth(), or null',
    ],
    apiVersion: [(value: string) => /^\d{4}-\d\d-\d\d$/.test(value), 'a date such as 2026-12-01'],
    logger: [has(...levels), `an object with the functions ${levels.join(', ')}`],
    logLevel: among('off', ...levels),
    transport: among('auto', 'ws', 'sse'),
    middleware: [
      (value: unknown[]) => Array.isArray(value) && value.every(isFunction),
      'an array of functions',
    ],
    reconnect: [
      (value: object) => typeof value === 'boolean' || (isObject(value) && check(value)),
      'true, false or an object of rules',
    ],
  }),
);

/**
 * Checks settings; one that is `undefined` is left out.
 *
 * @throws CloudBrainError for the first that doesn't fit, by its name: its value may be secret
 */
export function check(settings: object): true {
  for (const [name, value] of Object.entries(settings)) {
    const [fits, what] = rules.get(name) ?? [];
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
          value === undefined || (isText(value) && new Headers([[name, value as string]])),
      )
    );
  } catch {
    return false;
  }
}
