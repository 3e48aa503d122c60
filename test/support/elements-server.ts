/**
 * A process that starts real servers for the elements' tests and does on them what a page can't:
 * makes accounts, sends telemetry, goes down. It is told by messages; see web-test-runner.config.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '../../server/api/caller.ts';
import { tracesBody, type Span } from '../../server/demo/otlp.ts';
import { TestServer } from './server.ts';

/** A run of an agent with one request, as an instrumented client tells it. */
export interface Run {
  domain: string;
  user?: string;
  model?: string;
  /** Milliseconds since its begin; the run ends now. */
  durationMs?: number;
  inputTokens?: number;
  outputTokens?: number;
  failed?: boolean;
  /** Only what a client sends before the end: the request, not the run. */
  running?: boolean;
  /** The same number is the same run. */
  trace?: number;
}

interface Account {
  role: Role;
  domains?: readonly string[];
}

const servers = new Map<string, TestServer>();

function serverOf(id: string): TestServer {
  const server = servers.get(id);
  if (!server) throw new Error(`There is no server ${id}.`);
  return server;
}

const commands = {
  async start({ origin }: { origin: string }) {
    const server = await TestServer.start({ env: { CLOUDBRAIN_ORIGINS: origin } });
    const id = randomUUID();
    servers.set(id, server);
    const { accessToken: token } = await server.login();
    return { id, url: server.url, token };
  },

  async account({ id, role, domains }: Account & { id: string }) {
    const account = await serverOf(id).account(role, domains ? { domains } : {});
    const { accessToken: token, email, password } = account;
    return { token, email, password };
  },

  /** Answers when the telemetry is committed. */
  async send({ id, runs }: { id: string; runs: readonly Run[] }) {
    const server = serverOf(id);
    const token = await server.ingestKey();
    const body = tracesBody(runs.map((run) => resourceOf(run)));
    const { status } = await server.call('/v1/traces', {
      token,
      body,
      headers: { 'content-type': 'application/json' },
    });
    if (status !== 200) throw new Error(`Telemetry was answered with ${status}.`);
  },

  advance({ id, ms }: { id: string; ms: number }) {
    serverOf(id).advance(ms);
  },

  async stop({ id }: { id: string }) {
    const server = serverOf(id);
    servers.delete(id);
    await server.close();
  },
};

/** What the page may ask for, and what it is answered. */
export type Commands = {
  [K in keyof typeof commands]: (typeof commands)[K];
};

function resourceOf(run: Run) {
  const end = Date.now();
  const start = end - (run.durationMs ?? 800);
  const hex = (bytes: number) =>
    run.trace === undefined
      ? randomBytes(bytes).toString('hex')
      : run.trace.toString(16).padStart(bytes * 2, '0');
  const traceId = hex(16);
  const root: Span = {
    traceId,
    spanId: hex(8),
    name: 'invoke_agent support-agent',
    start,
    end,
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support-agent' },
    ...(run.failed && { error: ['MODEL_TIMEOUT', 'The model took too long.'] as const }),
  };
  const request: Span = {
    traceId,
    spanId: hex(8).replace(/^0/, 'a'),
    parentSpanId: root.spanId,
    name: `chat ${run.model ?? 'gpt-5'}`,
    start,
    end,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': run.model ?? 'gpt-5',
      'gen_ai.response.model': run.model ?? 'gpt-5',
      'gen_ai.usage.input_tokens': run.inputTokens ?? 100,
      'gen_ai.usage.output_tokens': run.outputTokens ?? 20,
      'user.id': run.user ?? 'ada@example.com',
    },
    ...(run.failed && { error: ['MODEL_TIMEOUT', 'The model took too long.'] as const }),
  };
  const items = run.running ? [request] : [root, request];
  return { service: run.domain, scope: 'test', items };
}

interface Message {
  number: number;
  command: keyof typeof commands;
  payload: never;
}

process.on('message', ({ number, command, payload }: Message) => {
  const answer = (message: object) => process.send?.({ number, ...message });
  Promise.resolve(commands[command](payload)).then(
    (result) => answer({ result: result ?? null }),
    (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
  );
});

process.on('disconnect', () => {
  void Promise.allSettled([...servers.values()].map((server) => server.close())).then(() =>
    process.exit(),
  );
});
