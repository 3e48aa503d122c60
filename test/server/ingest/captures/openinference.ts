import { client, type Capture } from '../otlp.ts';

const kind = (name: string) => ({ 'openinference.span.kind': name });

const LLM = {
  ...kind('LLM'),
  'llm.system': 'anthropic',
  'llm.provider': 'anthropic',
  'llm.model_name': 'claude-sonnet-4-5-20250929',
};

/** A LangGraph agent: chains in chains, two calls, a tool, a look-up in a vector store. */
export function graphRun(): Capture[] {
  const arize = client('library.example', '@arizeai/openinference-instrumentation-langchain');
  const session = { 'session.id': 'reading-1', 'user.id': 'hypatia' };
  return arize.spans(
    {
      trace: 201,
      id: 3,
      parent: 2,
      name: 'ChatAnthropic',
      start: 20,
      end: 220,
      attributes: {
        ...LLM,
        'llm.token_count.prompt': 2_100,
        'llm.token_count.completion': 30,
        'llm.token_count.prompt_details.cache_read': 2_000,
        'llm.token_count.completion_details.reasoning': 12,
        'llm.invocation_parameters': '{"system":"You are a librarian"}',
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.content': 'Where is Euclid?',
        'llm.output_messages.0.message.role': 'assistant',
        'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'k1',
        'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'shelf',
        'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments':
          '{"author":"Euclid"}',
      },
    },
    { trace: 201, id: 2, parent: 1, name: 'agent', start: 15, end: 225, attributes: kind('CHAIN') },
    {
      trace: 201,
      id: 5,
      parent: 4,
      name: 'shelf',
      start: 235,
      end: 300,
      attributes: { ...kind('TOOL'), 'tool.name': 'shelf' },
    },
    {
      trace: 201,
      id: 4,
      parent: 1,
      name: 'tools',
      start: 230,
      end: 305,
      attributes: kind('CHAIN'),
    },
    {
      trace: 201,
      id: 7,
      parent: 6,
      name: 'ChatAnthropic',
      start: 320,
      end: 500,
      attributes: {
        ...LLM,
        'llm.token_count.prompt': 2_200,
        'llm.token_count.completion': 10,
        'llm.token_count.prompt_details.cache_read': 2_000,
        'llm.token_count.prompt_details.cache_write': 100,
        'llm.output_messages.0.message.role': 'assistant',
        'llm.output_messages.0.message.contents.0.message_content.type': 'text',
        'llm.output_messages.0.message.contents.0.message_content.text': 'Third shelf.',
      },
    },
    {
      trace: 201,
      id: 6,
      parent: 1,
      name: 'agent',
      start: 310,
      end: 505,
      attributes: kind('CHAIN'),
    },
    {
      trace: 201,
      id: 1,
      name: 'LangGraph',
      start: 10,
      end: 510,
      attributes: {
        ...kind('CHAIN'),
        ...session,
        'input.value': '{"question":"Where is Euclid?"}',
      },
    },
  );
}

/** Calls by themselves: no run. */
export function loneCalls(): Capture[] {
  const arize = client('library.example', '@arizeai/openinference-instrumentation-openai');
  return arize.spans(
    {
      trace: 202,
      id: 1,
      name: 'Embedding',
      start: 0,
      end: 40,
      attributes: {
        ...kind('EMBEDDING'),
        'embedding.model_name': 'text-embedding-3-small',
        'llm.token_count.prompt': 55,
      },
    },
    { trace: 203, id: 2, name: 'search', start: 50, end: 60, attributes: kind('RETRIEVER') },
    {
      trace: 204,
      id: 3,
      name: 'Completion',
      start: 100,
      end: 110,
      attributes: LLM,
      failed: 'overloaded',
      exception: { type: 'OverloadedError', message: 'overloaded' },
    },
  );
}
