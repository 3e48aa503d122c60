import { client, T0, type Capture, type LogOptions, type Values } from '../otlp.ts';

const COMMON: Values = {
  'session.id': 'a1-b2',
  'user.id': 'anonymous-1',
  'user.email': 'barbara@example.com',
  'terminal.type': 'tmux',
};

function session() {
  let sequence = 0;
  return (at: number, name: string, attributes: Values): LogOptions => ({
    at,
    body: `claude_code.${name}`,
    attributes: {
      ...COMMON,
      'event.name': name,
      'event.timestamp': new Date(T0 + at).toISOString(),
      'event.sequence': sequence++,
      ...attributes,
    },
  });
}

const counts = (input: number, read: number, written: number, output: number): Values => ({
  input_tokens: String(input),
  cache_read_tokens: String(read),
  cache_creation_tokens: String(written),
  output_tokens: String(output),
});

const MODEL: Values = { model: 'claude-sonnet-4-5-20250929' };

/** Three prompts: a tool loop, one that a failed call breaks, and one that recovers. */
export function claudeCodeSession(): Capture[] {
  const event = session();
  const first: Values = { 'prompt.id': 'p-1' };
  const second: Values = { 'prompt.id': 'p-2' };
  const third: Values = { 'prompt.id': 'p-3' };
  return client('claude-code', 'com.anthropic.claude_code.events').logs(
    event(0, 'auth', { action: 'login', success: 'true' }),
    event(10, 'hook_registered', { hook_event: 'PreToolUse' }),
    event(1_000, 'user_prompt', { ...first, prompt: '<REDACTED>', prompt_length: '31' }),
    event(2_500, 'api_request', {
      ...first,
      ...MODEL,
      ...counts(12, 2_000, 100, 30),
      duration_ms: '1400',
      ttft_ms: '300',
      request_id: 'req_1',
    }),
    event(2_600, 'tool_decision', {
      ...first,
      tool_name: 'Read',
      tool_use_id: 'toolu_1',
      decision: 'accept',
      source: 'config',
    }),
    event(2_700, 'tool_result', {
      ...first,
      tool_name: 'Read',
      tool_use_id: 'toolu_1',
      success: 'true',
      duration_ms: '90',
    }),
    event(4_000, 'api_request', {
      ...first,
      ...MODEL,
      ...counts(8, 2_100, 40, 50),
      duration_ms: '1200',
      request_id: 'req_2',
    }),
    event(4_010, 'assistant_response', {
      ...first,
      ...MODEL,
      response: 'It is on line 4.',
      response_length: '16',
      request_id: 'req_2',
    }),
    event(10_000, 'user_prompt', { ...second, prompt: 'and now?', prompt_length: '8' }),
    event(12_000, 'api_error', {
      ...second,
      ...MODEL,
      error: 'Overloaded',
      status_code: 529,
      duration_ms: '1500',
      attempt: 11,
      request_id: 'req_3',
    }),
    event(12_001, 'api_retries_exhausted', {
      ...second,
      ...MODEL,
      error: 'Overloaded',
      status_code: 529,
      total_attempts: 11,
    }),
    event(20_000, 'user_prompt', { ...third, prompt: 'try again', prompt_length: '9' }),
    event(21_000, 'api_error', {
      ...third,
      ...MODEL,
      error: 'Connection error.',
      duration_ms: '500',
      attempt: 1,
    }),
    event(23_000, 'api_request', {
      ...third,
      ...MODEL,
      ...counts(5, 2_200, 0, 9),
      duration_ms: '900',
      request_id: 'req_4',
    }),
  );
}

/** The same session's beta spans, for the first prompt. */
export function claudeCodeSpans(): Capture[] {
  const usage = (input: number, read: number, written: number, output: number): Values =>
    Object.fromEntries(
      Object.entries(counts(input, read, written, output)).map(([key, count]) => [
        key,
        Number(count),
      ]),
    );
  const request = (id: number, start: number, end: number, attributes: Values) => ({
    trace: 30,
    id,
    parent: 300,
    name: 'claude_code.llm_request',
    start,
    end,
    attributes: { ...COMMON, ...MODEL, 'gen_ai.system': 'anthropic', success: true, ...attributes },
  });
  return client('claude-code', 'com.anthropic.claude_code.tracing').spans(
    request(301, 1_100, 2_500, {
      ...usage(12, 2_000, 100, 30),
      ttft_ms: 300,
      request_id: 'req_1',
      'response.has_tool_call': true,
      stop_reason: 'tool_use',
    }),
    {
      trace: 30,
      id: 303,
      parent: 302,
      name: 'claude_code.tool.execution',
      start: 2_610,
      end: 2_700,
      attributes: COMMON,
    },
    {
      trace: 30,
      id: 302,
      parent: 300,
      name: 'claude_code.tool',
      start: 2_600,
      end: 2_700,
      attributes: { ...COMMON, tool_name: 'Read', tool_use_id: 'toolu_1' },
    },
    request(304, 2_800, 4_000, {
      ...usage(8, 2_100, 40, 50),
      request_id: 'req_2',
      'response.has_tool_call': false,
      stop_reason: 'end_turn',
    }),
    {
      trace: 30,
      id: 300,
      name: 'claude_code.interaction',
      start: 990,
      end: 4_020,
      attributes: { ...COMMON, user_prompt: '<REDACTED>', user_prompt_length: 31 },
    },
  );
}
