import {
  apiKey,
  type Auth,
  CloudBrain,
  type Logger,
  type Middleware,
  passwordAuth,
} from '@cloudbrain/sdk';
import type { Command } from 'commander';
import {
  type AddressSource,
  CommandError,
  exit,
  NotSignedInError,
  type Target,
  UsageError,
} from './exit.ts';
import { configFolder, Keep } from './keep.ts';
import { clean } from './output/clean.ts';
import { Output } from './output/output.ts';
import { ask } from './prompt.ts';
import { proxied, type Proxy, proxyFor } from './proxy.ts';

/** The process that a command runs in. */
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

interface Address {
  url: string;
  source: AddressSource;
}

type Fetch = typeof globalThis.fetch;

/** Sees each request, and a copy of its answer; `undefined` where none came. */
type Observer = (request: Request, response: Response | undefined) => Promise<void>;

/** What a command works with. */
export class Context {
  readonly output: Output;
  readonly keep: Keep;
  readonly signal: AbortSignal;
  /** Called once for each request, after its last attempt. */
  observer: Observer | undefined;
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
   * The server: `--base-url`, else CLOUDBRAIN_BASE_URL, else that of the last login.
   * @throws UsageError for something that isn't the address of a server
   */
  async address(): Promise<Address> {
    const { baseUrl } = this.#options;
    if (baseUrl !== undefined) return { url: serverAt(baseUrl), source: '--base-url' };
    const { CLOUDBRAIN_BASE_URL: set } = this.#shell.env;
    if (set) return { url: serverAt(set), source: 'CLOUDBRAIN_BASE_URL' };
    const last = await this.keep.lastServer();
    if (last !== undefined) return { url: serverAt(last), source: 'login' };
    return { url: DEFAULT_URL, source: 'default' };
  }

  async server(): Promise<string> {
    return (await this.address()).url;
  }

  /** The proxy that requests to a server go through. */
  proxyFor(server: string): Proxy | undefined {
    return proxyFor(new URL(server), this.#shell.env);
  }

  /** The key from the environment, which wins over a stored login. */
  get givenKey(): string | undefined {
    return this.#shell.env.CLOUDBRAIN_API_KEY?.trim() || undefined;
  }

  /**
   * A client with the key from the environment, or the login stored for this server.
   * @param around sees each attempt of each request, with its credentials
   * @throws NotSignedInError
   */
  async client(around?: (fetch: Fetch) => Fetch): Promise<CloudBrain> {
    const server = await this.server();
    const key = this.givenKey ?? (await this.keep.apiKey(server));
    if (key !== undefined) return this.clientWith(server, this.keyAuth(key), around);
    if (!(await this.keep.hasSession(server))) throw await this.notSignedIn(server);
    return this.clientWith(server, this.sessionAt(server), around);
  }

  /** A login is for one server: another one's is named, not used. */
  async notSignedIn(server: string): Promise<NotSignedInError> {
    const last = await this.keep.lastServer();
    const other = last === undefined || last === server ? '' : ` The last login was at ${last}.`;
    return new NotSignedInError(`You are not signed in at ${server}.${other}`);
  }

  /**
   * The credentials of a key.
   * @throws NotSignedInError for a key that no header can hold; it is not quoted
   */
  keyAuth(key: string): Auth {
    if (/[^\x21-\x7e]/.test(key))
      throw new NotSignedInError("The API key contains a character that isn't valid in a key.");
    return apiKey(key);
  }

  /** The credentials of a login, which are stored between commands. */
  sessionAt(server: string): Auth {
    return passwordAuth({ storage: this.keep.storageFor(server) });
  }

  clientWith(baseUrl: string, auth: Auth, around = (fetch: Fetch) => fetch): CloudBrain {
    const { signal } = this.#shell;
    // Every request ends with the command.
    const observed: Middleware = async (request, next) => {
      const own = AbortSignal.any([request.signal, signal]);
      const sent = new Request(request, { signal: own });
      if (!this.observer) return next(sent);
      let response: Response | undefined;
      try {
        response = await next(sent);
        return response;
      } finally {
        await this.observer(sent, response?.clone());
      }
    };
    const proxy = this.proxyFor(baseUrl);
    return new CloudBrain({
      baseUrl,
      auth,
      fetch: around(proxy ? proxied(proxy) : fetch),
      middleware: [observed],
      logger: this.#logger(),
      logLevel: this.#options.verbose ? 'debug' : 'warn',
    });
  }

  /** @throws UsageError without a terminal */
  async ask(question: string, { hidden = false, instead = '' } = {}): Promise<string> {
    const { stdin, stderr, signal, interrupt } = this.#shell;
    if (!stdin.isTTY) throw new UsageError(`No terminal to prompt in: ${instead}.`);
    return ask(question, { stdin, stderr, signal, interrupt }, { hidden });
  }

  /**
   * Asks to type "yes" before something is deleted.
   * @param refusal the message for any other answer
   * @throws UsageError without a terminal, CommandError for another answer
   */
  async confirm(question: string, refusal: string): Promise<void> {
    if (!this.#shell.stdin.isTTY) {
      throw new UsageError('No terminal to confirm in: pass --yes.');
    }
    const answer = await this.ask(clean(`${question} Type yes: `));
    if (answer.trim().toLowerCase() !== 'yes') {
      throw new CommandError(refusal, { code: exit.failure });
    }
  }

  /** Standard input. */
  get input(): NodeJS.ReadStream {
    return this.#shell.stdin;
  }

  #logger(): Logger {
    const say = (message: string): void => this.output.note(clean(message));
    return { error: say, warn: say, info: say, debug: say };
  }
}

/**
 * The address of a server, without a slash at its end.
 * @throws UsageError for anything else
 */
function serverAt(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`'${text}' is not the address of a server, such as ${DEFAULT_URL}.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      'The address of the server must not contain a user or a password.',
      'Run `cloudbrain login`, or set CLOUDBRAIN_API_KEY.',
    );
  }
  return url.href.replace(/\/?([?#].*)?$/, '');
}

/** What a command does; commander has read its arguments and options. */
export type Action<Args extends unknown[]> = (context: Context, ...args: Args) => Promise<void>;

/** Makes an action of commander's of what a command does. */
export type Runs = <Args extends unknown[]>(
  action: Action<Args>,
) => (...args: unknown[]) => Promise<void>;

/** A command that failed; `cause` says why. */
export class CommandFailure extends Error {
  readonly target: Target;

  constructor(target: Target, cause: unknown) {
    super('A command failed', { cause });
    this.target = target;
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
      const options = command.options.map((option) => option.attributeName());
      throw new CommandFailure({ ...(await targetOf(context)), options }, error);
    }
  };

/** Where an address is wrong, the failure says so itself. */
async function targetOf(context: Context): Promise<Omit<Target, 'options'>> {
  try {
    const { url: server, source } = await context.address();
    return { server, source, proxy: context.proxyFor(server) };
  } catch {
    return { server: 'The server' };
  }
}
