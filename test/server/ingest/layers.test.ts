/** Two instrumentations in one process tell the same call: it counts once, with what each knows. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Capture, client, type SpanOptions, type Values } from './otlp.ts';
import { take, textOf, totals } from './take.ts';

const framework = client('shop.example', '@arizeai/openinference-instrumentation-langchain');
const sdk = client('shop.example', '@opentelemetry/instrumentation-openai');

const CHAIN: SpanOptions = {
  trace: 1,
  id: 2,
  parent: 1,
  name: 'RunnableSequence',
  start: 0,
  end: 400,
  attributes: { 'openinference.span.kind': 'CHAIN', 'session.id': 'visit', 'user.id': 'ada' },
};

const counts = (input: number, output: number): Values => ({
  'llm.token_count.prompt': input,
  'llm.token_count.completion': output,
  'llm.token_count.prompt_details.cache_read': 1_000,
});

/** A framework's account of a call. */
const told = (id: number, start: number, end: number, attributes: Values = {}): SpanOptions => ({
  trace: 1,
  id,
  parent: 2,
  name: 'ChatOpenAI',
  start,
  end,
  attributes: {
    'openinference.span.kind': 'LLM',
    'llm.model_name': 'gpt-4o',
    'llm.input_messages.0.message.role': 'user',
    'llm.input_messages.0.message.content': 'A table for two?',
    'user.id': 'ada',
    'session.id': 'visit',
    ...attributes,
  },
});

/** The SDK's own account, in another span of the same trace. */
const made = (
  id: number,
  parent: number,
  start: number,
  end: number,
  attributes: Values = {},
): SpanOptions => ({
  trace: 1,
  id,
  parent,
  name: 'chat gpt-4o',
  start,
  end,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
    'gen_ai.response.id': `answer-${id}`,
    ...attributes,
  },
});

const usage = (input: number, output: number): Values => ({
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': output,
});

/** In both orders of arrival, each account as a request of its own. */
function taken(captures: Capture[]) {
  const forward = take(captures.map((capture) => [capture]));
  const backward = take(captures.toReversed().map((capture) => [capture]));
  assert.deepEqual(forward.requests, backward.requests);
  return forward;
}

suite('a call that two instrumentations tell', () => {
  test('one within the other: the inner counts, with whom and what the outer knows', () => {
    const outer = told(3, 10, 200, counts(1_200, 40));
    const all = taken([
      ...framework.spans(CHAIN, outer),
      ...sdk.spans(made(4, 3, 20, 190, usage(1_200, 40))),
    ]);
    const [request, ...others] = all.requests;
    assert.equal(others.length, 0);
    assert.equal(request?.model, 'gpt-4o-2024-08-06');
    assert.deepEqual([request.user, request.conversation], ['ada', 'visit']);
    assert.equal(textOf(all, request.inputMessages[0]), 'A table for two?');
    assert.deepEqual([request.usage?.uncachedInput, request.usage?.cacheRead], [200, 1_000]);
  });

  test('one beside the other: within its time, and nothing that they tell differs', () => {
    const all = taken([
      ...framework.spans(CHAIN, told(3, 10, 200, counts(1_200, 40)), told(5, 210, 390)),
      ...sdk.spans(made(4, 1, 20, 190, usage(1_200, 40)), made(6, 1, 220, 380, usage(900, 8))),
    ]);
    const { requests, input, output, executions } = totals(all);
    assert.deepEqual([requests, input, output], [2, 2_100, 48]);
    assert.deepEqual(executions, ['completed']);
    const [run] = all.executions;
    assert.deepEqual(
      run?.steps.map(({ kind }) => kind),
      ['request', 'request'],
    );
    assert.ok(all.requests.every(({ execution }) => execution === run.key));
    assert.deepEqual(
      all.requests.map(({ responseId }) => responseId),
      ['answer-4', 'answer-6'],
    );
  });

  test('calls that only happen at the same time are calls of their own', () => {
    const count = (...spans: SpanOptions[]) => {
      const account = told(3, 10, 200, counts(1_200, 40));
      return totals(take([[...framework.spans(CHAIN, account), ...sdk.spans(...spans)]])).requests;
    };
    assert.equal(count(made(4, 1, 20, 190, usage(1_200, 41))), 2, 'other tokens');
    assert.equal(count(made(4, 1, 20, 210, usage(1_200, 40))), 2, 'longer');
    const other = { ...usage(1_200, 40), 'gen_ai.response.model': 'gpt-5' };
    assert.equal(count(made(4, 1, 20, 190, other)), 2, 'another model');
    assert.equal(count({ ...made(4, 1, 20, 190), failed: 'overloaded' }), 2, 'one failed');
    const twice = [made(4, 1, 20, 100, usage(1_200, 40)), made(5, 1, 101, 190, usage(1_200, 40))];
    assert.equal(count(...twice), 2, 'one account for each');
  });
});

test('OpenLLMetry: a tool of a framework is a tool, though it is a task', () => {
  const entity = { 'traceloop.span.kind': 'task', 'traceloop.entity.name': 'look_up' };
  const { observations } = take([
    client('shop.example', '@traceloop/instrumentation-langchain').spans({
      trace: 2,
      id: 1,
      name: 'execute_tool look_up',
      start: 0,
      end: 5,
      attributes: { ...entity, 'gen_ai.operation.name': 'execute_tool' },
    }),
  ]);
  assert.deepEqual(
    observations.map(({ kind, data }) => [kind, data.tool]),
    [['tool', 'look_up']],
  );
});
