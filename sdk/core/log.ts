import { reasonOf } from './errors.ts';

/** Receives log messages: `console`, pino and similar loggers fit. */
export interface Logger {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

/** The finest level that is logged. Tokens, bodies and query strings are never logged. */
export type LogLevel = 'off' | 'error' | 'warn' | 'info' | 'debug';

/** Writes one line, where the level asks for it. */
export type Log = (level: keyof Logger, message: string, cause?: unknown) => void;

/** From nothing to everything. */
export const levels: LogLevel[] = ['off', 'error', 'warn', 'info', 'debug'];

/** A `Log` that drops what is finer than `wanted`. */
export function createLog(logger: Logger = console, wanted: LogLevel = 'warn'): Log {
  return (level, message, cause) => {
    if (levels.indexOf(level) > levels.indexOf(wanted)) return;
    logger[level](`cloudbrain: ${message}${cause === undefined ? '' : `: ${reasonOf(cause)}`}`);
  };
}
