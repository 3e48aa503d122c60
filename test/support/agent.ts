/** An agent as customers write them: Vercel's `ai`, instrumented, telling OpenTelemetry's exporters. */
import { OpenTelemetry } from '@ai-sdk/otel';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import {
  generateText,
  jsonSchema,
  simulateReadableStream,
  isStepCount,
  streamText,
  tool,
} from 'ai';
import { MockLanguageModelV4 } from 'ai/test';

type Answer = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>;
type Streamed = Awaited<ReturnType<MockLanguageModelV4['doStream']>>;
type Part = Streamed['stream'] extends ReadableStream<infer T> ? T : never;

/** What a model call used: `input` with what came from the cache and went into it. */
export interface Tokens {
  input: number;
  cacheRead?: number;
  cacheWrite?: number;
  output: number;
  reasoning?: number;
}

export interface ClientOptions {
  /** The server's address. */
  url: string;
  /** An ingest key. */
  key: string;
  service: string;
  encoding?: 'json' | 'protobuf';
  gzip?: boolean;
}

export interface RunOptions {
  /** What each model call uses; all but the last call a tool. */
  calls: readonly Tokens[];
  model?: string;
  user?: string;
  conversation?: string;
  agent?: string;
  stream?: boolean;
  /** What the last model call fails with. */
  failure?: Error;
  /** Told when the last model call begins; it then waits for the gate. */
  onLastCall?: () => void;
  gate?: Promise<void>;
}

/** OpenTelemetry's SDK with an exporter, as a program sets it up. */
export class Client {
  readonly #provider: NodeTracerProvider;

  constructor({ url, key, service, encoding = 'json', gzip = false }: ClientOptions) {
    const Exporter = encoding === 'json' ? JsonExporter : ProtobufExporter;
    // As an operator sets it; the exporter reads it when it is made.
    process.env.OTEL_EXPORTER_OTLP_COMPRESSION = gzip ? 'gzip' : 'none';
    const exporter = new Exporter({
      url: `${url}/v1/traces`,
      headers: { authorization: `Bearer ${key}` },
    });
    this.#provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
  }

  /** Runs an agent to its end; rejects as the agent does. What it told is sent by `flush`. */
  async run(options: RunOptions): Promise<void> {
    const { stream = false, agent = 'concierge', user, conversation } = options;
    const telemetry = new OpenTelemetry({
      tracer: this.#provider.getTracer('gen_ai'),
      // Tells of reasoning, which the conventions have no words for.
      usage: true,
      enrichSpan: () => ({
        ...(user && { 'user.id': user }),
        ...(conversation && { 'gen_ai.conversation.id': conversation }),
      }),
    });
    const settings = {
      model: modelOf(options),
      prompt: 'Is there a room with a view?',
      tools: { rooms },
      stopWhen: isStepCount(options.calls.length),
      maxRetries: 0,
      telemetry: { functionId: agent, integrations: telemetry },
    };
    if (!stream) {
      await generateText(settings);
      return;
    }
    await streamText({ ...settings, onError: () => {} }).consumeStream({
      onError: (error) => {
        throw error;
      },
    });
  }

  /** Sends what is waiting, and resolves when the server has acknowledged it. */
  flush(): Promise<void> {
    return this.#provider.forceFlush();
  }

  close(): Promise<void> {
    return this.#provider.shutdown();
  }
}

const rooms = tool({
  description: 'Rooms that are free',
  inputSchema: jsonSchema<{ floor: number }>({
    type: 'object',
    properties: { floor: { type: 'integer' } },
  }),
  execute: ({ floor }) => Promise.resolve([`Room ${floor}01`]),
});

function modelOf({ calls, model = 'claude-sonnet-4-5', failure, onLastCall, gate }: RunOptions) {
  let turn = 0;
  const next = async (): Promise<Answer> => {
    const number = turn++;
    const isLast = number === calls.length - 1;
    if (isLast) onLastCall?.();
    if (isLast) await gate;
    if (isLast && failure) throw failure;
    const { input, cacheRead = 0, cacheWrite = 0, output, reasoning = 0 } = calls[number]!;
    return {
      content: isLast
        ? [{ type: 'text', text: 'Room 301.' }]
        : [
            {
              type: 'tool-call',
              toolCallId: `call-${number}`,
              toolName: 'rooms',
              input: '{"floor":3}',
            },
          ],
      finishReason: { unified: isLast ? 'stop' : 'tool-calls', raw: undefined },
      usage: {
        inputTokens: {
          total: input,
          noCache: input - cacheRead - cacheWrite,
          cacheRead,
          cacheWrite,
        },
        outputTokens: { total: output, text: output - reasoning, reasoning },
      },
      response: { id: `resp-${number}`, modelId: model },
      warnings: [],
    };
  };
  return new MockLanguageModelV4({
    provider: 'anthropic.messages',
    modelId: model,
    doGenerate: next,
    doStream: async () => ({ stream: streamOf(await next()) }),
  });
}

/** The same answer in pieces. */
function streamOf({ content, finishReason, usage, response }: Answer): ReadableStream<Part> {
  const chunks: Part[] = [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', ...response },
  ];
  for (const part of content) {
    if (part.type === 'tool-call') chunks.push(part);
    if (part.type !== 'text') continue;
    chunks.push({ type: 'text-start', id: '1' });
    for (const word of part.text.split(' ')) {
      chunks.push({ type: 'text-delta', id: '1', delta: `${word} ` });
    }
    chunks.push({ type: 'text-end', id: '1' });
  }
  chunks.push({ type: 'finish', finishReason, usage });
  return simulateReadableStream({ chunks });
}
