import { executeServerCommand } from '@web/test-runner-commands';
import type { Commands, Run } from '../support/elements-server.ts';

/** A real server of the test's own. */
export interface TestServer {
  url: string;
  /** An access token of its admin. */
  token: string;
  /** Makes an account, and logs it in. */
  account(
    role: Parameters<Commands['account']>[0]['role'],
    domains?: readonly string[],
  ): Promise<{ token: string; email: string; password: string }>;
  /** Sends telemetry; resolves when it is committed. */
  send(...runs: Run[]): Promise<void>;
  /** Lets time pass for its tokens. */
  advance(ms: number): Promise<void>;
  /** Ends it, connections included. */
  stop(): Promise<void>;
}

/** What the command answers, typed by what it does. */
async function ask<K extends keyof Commands>(
  command: K,
  payload: Parameters<Commands[K]>[0],
): Promise<Awaited<ReturnType<Commands[K]>>> {
  return executeServerCommand<Awaited<ReturnType<Commands[K]>>, never>(
    `server:${command}`,
    payload as never,
  );
}

/** Starts a server; ended after the tests of the suite that calls this in `before`. */
export async function startServer(): Promise<TestServer> {
  const { id, url, token } = await ask('start', { origin: location.origin });
  let stopped = false;
  return {
    url,
    token,
    account: (role, domains) => ask('account', { id, role, ...(domains && { domains }) }),
    send: (...runs) => ask('send', { id, runs }),
    advance: (ms) => Promise.resolve(ask('advance', { id, ms })),
    async stop() {
      if (!stopped) await ask('stop', { id });
      stopped = true;
    },
  };
}
