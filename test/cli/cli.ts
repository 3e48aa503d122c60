/** The command as it is run: a process of its own, with or without a terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inRoot } from '../../scripts/support/root.ts';
import { eventually } from '../support/eventually.ts';

export interface Finished {
  /** Exit code; `null` where a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** What comes on standard input. */
  input?: string;
}

/** What is typed, each once the terminal shows a text. */
export type Typed = readonly (readonly [when: string | RegExp, text: string])[];

/** A process that runs. */
export class Running {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly finished: Promise<Finished>;

  constructor(child: ChildProcess, input = '') {
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    // A process that ends without reading breaks the pipe.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    this.finished = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Resolves once it has written this. */
  async until(sign: RegExp): Promise<void> {
    await eventually(`${String(sign)} in\n${this.stdout}\n${this.stderr}`, () =>
      sign.test(`${this.stdout}\n${this.stderr}`),
    );
  }

  async interrupt(): Promise<Finished> {
    this.child.kill('SIGINT');
    return this.finished;
  }
}

/** A user's home, and `cloudbrain` in it. */
export class Cli {
  readonly home: string;
  readonly #env: Record<string, string>;
  readonly #children = new Set<ChildProcess>();

  private constructor(home: string, env: Record<string, string>) {
    this.home = home;
    this.#env = env;
  }

  /** @param env what all its commands find, such as `CLOUDBRAIN_BASE_URL` */
  static async open(env: Record<string, string> = {}): Promise<Cli> {
    const home = await mkdtemp(join(tmpdir(), 'cloudbrain-cli-'));
    const bin = join(home, 'bin');
    await mkdir(bin);
    const command = join(bin, 'cloudbrain');
    const source = `"${process.execPath}" --conditions=@cloudbrain/source "${inRoot('cli', 'main.ts')}"`;
    await writeFile(command, `#!/bin/sh\nexec ${source} "$@"\n`);
    await chmod(command, 0o755);
    return new Cli(home, {
      PATH: [bin, process.env.PATH].join(delimiter),
      HOME: home,
      TZ: 'UTC',
      TERM: 'xterm-256color',
      // Most of a short command's time would go into its types.
      NODE_COMPILE_CACHE: inRoot('.cache', 'compile'),
      ...env,
    });
  }

  /** Ends what still runs, as after a test that has failed. */
  close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    return rm(this.home, { recursive: true, force: true });
  }

  start(args: readonly string[], { env, input }: RunOptions = {}): Running {
    return new Running(this.#spawn('cloudbrain', args, env), input);
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return this.start(args, options).finished;
  }

  /** Runs a line in a shell that finds `cloudbrain`. */
  shell(line: string, { env, input }: RunOptions = {}, shell = 'bash'): Promise<Finished> {
    return new Running(this.#spawn(shell, ['-c', line], env), input).finished;
  }

  /**
   * Runs a line in a terminal that is so wide: util-linux's `script` makes one.
   * @returns what the terminal got, both streams
   */
  async terminal(
    line: string,
    { env, columns = 80, typed = [] }: RunOptions & { columns?: number; typed?: Typed } = {},
  ): Promise<{ code: number | null; screen: string }> {
    const args = ['-qec', `stty cols ${columns}; ${line}`, '/dev/null'];
    const child = this.#spawn('script', args, env);
    let screen = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (screen += text));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let from = 0;
    for (const [when, text] of typed) {
      await eventually(`${String(when)} in\n${screen}`, () => {
        const rest = screen.slice(from);
        return typeof when === 'string' ? rest.includes(when) : when.test(rest);
      });
      from = screen.length;
      child.stdin?.write(text);
    }
    const code = await ended;
    child.stdin?.end();
    return { code, screen: screen.replaceAll('\r\n', '\n') };
  }

  #spawn(command: string, args: readonly string[], env: RunOptions['env']): ChildProcess {
    const child = spawn(command, args, { cwd: this.home, env: { ...this.#env, ...env } });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }
}
