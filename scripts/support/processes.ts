import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { inRoot, root } from './root.ts';

/** How a command ended. */
export interface Finished {
  /** Exit code; 1 when it could not start or was killed. */
  code: number;
  /** All that it wrote, both streams in the order in which they came; empty when streamed. */
  output: string;
  /** How long it took, in milliseconds. */
  ms: number;
}

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Another user to run as, for root only. */
  uid?: number;
  gid?: number;
  /** Show the output as it comes instead of keeping it. */
  stream?: boolean;
  /** Let it read what is typed. */
  interactive?: boolean;
  /** Kill it after so many milliseconds; it then counts as failed. */
  timeoutMs?: number;
}

const running = new Set<ChildProcess>();

/** The repository's own tools, its Node first, win over those of the machine. */
const toolPath = [inRoot('node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);

/** Starts a command in a process group of its own, so that `stopAll` reaches what it starts. */
export function start(command: string, args: string[], options: RunOptions = {}): ChildProcess {
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    env: { ...process.env, PATH: toolPath, ...options.env },
    stdio: [
      options.interactive ? 'inherit' : 'ignore',
      options.stream ? 'inherit' : 'pipe',
      options.stream ? 'inherit' : 'pipe',
    ],
    // A process group of its own may not read from the terminal.
    detached: !options.interactive,
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Runs a command to its end. Never rejects: a command that can't start has failed. */
export async function run(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<Finished> {
  const began = performance.now();
  const child = start(command, args, options);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const { promise, resolve } = Promise.withResolvers<number>();
  const giveUp = () => {
    output += `\nStopped: it took too long.\n`;
    kill(child, 'SIGKILL');
  };
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(giveUp, options.timeoutMs);
  child.once('error', (error) => {
    output += `${command}: ${error.message}\n`;
    resolve(1);
  });
  child.once('close', (code) => resolve(code ?? 1));
  const code = await promise;
  clearTimeout(timer);
  return { code, output, ms: performance.now() - began };
}

/** Signals a command and all that it started. */
function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}

/** Ends a command politely and waits until it has; after `graceMs` it is killed. */
export async function stop(
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
  graceMs = 5000,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  kill(child, signal);
  const timer = setTimeout(() => kill(child, 'SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}

/** Ctrl+C or a stopped CI job leaves nothing behind. */
export function stopAllOnSignal(cleanUp: () => Promise<void> = async () => {}): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      for (const child of running) kill(child, signal);
      void cleanUp().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
    });
  }
}
