/** The clients that customers run, against the running service: each figure as they counted it. */
import assert from 'node:assert/strict';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { after, before, describe, it } from 'node:test';
import type { Schemas } from '../../server/contract/index.ts';
import { Client, type Tokens } from '../support/agent.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let key: string;
let token: string;
before(async () => {
  server = await TestServer.start();
  key = await server.ingestKey();
  token = await server.apiKey('admin');
});
after(() => server.close());

async function ask<Body>(path: string): Promise<Body> {
  const { status, body } = await server.call<Body>(path, { token });
  assert.equal(status, 200, path);
  return body;
}

const overview = (domain: string) =>
  ask<Schemas['StatsOverview']>(`/api/stats/overview?domain=${domain}`);

async function executions(domain: string): Promise<Schemas['Execution'][]> {
  const path = `/api/executions?domain=${domain}&limit=200`;
  return (await ask<Schemas['ExecutionPage']>(path)).data;
}

const TWO_CALLS: readonly Tokens[] = [
  { input: 1_200, cacheRead: 1_000, cacheWrite: 50, output: 7, reasoning: 3 },
  { input: 1_300, cacheRead: 1_150, output: 40, reasoning: 12 },
];

describe('Vercel’s ai', () => {
  for (const encoding of ['json', 'protobuf'] as const) {
    for (const gzip of [false, true]) {
      const domain = `${encoding}-${gzip ? 'gzip' : 'plain'}.example.com`;

      it(`is counted exactly, as ${encoding}${gzip ? ', zipped' : ''}`, async () => {
        const client = new Client({ url: server.url, key, service: domain, encoding, gzip });
        await client.run({ calls: TWO_CALLS, user: 'ada', conversation: `${domain}-1` });
        await client.run({ calls: TWO_CALLS, user: 'ada', conversation: `${domain}-1` });
        await client.run({ calls: [{ input: 90, output: 10 }], user: 'grace', stream: true });
        const failure = new Error('The model is overloaded.');
        await assert.rejects(client.run({ calls: TWO_CALLS, failure }));
        await client.flush();

        const {
          requests,
          errors,
          tokens,
          executions: runs,
          users,
          ...rest
        } = await overview(domain);
        // Of the run that failed, the first call went well.
        assert.equal(requests, 7);
        assert.equal(errors, 1);
        assert.deepEqual(tokens, {
          input: 2 * 2_500 + 90 + 1_200,
          uncachedInput: 2 * (150 + 150) + 90 + 150,
          cacheRead: 2 * 2_150 + 1_000,
          cacheWrite: 2 * 50 + 50,
          output: 2 * 47 + 10 + 7,
          reasoning: 2 * 15 + 3,
          total: 6_290 + 111,
        });
        const counts = { total: 4, completed: 3, failed: 1, running: 0, abandoned: 0 };
        assert.deepEqual(runs, { ...counts, successRate: 0.75 });
        assert.deepEqual(users.active, 2);
        assert.equal(rest.conversations, 3, 'One of two runs, and one each for those without.');
        assert.equal(rest.cost.unpricedRequests, 1, 'A call that failed tells no tokens.');

        const [failed, streamed, second, first] = await executions(domain);
        assert.equal(failed?.status, 'failed');
        assert.equal(failed.error?.message, failure.message);
        assert.deepEqual(streamed?.tokens, { input: 90, output: 10 });
        assert.equal(streamed.user, 'grace');
        for (const run of [first, second]) {
          assert.equal(run?.status, 'completed');
          assert.equal(run.agent, 'concierge');
          assert.equal(run.model, 'claude-sonnet-4-5');
          assert.equal(run.conversationId, `${domain}-1`);
          assert.deepEqual(run.steps, { done: 2, total: 2 });
          assert.deepEqual(run.tokens, { input: 2_500, output: 47 });
        }
        await client.close();
      });
    }
  }

  it('shows a run while it goes on', async () => {
    const domain = 'running.example.com';
    const client = new Client({ url: server.url, key, service: domain });
    const gate = Promise.withResolvers<void>();
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const run = client.run({ calls: TWO_CALLS, gate: gate.promise, onLastCall: reach });
    await reached;
    await client.flush();
    const [running] = await executions(domain);
    assert.equal(running?.status, 'running');
    assert.deepEqual(running.steps, { done: 1, total: null });
    gate.resolve();
    await run;
    await client.flush();
    const [done, ...others] = await executions(domain);
    assert.deepEqual([done?.id, done?.status, others.length], [running.id, 'completed', 0]);
    await client.close();
  });

  it('loses nothing of many runs at once', async () => {
    const domain = 'many.example.com';
    const clients = (['json', 'protobuf'] as const).map(
      (encoding) => new Client({ url: server.url, key, service: domain, encoding, gzip: true }),
    );
    const runs = clients.flatMap((client) =>
      Array.from({ length: 50 }, () => client.run({ calls: TWO_CALLS })),
    );
    await Promise.all(runs);
    await Promise.all(clients.map((client) => client.close()));
    const { requests, tokens, executions: counts } = await overview(domain);
    assert.equal(requests, 200);
    assert.equal(tokens.total, 100 * (2_500 + 47));
    assert.equal(counts.completed, 100);
  });
});

describe('OpenTelemetry’s SDK', () => {
  it('may send each span by itself, and what is no agent’s is no concern', async () => {
    const service = 'spans.example.com';
    const exporter = new OTLPTraceExporter({
      url: `${server.url}/v1/traces`,
      headers: { 'x-api-key': key },
    });
    const provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    const tracer = provider.getTracer('shop');
    tracer.startSpan('GET /', { attributes: { 'http.request.method': 'GET' } }).end();
    for (const tokens of [5, 6, 7]) {
      const attributes = {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': tokens,
      };
      tracer.startSpan('chat gpt-5', { attributes }).end();
    }
    await provider.shutdown();
    const { requests, tokens, executions: runs } = await overview(service);
    assert.deepEqual([requests, tokens.input, tokens.output], [3, 300, 18]);
    assert.equal(runs.total, 0, 'A model call alone is no run.');
  });

  it('may send logs, such as those of a command line’s session', async () => {
    const service = 'logs.example.com';
    const exporter = new OTLPLogExporter({
      url: `${server.url}/v1/logs`,
      headers: { 'x-api-key': key },
    });
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      processors: [new SimpleLogRecordProcessor({ exporter })],
    });
    const logger = provider.getLogger('com.anthropic.claude_code.events', '2.0.0');
    const log = (sequence: number, name: string, attributes: Record<string, string | number>) =>
      logger.emit({
        body: `claude_code.${name}`,
        attributes: {
          'event.name': name,
          'event.sequence': sequence,
          'session.id': 'session-1',
          'prompt.id': 'prompt-1',
          'user.email': 'ada@example.com',
          ...attributes,
        },
      });
    const call = { model: 'claude-sonnet-4-5', duration_ms: 1_200 };
    log(1, 'user_prompt', { prompt_length: 12 });
    log(2, 'api_request', { ...call, request_id: 'r1', input_tokens: 10, output_tokens: 20 });
    log(3, 'tool_result', { tool_name: 'Bash', tool_use_id: 't1', success: 'true' });
    const cached = { cache_read_tokens: 900, cache_creation_tokens: 100 };
    log(4, 'api_request', {
      ...call,
      ...cached,
      request_id: 'r2',
      input_tokens: 5,
      output_tokens: 30,
    });
    await provider.shutdown();
    const { requests, tokens, executions: runs, users } = await overview(service);
    assert.equal(requests, 2);
    assert.deepEqual(
      [tokens.input, tokens.cacheRead, tokens.cacheWrite, tokens.output],
      [1_015, 900, 100, 50],
    );
    assert.equal(runs.total, 1);
    assert.equal(users.active, 1);
  });
});
