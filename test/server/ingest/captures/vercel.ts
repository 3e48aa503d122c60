import { client, type Capture, type Values } from '../otlp.ts';

const METADATA: Values = {
  'ai.telemetry.functionId': 'concierge',
  'ai.telemetry.metadata.userId': 'grace',
  'ai.telemetry.metadata.sessionId': 'visit-3',
};

const MODEL: Values = {
  'ai.model.provider': 'anthropic.messages',
  'ai.model.id': 'claude-sonnet-4-5',
};

const USAGE: Values = {
  'ai.usage.inputTokens': 700,
  'ai.usage.inputTokenDetails.noCacheTokens': 100,
  'ai.usage.inputTokenDetails.cacheReadTokens': 500,
  'ai.usage.inputTokenDetails.cacheWriteTokens': 100,
  'ai.usage.outputTokens': 60,
  'ai.usage.outputTokenDetails.reasoningTokens': 25,
  'ai.usage.cachedInputTokens': 500,
};

const DOUBLED: Values = Object.fromEntries(
  Object.entries(USAGE).map(([key, count]) => [key, 2 * Number(count)]),
);

const operation = (id: string): Values => ({ 'ai.operationId': id, ...METADATA, ...MODEL });

/** `ai` 6: a run with a tool, a stream, and an embedding outside of any run. */
export function vercelRuns(): Capture[] {
  const ai = client('hotel.example', 'ai');
  const asked = [{ role: 'user', content: [{ type: 'text', text: 'A room with a view?' }] }];
  return ai.spans(
    {
      trace: 101,
      id: 2,
      parent: 1,
      name: 'ai.generateText.doGenerate',
      start: 5,
      end: 305,
      attributes: {
        ...operation('ai.generateText.doGenerate'),
        ...USAGE,
        'ai.prompt.messages': JSON.stringify(asked),
        'ai.response.toolCalls': JSON.stringify([
          { toolCallId: 't1', toolName: 'rooms', input: '{"view":"sea"}' },
        ]),
        'ai.response.model': 'claude-sonnet-4-5-20250929',
        'ai.response.id': 'msg_1',
        'ai.response.finishReason': 'tool-calls',
      },
    },
    {
      trace: 101,
      id: 3,
      parent: 1,
      name: 'ai.toolCall',
      start: 306,
      end: 320,
      attributes: {
        'ai.operationId': 'ai.toolCall',
        ...METADATA,
        'ai.toolCall.name': 'rooms',
        'ai.toolCall.id': 't1',
      },
    },
    {
      trace: 101,
      id: 4,
      parent: 1,
      name: 'ai.generateText.doGenerate',
      start: 321,
      end: 600,
      attributes: {
        ...operation('ai.generateText.doGenerate'),
        ...USAGE,
        'ai.response.text': 'Room 12.',
        'ai.response.model': 'claude-sonnet-4-5-20250929',
        'ai.response.finishReason': 'stop',
      },
    },
    {
      trace: 101,
      id: 1,
      name: 'ai.generateText',
      start: 0,
      end: 605,
      attributes: {
        ...operation('ai.generateText'),
        ...DOUBLED,
        'ai.prompt': JSON.stringify({ system: 'Be brief', prompt: 'A room with a view?' }),
      },
    },
    {
      trace: 102,
      id: 6,
      parent: 5,
      name: 'ai.streamText.doStream',
      start: 1_000,
      end: 1_400,
      attributes: {
        ...operation('ai.streamText.doStream'),
        ...USAGE,
        'ai.response.msToFirstChunk': 80.5,
        'ai.response.model': 'claude-sonnet-4-5-20250929',
      },
    },
    {
      trace: 102,
      id: 5,
      name: 'ai.streamText',
      start: 999,
      end: 1_402,
      attributes: { ...operation('ai.streamText'), ...USAGE },
    },
    {
      trace: 103,
      id: 8,
      parent: 7,
      name: 'ai.embed.doEmbed',
      start: 2_000,
      end: 2_050,
      attributes: {
        'ai.operationId': 'ai.embed.doEmbed',
        'ai.model.provider': 'openai.embedding',
        'ai.model.id': 'text-embedding-3-small',
        'ai.usage.tokens': 30,
      },
    },
    {
      trace: 103,
      id: 7,
      name: 'ai.embed',
      start: 1_999,
      end: 2_051,
      attributes: {
        'ai.operationId': 'ai.embed',
        'ai.model.provider': 'openai.embedding',
        'ai.model.id': 'text-embedding-3-small',
        'ai.usage.tokens': 30,
      },
    },
  );
}
