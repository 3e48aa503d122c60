import {
  apiKey,
  type Auth,
  CloudBrain,
  type Logger,
  type Middleware,
  passwordAuth,
} from '@cloudbrain/sdk';
import type { Command } from 'commander';
import { type Asked, NotSignedInError, UsageError } from './exit.ts';
import { configFolder, Keep } from './keep.ts';
import { clean } from './output/clean.ts';
import { Output } from './output/output.ts';
import { ask, readAll } from './prompt.ts';

/** Where a command runs: what a test may replace of a process. */
export interface Shell {
  env: NodeJS.ProcessEnv;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** Aborts at Ctrl+C. */
  signal: AbortSignal;
  interrupt: () => void;
}

/** The options that every command takes. */
export interface GlobalOptions {
  json?: true;
  baseUrl?: string;
  verbose?: true;
}

const DEFAULT_URL = 'http://127.0.0.1:4400';

/** What a command works with. */
export class Context {
  readonly output: Output;
  readonly keep: Keep;
  readonly signal: AbortSignal;
  readonly #shell: Shell;
  readonly #options: GlobalOptions;

  constructor(shell: Shell, options: GlobalOptions) {
    const { stdout, stderr, env, signal } = shell;
    const { json = false, verbose = false } = options;
    this.output = new Output({ stdout, stderr, json, verbose });
    this.keep = new Keep(configFolder(env));
    this.signal = signal;
    this.#shell = shell;
    this.#options = options;
  }

  /**
   * Which server is asked: as the option says, the environment, or the last login.
   * @throws UsageError where it is no address
   */
  async server(): Promise<string> {
    const { env } = this.#shell;
    const given = this.#options.baseUrl ?? (env.CLOUDBRAIN_URL || (await this.keep.lastServer()));
    const url = URL.parse(given ?? DEFAULT_URL);
    if (!url || !/^https?:$/.test(url.protocol)) {
      throw new UsageError(`'${given}' is no address of a server, such as ${DEFAULT_URL}.`);
    }
    return url.href.replace(/\/?([?#].*)?$/, '');
  }

  /** A key from the environment, which wins over what is kept. */
  get givenKey(): string | undefined {
    return this.#shell.env.CLOUDBRAIN_API_KEY?.trim() || undefined;
  }

  /**
   * The client of whoever is signed in.
   * @throws NotSignedInError
   */
  async client(): Promise<CloudBrain> {
    const server = await this.server();
    const key = this.givenKey ?? (await this.keep.apiKey(server));
    if (key !== undefined) return this.clientWith(server, this.keyAuth(key));
    if (!(await this.keep.hasSession(server))) {
      throw new NotSignedInError(`You are not signed in at ${server}.`);
    }
    return this.clientWith(server, this.sessionAt(server));
  }

  /**
   * The credentials of a key.
   * @throws NotSignedInError where no header takes it; it is not quoted
   */
  keyAuth(key: string): Auth {
    if (/[^\x21-\x7e]/.test(key))
      throw new NotSignedInError('The API key has a character of no key.');
    return apiKey(key);
  }

  /** The credentials of a login, kept between commands. */
  sessionAt(server: string): Auth {
    return passwordAuth({ storage: this.keep.storageFor(server) });
  }

  clientWith(baseUrl: string, auth: Auth): CloudBrain {
    const { signal } = this.#shell;
    // Every request ends with the command.
    const interruptible: Middleware = (request, next) =>
      next(new Request(request, { signal: AbortSignal.any([request.signal, signal]) }));
    return new CloudBrain({
      baseUrl,
      auth,
      middleware: [interruptible],
      logger: this.#logger(),
      logLevel: this.#options.verbose ? 'debug' : 'warn',
    });
  }

  /** @throws UsageError without a terminal */
  async ask(question: string, { hidden = false, instead = '' } = {}): Promise<string> {
    const { stdin, stderr, signal, interrupt } = this.#shell;
    if (!stdin.isTTY) throw new UsageError(`No terminal to ask on: ${instead}.`);
    return ask(question, { stdin, stderr, signal, interrupt }, { hidden });
  }

  /** @throws UsageError without a terminal */
  async confirm(question: string): Promise<string> {
    if (!this.#shell.stdin.isTTY) throw new UsageError('No terminal to confirm on: pass --yes.');
    return this.ask(question);
  }

  /** All that comes on standard input. */
  readInput(): Promise<string> {
    return readAll(this.#shell.stdin);
  }

  #logger(): Logger {
    const say = (message: string): void => this.output.note(clean(message));
    return { error: say, warn: say, info: say, debug: say };
  }
}

/** What a command does; its own arguments and options come as commander has read them. */
export type Action<Args extends unknown[]> = (context: Context, ...args: Args) => Promise<void>;

/** Makes a command's action of what it does. */
export type Runs = <Args extends unknown[]>(
  action: Action<Args>,
) => (...args: unknown[]) => Promise<void>;

/** What made a command fail, and how it was asked. */
export class CommandFailure extends Error {
  readonly asked: Asked;

  constructor(asked: Asked, cause: unknown) {
    super('A command failed', { cause });
    this.asked = asked;
  }
}

export const runsIn =
  (shell: Shell): Runs =>
  <Args extends unknown[]>(action: Action<Args>) =>
  async (...given) => {
    const command = given.at(-1) as Command;
    const args = given.slice(0, -1) as Args;
    const context = new Context(shell, command.optsWithGlobals<GlobalOptions>());
    try {
      await action(context, ...args);
    } catch (error) {
      const server = await context.server().catch(() => 'The server');
      const options = command.options.map((option) => option.attributeName());
      throw new CommandFailure({ server, options }, error);
    }
  };
