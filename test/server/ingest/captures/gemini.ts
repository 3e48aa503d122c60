import { client, T0, type Capture, type LogOptions, type Values } from '../otlp.ts';

const SESSION = 'f00d';
const COMMON: Values = {
  'session.id': SESSION,
  'installation.id': 'install-1',
  'user.email': 'margaret@example.com',
};

const event = (at: number, name: string, attributes: Values): LogOptions => ({
  at,
  attributes: {
    ...COMMON,
    'event.name': name,
    'event.timestamp': new Date(T0 + at).toISOString(),
    ...attributes,
  },
});

const prompt = (turn: number) => `${SESSION}########${turn}`;
const own = (at: number, name: string, turn: number, attributes: Values) =>
  event(at, `gemini_cli.${name}`, { prompt_id: prompt(turn), ...attributes });

const DETAILS = 'gen_ai.client.inference.operation.details';
const MODEL: Values = {
  'gen_ai.operation.name': 'generate_content',
  'gen_ai.provider.name': 'gcp.gen_ai',
  'gen_ai.request.model': 'gemini-2.5-pro',
};

/** A call that is answered: four records, of which two tell the same usage. */
function answered(
  at: number,
  turn: number,
  reply: Values,
  counts: [number, number, number, number],
) {
  const [input, cached, output, thoughts] = counts;
  const contents = [{ role: 'user', parts: [{ text: 'count the tests' }] }];
  return [
    own(at, 'api_request', turn, {
      model: 'gemini-2.5-pro',
      request_text: JSON.stringify(contents),
    }),
    event(at, DETAILS, { ...MODEL, 'gen_ai.input.messages': '[]' }),
    own(at + 700, 'api_response', turn, {
      model: 'gemini-2.5-pro',
      status_code: 200,
      duration_ms: 700,
      input_token_count: input,
      output_token_count: output,
      cached_content_token_count: cached,
      thoughts_token_count: thoughts,
      tool_token_count: 0,
      total_token_count: input + output + thoughts,
      finish_reasons: ['stop'],
      response_text: JSON.stringify([
        { candidates: [{ content: { role: 'model', parts: [reply] } }] },
      ]),
    }),
    event(at + 700, DETAILS, {
      ...MODEL,
      'gen_ai.response.model': 'gemini-2.5-pro',
      'gen_ai.response.id': `resp-${at}`,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': input,
      'gen_ai.usage.output_tokens': output,
    }),
  ];
}

/** Two prompts: one with a tool and a retry, one that fails for good. */
export function geminiSession(): Capture[] {
  const toolCall = {
    functionCall: { id: 'g1', name: 'run_shell_command', args: { command: 'ls' } },
  };
  return client('gemini-cli', 'gemini-cli').logs(
    event(0, 'gemini_cli.config', { model: 'gemini-2.5-pro' }),
    own(1_000, 'user_prompt', 1, {
      prompt: 'count the tests',
      prompt_length: 15,
      auth_type: 'oauth-personal',
    }),
    own(1_150, 'api_error', 1, {
      model: 'gemini-2.5-pro',
      error: 'quota',
      'error.message': 'quota',
      error_type: 'ApiError',
      status_code: 429,
      duration_ms: 100,
    }),
    event(1_150, DETAILS, { ...MODEL, 'gen_ai.response.model': 'gemini-2.5-pro' }),
    ...answered(2_000, 1, toolCall, [500, 400, 7, 3]),
    own(2_900, 'tool_call', 1, {
      function_name: 'run_shell_command',
      duration_ms: 150,
      success: true,
      decision: 'auto_accept',
      tool_type: 'native',
    }),
    ...answered(3_000, 1, { text: 'There are 12.' }, [600, 450, 20, 0]),
    own(9_000, 'user_prompt', 2, { prompt_length: 44, auth_type: 'oauth-personal' }),
    own(9_500, 'api_error', 2, {
      model: 'gemini-2.5-pro',
      'error.message': 'internal',
      'error.type': 'ServerError',
      status_code: 500,
      duration_ms: 300,
    }),
    event(9_900, 'gemini_cli.chat.content_retry_failure', {
      total_attempts: 3,
      final_error_type: 'ServerError',
      model: 'gemini-2.5-pro',
    }),
  );
}

/** The same session's spans, as later versions send them. */
export function geminiSpans(): Capture[] {
  const common = {
    'gen_ai.conversation.id': SESSION,
    'gen_ai.agent.name': 'gemini-cli',
    'gen_ai.request.model': 'gemini-2.5-pro',
  };
  return client('gemini-cli', 'gemini-cli').spans({
    trace: 20,
    id: 200,
    name: 'llm_call',
    start: 3_000,
    end: 3_700,
    attributes: {
      ...common,
      'gen_ai.operation.name': 'llm_call',
      'gen_ai.usage.input_tokens': 600,
      'gen_ai.usage.output_tokens': 20,
    },
  });
}
