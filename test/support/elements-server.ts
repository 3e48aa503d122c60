/**
 * A process that starts real servers for the elements' tests and does on them what a page can't:
 * makes accounts, sends telemetry, goes down. It is told by messages; see web-test-runner.config.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '../../server/auth/caller.ts';
import { hashPassword } from '../../server/auth/credentials.ts';
import { tracesBody, type Span } from '../../server/demo/otlp.ts';
import { HOUR, Files } from '../server/cleanup/files.ts';
import { TestServer } from './server.ts';

/** A run of an agent with one request, as an instrumented client tells it. */
export interface Run {
  domain: string;
  user?: string;
  model?: string;
  /** Milliseconds since its begin; the run ends now. */
  durationMs?: number;
  /** Milliseconds since its end, where that isn't now. */
  agoMs?: number;
  inputTokens?: number;
  outputTokens?: number;
  /** With or without a type of its error. */
  failed?: boolean | 'untyped';
  /** Only what a client sends before the end: what the run does, not the run. */
  running?: boolean;
  /** The same number is the same run. */
  trace?: number;
}

interface Credentials {
  email: string;
  password: string;
}

interface Account {
  role: Role;
  domains?: readonly string[];
}

/** What a test has for itself: a workspace of the shared server, or a whole server. */
interface Place {
  server: TestServer;
  workspaceId: string;
  own: boolean;
}

const places = new Map<string, Place | Error>();

function placeOf(id: string): Place {
  const place = places.get(id);
  if (!place || place instanceof Error) throw place ?? new Error(`There is no place ${id}.`);
  return place;
}

let shared: Promise<TestServer> | undefined;

interface PlaceRequest {
  origin: string;
  own: boolean;
  /** Settings of an own server, as the environment would have them. */
  env?: Record<string, string>;
}

const startServer = (origin: string, env = {}): Promise<TestServer> =>
  TestServer.start({ env: { CLOUDBRAIN_ORIGINS: origin, ...env } });

async function makePlace({ origin, own, env }: PlaceRequest): Promise<Place> {
  if (own) {
    const server = await startServer(origin, env);
    return { server, workspaceId: server.workspaceId, own };
  }
  const server = await (shared ??= startServer(origin));
  const workspaceId = await server.tenancy.createWorkspace(randomUUID());
  return { server, workspaceId, own };
}

const commands = {
  /** Begins to make a place; `ready` tells when it is there: a server takes its time. */
  begin(request: PlaceRequest) {
    const id = randomUUID();
    makePlace(request).then(
      (place) => places.set(id, place),
      (error: unknown) => places.set(id, error instanceof Error ? error : new Error(String(error))),
    );
    return { id };
  },

  ready({ id }: { id: string }) {
    return places.has(id) && { url: placeOf(id).server.url };
  },

  async account({ id, role, domains }: Account & { id: string }) {
    const { server, workspaceId } = placeOf(id);
    const account = await server.account(role, { workspaceId, ...(domains && { domains }) });
    const { accessToken: token, email, password } = account;
    return { token, email, password };
  },

  /** Makes an account of the same email and password in another workspace, which has a domain. */
  async twin({ id, email, password, domain }: Credentials & { id: string; domain: string }) {
    const { server } = placeOf(id);
    const workspaceId = await server.tenancy.createWorkspace(randomUUID());
    const passwordHash = await hashPassword(password);
    const account = {
      email,
      name: 'Twin',
      role: 'viewer',
      domains: [domain],
      passwordHash,
    } as const;
    await server.tenancy.createAccount(workspaceId, account);
  },

  /** Answers when the telemetry is committed. */
  async send({ id, runs }: { id: string; runs: readonly Run[] }) {
    const { server, workspaceId } = placeOf(id);
    const token = await server.ingestKey({ workspaceId });
    const body = tracesBody(runs.map((run) => resourceOf(run)));
    const headers = { 'content-type': 'application/json' };
    const { status } = await server.call('/v1/traces', { token, body, headers });
    if (status !== 200) throw new Error(`Telemetry was answered with ${status}.`);
  },

  /** Leaves directories of two hours ago below the data directory: cleanup removes them. */
  async abandon({ id, names }: { id: string; names: readonly string[] }) {
    const files = Files.in(placeOf(id).server.dataDir);
    for (const name of names) await files.write(`tmp/${name}/file`, 2 * HOUR);
  },

  /** Whether such a directory is still there. */
  async isThere({ id, name }: { id: string; name: string }) {
    return Files.in(placeOf(id).server.dataDir).has(`tmp/${name}`);
  },

  advance({ id, ms }: { id: string; ms: number }) {
    placeOf(id).server.advance(ms);
  },

  async stop({ id }: { id: string }) {
    const { server, own } = placeOf(id);
    places.delete(id);
    if (own) await server.close();
  },
};

/** What the page may ask for, and what it is answered. */
export type Commands = {
  [K in keyof typeof commands]: (typeof commands)[K];
};

function resourceOf(run: Run) {
  const end = Date.now() - (run.agoMs ?? 0);
  const start = end - (run.durationMs ?? 800);
  const type = run.failed === 'untyped' ? null : 'MODEL_TIMEOUT';
  const error = [type, 'The model took too long.'] as const;
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
    ...(run.failed && { error }),
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
    ...(run.failed && { error }),
  };
  // A model call alone is no run; a tool call only lives inside of one.
  const tool: Span = {
    traceId,
    spanId: hex(8).replace(/^0/, 'b'),
    parentSpanId: root.spanId,
    name: 'execute_tool search',
    start,
    end,
    attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' },
  };
  const items = run.running ? [request, tool] : [root, request];
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
  const own = [...places.values()].flatMap((it) => ('own' in it && it.own ? [it.server] : []));
  void Promise.allSettled([
    ...own.map((server) => server.close()),
    shared?.then((server) => server.close()),
  ]).then(() => process.exit());
});
