import { executeServerCommand } from '@web/test-runner-commands';
import type { Commands, Run } from '../support/elements-server.ts';

/** A place on a real server. */
export interface TestServer {
  url: string;
  /** An access token of its admin. */
  token: string;
  /** Makes an account, and logs it in. */
  account(
    role: Parameters<Commands['account']>[0]['role'],
    domains?: readonly string[],
  ): Promise<{ token: string; email: string; password: string }>;
  /** Makes an account with the same credentials in another workspace, which has the domain. */
  twin(credentials: { email: string; password: string }, domain: string): Promise<void>;
  /** Sends telemetry; resolves when it is committed. */
  send(...runs: Run[]): Promise<void>;
  /** Leaves temporary directories behind that cleanup removes; on an own server. */
  abandon(...names: string[]): Promise<void>;
  /** Whether such a directory is still there. */
  isThere(name: string): Promise<boolean>;
  /** Lets time pass for tokens; on an own server. */
  advance(ms: number): Promise<void>;
  /** Leaves it; an own server ends, connections included. */
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

/**
 * A workspace of a real server; `own`: the operator's workspace of a server of its own, with
 * settings (`env`), which can be stopped and its clock put on. Call it in `before`, with some patience, and `stop()` in `after`.
 */
export async function startServer({
  own = false,
  env = {},
}: { own?: boolean; env?: Record<string, string> } = {}): Promise<TestServer> {
  const { id } = await ask('begin', { origin: location.origin, own, env });
  let ready;
  while (!(ready = await ask('ready', { id }))) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const account: TestServer['account'] = (role, domains) =>
    ask('account', { id, role, ...(domains && { domains }) });
  const { token } = await account('admin');
  let stopped = false;
  return {
    url: ready.url,
    token,
    account,
    twin: async ({ email, password }, domain) => ask('twin', { id, email, password, domain }),
    send: (...runs) => ask('send', { id, runs }),
    abandon: (...names) => ask('abandon', { id, names }),
    isThere: (name) => ask('isThere', { id, name }),
    advance: async (ms) => ask('advance', { id, ms }),
    async stop() {
      if (!stopped) await ask('stop', { id });
      stopped = true;
    },
  };
}
