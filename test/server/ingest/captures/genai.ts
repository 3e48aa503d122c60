import { client, type Capture } from '../otlp.ts';

const CACHED = {
  'gen_ai.usage.input_tokens': 5_300,
  'gen_ai.usage.output_tokens': 40,
  'gen_ai.usage.cache_read.input_tokens': 5_000,
  'gen_ai.usage.cache_creation.input_tokens': 250,
};

const ASKED = [{ role: 'user', parts: [{ type: 'text', content: 'Is flight 7 late?' }] }];
const LOOKED_UP = {
  role: 'assistant',
  parts: [{ type: 'tool_call', id: 'c1', name: 'flights', arguments: { number: 7 } }],
};
const FOUND = {
  role: 'tool',
  parts: [{ type: 'tool_call_response', id: 'c1', response: { late: true } }],
};

const chat = (input: unknown[], output: unknown[]) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.response.model': 'claude-sonnet-4-5-20250929',
  'gen_ai.input.messages': JSON.stringify(input),
  'gen_ai.output.messages': JSON.stringify(output),
});

/** `ai` 7: one run of two steps with a tool, in the order in which spans end. */
export function steppedRun(): Capture[] {
  const ai = client('travel.example', 'gen_ai');
  const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'travel' };
  const step = { 'gen_ai.operation.name': 'agent_step' };
  return ai.spans(
    {
      trace: 1,
      id: 13,
      parent: 12,
      name: 'chat claude-sonnet-4-5',
      start: 20,
      end: 420,
      attributes: {
        ...chat(ASKED, [LOOKED_UP]),
        ...CACHED,
        'gen_ai.response.id': 'msg_a',
        'gen_ai.response.finish_reasons': ['tool-calls'],
        'gen_ai.client.operation.time_to_first_chunk': 0.125,
      },
    },
    {
      trace: 1,
      id: 14,
      parent: 12,
      name: 'execute_tool flights',
      start: 430,
      end: 480,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'flights',
        'gen_ai.tool.call.id': 'c1',
      },
    },
    { trace: 1, id: 12, parent: 11, name: 'step 1', start: 15, end: 490, attributes: step },
    {
      trace: 1,
      id: 16,
      parent: 15,
      name: 'chat claude-sonnet-4-5',
      start: 500,
      end: 900,
      attributes: {
        ...chat(
          [...ASKED, LOOKED_UP, FOUND],
          [{ role: 'assistant', parts: [{ type: 'text', content: 'By an hour.' }] }],
        ),
        ...CACHED,
        'gen_ai.response.id': 'msg_b',
        'gen_ai.response.finish_reasons': ['stop'],
      },
    },
    { trace: 1, id: 15, parent: 11, name: 'step 2', start: 495, end: 905, attributes: step },
    {
      trace: 1,
      id: 11,
      name: 'invoke_agent claude-sonnet-4-5',
      start: 10,
      end: 910,
      attributes: {
        ...agent,
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': 'claude-sonnet-4-5',
        'gen_ai.input.messages': JSON.stringify(ASKED),
        'gen_ai.usage.input_tokens': 10_600,
        'gen_ai.usage.output_tokens': 80,
        'gen_ai.usage.cache_read.input_tokens': 10_000,
        'gen_ai.usage.cache_creation.input_tokens': 500,
        'user.id': 'ada',
      },
    },
  );
}

/** A run whose first attempt is refused and whose second succeeds; then one that fails for good. */
export function retriedAndFailedRuns(): Capture[] {
  const ai = client('travel.example', 'gen_ai');
  const chatOf = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o-mini' };
  const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'travel' };
  const refused = {
    failed: 'Rate limit',
    exception: { type: 'APICallError', message: 'Rate limit' },
  };
  const status = { 'http.response.status_code': 429 };
  return ai.spans(
    {
      trace: 2,
      id: 22,
      parent: 21,
      name: 'chat gpt-4o-mini',
      start: 0,
      end: 10,
      attributes: { ...chatOf, ...status },
      ...refused,
    },
    {
      trace: 2,
      id: 23,
      parent: 21,
      name: 'chat gpt-4o-mini',
      start: 500,
      end: 900,
      attributes: {
        ...chatOf,
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.output_tokens': 10,
        'gen_ai.usage.cache_read.input_tokens': 512,
        'gen_ai.usage.reasoning.output_tokens': 4,
      },
    },
    { trace: 2, id: 21, name: 'invoke_agent gpt-4o-mini', start: 0, end: 901, attributes: agent },
    {
      trace: 3,
      id: 32,
      parent: 31,
      name: 'chat gpt-4o-mini',
      start: 950,
      end: 990,
      attributes: { ...chatOf, ...status },
      ...refused,
    },
    {
      trace: 3,
      id: 31,
      name: 'invoke_agent gpt-4o-mini',
      start: 940,
      end: 991,
      attributes: agent,
      ...refused,
    },
  );
}

/** OpenTelemetry's own OpenAI instrumentation: no content on spans, the old `gen_ai.system`. */
export function openAiWithLogs(): { traces: Capture[]; logs: Capture[] } {
  const openai = client('shop.example', '@opentelemetry/instrumentation-openai');
  const request = { 'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-4o-mini' };
  const system = { 'gen_ai.system': 'openai' };
  return {
    traces: openai.spans(
      {
        trace: 4,
        id: 41,
        name: 'chat gpt-4o-mini',
        start: 0,
        end: 350,
        attributes: {
          'gen_ai.operation.name': 'chat',
          ...request,
          'gen_ai.response.id': 'chatcmpl-7',
          'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
          'gen_ai.usage.input_tokens': 90,
          'gen_ai.usage.output_tokens': 8,
        },
      },
      {
        trace: 5,
        id: 51,
        name: 'embeddings text-embedding-3-small',
        start: 10,
        end: 60,
        attributes: {
          'gen_ai.operation.name': 'embeddings',
          'gen_ai.system': 'openai',
          'gen_ai.request.model': 'text-embedding-3-small',
          'gen_ai.usage.input_tokens': 2_000,
        },
      },
      {
        trace: 6,
        id: 61,
        name: 'chat gpt-4o-mini',
        start: 400,
        end: 410,
        attributes: { 'gen_ai.operation.name': 'chat', ...request, 'error.type': 'TimeoutError' },
        failed: 'timed out',
      },
    ),
    logs: openai.logs(
      {
        at: 1,
        trace: 4,
        span: 41,
        body: { content: 'Be kind' },
        attributes: { 'event.name': 'gen_ai.system.message', ...system },
      },
      {
        at: 1,
        trace: 4,
        span: 41,
        body: { content: 'Hello?' },
        attributes: { 'event.name': 'gen_ai.user.message', ...system },
      },
      {
        at: 2,
        trace: 4,
        span: 41,
        body: { content: 'Hello?' },
        attributes: { 'event.name': 'gen_ai.user.message', ...system },
      },
      {
        at: 349,
        trace: 4,
        span: 41,
        body: { index: 0, finish_reason: 'stop', message: { content: 'Hello!' } },
        attributes: { 'event.name': 'gen_ai.choice', ...system },
      },
    ),
  };
}

/** The Anthropic SDK by itself: content off, a call outside of any run. */
export function anthropicSdk(): Capture[] {
  return client('mail.example', 'com.anthropic.sdk.typescript').spans({
    trace: 7,
    id: 71,
    name: 'anthropic.messages.create',
    start: 0,
    end: 800,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-haiku-4-5',
      'gen_ai.response.model': 'claude-haiku-4-5-20251001',
      'http.response.status_code': 200,
      'gen_ai.usage.input_tokens': 1_150,
      'gen_ai.usage.cache_write.input_tokens': 150,
      'gen_ai.usage.cache_read.input_tokens': 900,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.conversation.id': 'thread-9',
      'anthropic.message.stop_reason': 'end_turn',
    },
  });
}
