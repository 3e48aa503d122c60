import { client, type Capture, type Values } from '../otlp.ts';

const JOINED: Values = {
  'traceloop.workflow.name': 'triage',
  'traceloop.association.properties.user_id': 'mary',
  'traceloop.association.properties.session_id': 'ward-5',
};

/** A decorated workflow with a task and a tool; the SDK's own span lies within the framework's. */
export function decoratedWorkflow(): Capture[] {
  const anthropic = client('ward.example', '@traceloop/instrumentation-anthropic');
  const sdk = client('ward.example', '@traceloop/node-server-sdk');
  return [
    ...anthropic.spans({
      trace: 301,
      id: 4,
      parent: 3,
      name: 'chat claude-sonnet-4-5',
      start: 30,
      end: 330,
      attributes: {
        ...JOINED,
        'llm.request.type': 'chat',
        'gen_ai.system': 'Anthropic',
        'gen_ai.request.model': 'claude-sonnet-4-5',
        'gen_ai.response.model': 'claude-sonnet-4-5-20250929',
        'gen_ai.usage.input_tokens': 12,
        'gen_ai.usage.output_tokens': 30,
        'gen_ai.usage.cache_read_input_tokens': 2_000,
        'gen_ai.usage.cache_creation_input_tokens': 100,
        'llm.usage.total_tokens': 42,
        'gen_ai.prompt.0.role': 'system',
        'gen_ai.prompt.0.content': 'You triage.',
        'gen_ai.prompt.1.role': 'user',
        'gen_ai.prompt.1.content': '[{"type":"text","text":"It hurts"}]',
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.content': 'Where?',
        'gen_ai.completion.0.finish_reason': 'end_turn',
      },
    }),
    ...sdk.spans(
      {
        trace: 301,
        id: 3,
        parent: 2,
        name: 'ChatAnthropic.chat',
        start: 25,
        end: 335,
        attributes: {
          ...JOINED,
          'llm.request.type': 'chat',
          'gen_ai.request.model': 'claude-sonnet-4-5',
          'gen_ai.usage.prompt_tokens': 12,
          'gen_ai.usage.completion_tokens': 30,
        },
      },
      {
        trace: 301,
        id: 2,
        parent: 1,
        name: 'assess.task',
        start: 20,
        end: 340,
        attributes: { ...JOINED, 'traceloop.span.kind': 'task', 'traceloop.entity.name': 'assess' },
      },
      {
        trace: 301,
        id: 5,
        parent: 1,
        name: 'page_doctor.tool',
        start: 345,
        end: 360,
        attributes: {
          ...JOINED,
          'traceloop.span.kind': 'tool',
          'traceloop.entity.name': 'page_doctor',
        },
      },
      {
        trace: 301,
        id: 1,
        name: 'triage.workflow',
        start: 10,
        end: 370,
        attributes: {
          ...JOINED,
          'traceloop.span.kind': 'workflow',
          'traceloop.entity.name': 'triage',
          'traceloop.entity.input': 'It hurts',
        },
      },
    ),
  ];
}

/** The same provider with more input than cache: only the scope's name tells what input means. */
export function ambiguousInput(scope: string): Capture[] {
  return client('ward.example', scope).spans({
    trace: 302,
    id: 1,
    name: 'chat m',
    start: 0,
    end: 100,
    attributes: {
      'llm.request.type': 'chat',
      'gen_ai.request.model': 'some-model',
      'gen_ai.usage.input_tokens': 3_000,
      'gen_ai.usage.output_tokens': 10,
      'gen_ai.usage.cache_read_input_tokens': 2_000,
    },
  });
}
