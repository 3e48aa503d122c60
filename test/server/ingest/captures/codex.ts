import { client, type Capture, type LogOptions, type Values } from '../otlp.ts';

const RESOURCE = { 'telemetry.sdk.language': 'rust' };
const SCOPE = 'codex_otel.log_only';

interface Session {
  conversation: string;
  logs: LogOptions[];
}

/** Codex writes counts as strings, times as those of observation, and positions as event names. */
function session(conversation: string): Session & {
  event: (at: number, name: string, attributes?: Values, trace?: number) => void;
} {
  const logs: LogOptions[] = [];
  const event = (at: number, name: string, attributes: Values = {}, trace?: number) => {
    logs.push({
      at,
      observedOnly: true,
      eventName: 'event otel/src/events/session_telemetry.rs:703',
      ...(trace === undefined ? {} : { trace, span: trace * 1_000 + logs.length }),
      attributes: {
        'event.name': `codex.${name}`,
        ...attributes,
        'conversation.id': conversation,
        originator: 'codex_cli_rs',
        model: 'gpt-5',
        slug: 'gpt-5',
      },
    });
  };
  return { conversation, logs, event };
}

type Told = ReturnType<typeof session>['event'];

/** One call that succeeds: the HTTP request, the stream, its end without counts, its end with them. */
function call(event: Told, at: number, counts: [string, number, string, number], asksTool = false) {
  const [input, cached, output, reasoning] = counts;
  const stream = (after: number, kind: string) =>
    event(at + after, 'sse_event', { 'event.kind': kind, duration_ms: '1' });
  event(at + 20, 'api_request', {
    duration_ms: '20',
    'http.response.status_code': 200,
    attempt: 0,
  });
  stream(30, 'response.created');
  if (asksTool) stream(80, 'response.function_call_arguments.done');
  stream(100, 'response.completed');
  event(at + 100.2, 'sse_event', {
    'event.kind': 'response.completed',
    input_token_count: input,
    cached_token_count: cached,
    output_token_count: output,
    reasoning_token_count: reasoning,
    tool_token_count: String(Number(input) + Number(output)),
  });
}

const tool = (event: Told, at: number, id: string, success: boolean) => {
  event(at, 'tool_decision', {
    tool_name: 'shell',
    call_id: id,
    decision: 'approved',
    source: 'Config',
  });
  event(at + 50, 'tool_result', {
    tool_name: 'shell',
    call_id: id,
    duration_ms: '45',
    success: String(success),
    output: success ? 'ok' : 'no such file',
  });
};

/** Three turns: a loop with two tools, a redacted prompt with a retry, and a turn that breaks off. */
export function codexSession(): Capture[] {
  const { event, logs } = session('0199-aa');
  event(0, 'conversation_starts', { provider_name: 'openai', 'user.email': 'linus@example.com' });
  event(5, 'startup_phase', { duration_ms: '14' });
  event(1_000, 'user_prompt', { prompt: 'fix the build', prompt_length: '13' }, 10);
  call(event, 1_100, ['1200', 1_000, '30', 10], true);
  tool(event, 1_300, 'call_1', true);
  call(event, 1_500, ['1300', 1_200, '20', 0], true);
  tool(event, 1_700, 'call_2', false);
  call(event, 1_900, ['1400', 1_300, '7', 3]);
  event(10_000, 'user_prompt', { prompt: '[REDACTED]', prompt_length: '9' }, 11);
  event(10_050, 'api_request', {
    duration_ms: '40',
    'http.response.status_code': 503,
    'error.message': 'upstream unavailable',
    attempt: 0,
  });
  call(event, 10_500, ['900', 0, '5', 0]);
  event(20_000, 'user_prompt', { prompt: 'and again', prompt_length: '9' }, 12);
  event(20_100, 'api_request', { duration_ms: '20', 'http.response.status_code': 200, attempt: 0 });
  event(20_200, 'sse_event', {
    duration_ms: '99',
    'error.message': 'stream closed before response.completed',
  });
  return client('codex_cli_rs', SCOPE, RESOURCE).logs(...logs);
}

/** The spans of the same three turns; the usage is told again by them. */
export function codexSpans(): Capture[] {
  const spans = client('codex_cli_rs', 'codex_cli_rs', RESOURCE);
  const turn = (trace: number, start: number, end: number, counts: [number, number, number]) => {
    const [input, cached, output] = counts;
    return spans.spans({
      trace,
      id: trace * 100,
      parent: trace * 100 + 99,
      name: 'session_task.turn',
      start,
      end,
      attributes: {
        target: 'codex_core::tasks',
        'thread.id': '0199-aa',
        'turn.id': `turn-${trace}`,
        model: 'gpt-5',
        'codex.turn.token_usage.input_tokens': input,
        'codex.turn.token_usage.cached_input_tokens': cached,
        'codex.turn.token_usage.output_tokens': output,
      },
    });
  };
  const response = (trace: number, id: number, at: number, counts: [number, number, number]) => {
    const [input, cached, output] = counts;
    return spans.spans(
      {
        trace,
        id: id + 1,
        parent: id + 2,
        name: 'append_items',
        start: at,
        end: at + 1,
        attributes: { target: 'codex_thread_store', 'thread.id': 4 },
      },
      {
        trace,
        id,
        parent: id + 2,
        name: 'handle_responses',
        start: at,
        end: at + 4,
        attributes: {
          target: 'codex_core::session::turn',
          'thread.id': 4,
          'gen_ai.usage.input_tokens': input,
          'gen_ai.usage.cache_read.input_tokens': cached,
          'gen_ai.usage.output_tokens': output,
          'codex.usage.reasoning_output_tokens': 0,
        },
      },
    );
  };
  return [
    ...response(10, 1_010, 1_200, [1_200, 1_000, 30]),
    ...response(10, 1_020, 1_600, [1_300, 1_200, 20]),
    ...response(10, 1_030, 2_000, [1_400, 1_300, 7]),
    ...turn(10, 990, 2_010, [3_900, 3_500, 57]),
    ...response(11, 1_110, 10_600, [900, 0, 5]),
    ...turn(11, 9_990, 10_610, [900, 0, 5]),
  ];
}
