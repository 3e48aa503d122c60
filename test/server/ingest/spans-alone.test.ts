/** Sessions of command lines whose logs never come: their spans tell runs, calls and tools as well. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Capture, client, type SpanOptions, type Values } from './otlp.ts';
import { take, totals } from './take.ts';

const statuses = (captures: Capture[]) =>
  take([captures]).executions.map(({ status, steps }) => ({
    status,
    steps: steps.map(({ kind, name, status: how }) => `${kind} ${name} ${how}`),
  }));

/** Spans in reverse too: children come before their parents, and parents before their children. */
function anyOrder(captures: Capture[], told: unknown): void {
  assert.deepEqual(statuses(captures), told);
  assert.deepEqual(statuses(captures.toReversed()), told);
}

suite('Codex', () => {
  const conversation = 'thread-7';

  /** The span in which a tool runs carries the event that the logs would have. */
  function toolSpan(id: number, start: number, tool: string, success: boolean): SpanOptions {
    const result = {
      'event.name': 'codex.tool_result',
      'conversation.id': conversation,
      tool_name: tool,
      call_id: `call-${id}`,
      duration_ms: '40',
      success: String(success),
    };
    const attributes = { target: 'codex_core::tools::router', 'thread.id': 4 };
    const event = { at: start + 45, name: 'event tool_result.rs:54', attributes: result };
    return { trace: 7, id, parent: 9, name: 'dispatch', start, end: start + 50, attributes, event };
  }

  const refused = (id: number, start: number): SpanOptions => {
    const attributes = {
      'event.name': 'codex.api_request',
      'conversation.id': conversation,
      'http.response.status_code': '503',
      'error.message': 'overloaded',
    };
    const event = { at: start, name: 'event telemetry.rs:803', attributes };
    const target = { target: 'codex_api::endpoint::session' };
    return { trace: 7, id, parent: 9, name: 'send', start, end: start, attributes: target, event };
  };

  const answer = (id: number, start: number): SpanOptions => ({
    trace: 7,
    id,
    parent: 8,
    name: 'handle_responses',
    start,
    end: start + 5,
    attributes: {
      target: 'codex_core::session::turn',
      'gen_ai.usage.input_tokens': 1_200,
      'gen_ai.usage.cache_read.input_tokens': 1_000,
      'gen_ai.usage.output_tokens': 40,
      'codex.usage.reasoning_output_tokens': 12,
    },
  });

  const turn: SpanOptions = {
    trace: 7,
    id: 1,
    name: 'session_task.turn',
    start: 0,
    end: 500,
    attributes: {
      target: 'codex_core::tasks',
      'thread.id': conversation,
      'turn.id': 'turn-1',
      model: 'gpt-5-codex',
    },
  };

  const session = client('codex_exec', 'codex_exec').spans(
    answer(2, 100),
    toolSpan(3, 110, 'exec_command', true),
    answer(4, 200),
    toolSpan(5, 210, 'update_plan', false),
    answer(6, 300),
    turn,
  );

  test('tools are steps between the calls, which bear the name of their model', () => {
    anyOrder(session, [
      {
        status: 'completed',
        steps: [
          'request gpt-5-codex completed',
          'tool exec_command completed',
          'request gpt-5-codex completed',
          'tool update_plan failed',
          'request gpt-5-codex completed',
        ],
      },
    ]);
    const { requests, input, errors } = totals(take([session]));
    assert.deepEqual([requests, input, errors], [3, 3_600, 0], 'A tool that failed is no error.');
  });

  test('any two records of a session are read, whichever they are', () => {
    const result = { 'event.name': 'codex.tool_result', 'conversation.id': conversation };
    const logs = [0, 100, 400].map((at) => ({
      at,
      attributes: { ...result, tool_name: 'exec_command', success: 'true' },
    }));
    const records = [...session, ...client('codex_exec', 'codex_otel.log_only').logs(...logs)];
    for (const one of records) {
      for (const other of records) {
        const { executions } = take([[one], [other]]);
        assert.ok(executions.every((run) => Number.isFinite(run.startedAt + run.lastEventAt)));
      }
    }
  });

  test('an attempt that failed is a call only where none follows it', () => {
    const spans = client('codex_exec', 'codex_exec');
    const recovered = spans.spans(refused(2, 50), refused(3, 60), answer(4, 100), turn);
    anyOrder(recovered, [{ status: 'completed', steps: ['request gpt-5-codex completed'] }]);
    const broken = spans.spans(answer(2, 50), refused(3, 100), refused(4, 200), turn);
    const steps = ['request gpt-5-codex completed', 'request gpt-5-codex failed'];
    anyOrder(broken, [{ status: 'failed', steps }]);
    const { requests, errors } = totals(take([broken]));
    assert.deepEqual([requests, errors], [2, 1]);
  });
});

suite('Gemini CLI', () => {
  const session = '5d1f';
  const common = { 'gen_ai.conversation.id': session, 'gen_ai.agent.name': 'gemini-cli' };

  const call = (trace: number, start: number, prompt: string, reply: unknown): SpanOptions => ({
    trace,
    id: trace,
    name: 'llm_call',
    start,
    end: start + 90,
    attributes: {
      ...common,
      'gen_ai.operation.name': 'llm_call',
      'gen_ai.prompt.name': prompt,
      'gen_ai.request.model': 'gemini-2.5-pro',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.output.messages': JSON.stringify([{ role: 'model', parts: [reply] }]),
    },
  });

  const tool: SpanOptions = {
    trace: 32,
    id: 33,
    parent: 32,
    name: 'tool_call',
    start: 200,
    end: 220,
    attributes: {
      ...common,
      'gen_ai.operation.name': 'tool_call',
      'gen_ai.tool.name': 'list_directory',
      'gen_ai.tool.call_id': 'list-1',
    },
  };

  const asks = { functionCall: { name: 'list_directory', args: {} } };
  const spans = client('gemini-cli', 'gemini-cli').spans(
    call(30, 0, 'router', { text: 'pro' }),
    call(31, 100, `${session}########1`, asks),
    tool,
    call(34, 300, `${session}########1`, { text: 'Two files.' }),
    call(35, 9_000, `${session}########2`, asks),
  );

  test('a prompt is a run with its tools; what the client asks for itself is none', () => {
    anyOrder(spans, [
      {
        status: 'completed',
        steps: [
          'request gemini-2.5-pro completed',
          'tool list_directory completed',
          'request gemini-2.5-pro completed',
        ],
      },
      { status: 'running', steps: ['request gemini-2.5-pro completed'] },
    ]);
    assert.equal(totals(take([spans])).requests, 4);
  });
});

suite('Claude Code', () => {
  const span = (id: number, name: string, from: number, attributes: Values): SpanOptions => ({
    trace: 40,
    id,
    ...(id === 1 ? {} : { parent: id === 4 ? 3 : 1 }),
    name: `claude_code.${name}`,
    start: from,
    end: 500,
    attributes: { 'session.id': 'visit', ...attributes },
  });

  test('a tool failed where the span of its execution says so', () => {
    const spans = client('claude-code', 'com.anthropic.claude_code.tracing').spans(
      span(2, 'llm_request', 10, { model: 'claude-sonnet-4-5', input_tokens: 12, success: true }),
      span(4, 'tool.execution', 110, { success: false, error: 'Shell command failed' }),
      span(3, 'tool', 100, { tool_name: 'Bash', tool_use_id: 't1' }),
      span(1, 'interaction', 0, { user_prompt_length: 9 }),
    );
    const steps = ['request claude-sonnet-4-5 completed', 'tool Bash failed'];
    anyOrder(spans, [{ status: 'completed', steps }]);
  });
});
