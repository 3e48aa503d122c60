/** The GenAI conventions as they were and are written: other names and places for the same facts. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Capture, client, type SpanOptions, type Values } from './otlp.ts';
import { take, textOf, totals } from './take.ts';

const app = client('shop.example', 'instrumentation');

const call = (attributes: Values, options: Partial<SpanOptions> = {}): SpanOptions => ({
  trace: 1,
  id: 1,
  name: 'chat gpt-4o',
  start: 0,
  end: 100,
  attributes: { 'gen_ai.request.model': 'gpt-4o', ...attributes },
  ...options,
});

suite('tokens', () => {
  const written: [string, Values][] = [
    [
      'today',
      {
        'gen_ai.usage.input_tokens': 1_200,
        'gen_ai.usage.cache_read.input_tokens': 1_000,
        'gen_ai.usage.cache_creation.input_tokens': 100,
        'gen_ai.usage.output_tokens': 40,
        'gen_ai.usage.reasoning.output_tokens': 12,
      },
    ],
    [
      'as strings, by Pydantic',
      {
        'gen_ai.usage.input_tokens': '1200',
        'gen_ai.usage.details.cache_read_tokens': '1000',
        'gen_ai.usage.details.cache_write_tokens': '100',
        'gen_ai.usage.output_tokens': '40',
        'gen_ai.usage.details.reasoning_tokens': '12',
      },
    ],
    [
      'before there were conventions',
      {
        'llm.request.type': 'chat',
        'llm.usage.prompt_tokens': 1_200,
        'llm.usage.cache_read_input_tokens': 1_000,
        'llm.usage.cache_creation_input_tokens': 100,
        'llm.usage.completion_tokens': 40,
        'llm.usage.reasoning_tokens': 12,
      },
    ],
    [
      'at first',
      {
        'gen_ai.usage.prompt_tokens': 1_200,
        'gen_ai.usage.cache_read_input_tokens': 1_000,
        'gen_ai.usage.cache_creation_input_tokens': 100,
        'gen_ai.usage.completion_tokens': 40,
        'gen_ai.usage.reasoning_tokens': 12,
      },
    ],
  ];
  for (const [when, usage] of written) {
    test(`as they are called ${when}`, () => {
      const { input, cacheRead, cacheWrite, output, reasoning } = totals(
        take([app.spans(call(usage))]),
      );
      assert.deepEqual(
        [input, cacheRead, cacheWrite, output, reasoning],
        [1_200, 1_000, 100, 40, 12],
      );
    });
  }

  test('as OpenLLMetry called them before the conventions', () => {
    const before = {
      'llm.request.type': 'chat',
      'llm.vendor': 'OpenAI',
      'llm.request.model': 'gpt-4o',
      'llm.usage.prompt_tokens': 12,
      'llm.usage.completion_tokens': 4,
      'llm.prompts.0.role': 'user',
      'llm.prompts.0.content': 'Still open?',
      'llm.completions.0.content': 'Until ten.',
    };
    const taken = take([app.spans({ ...call({}), attributes: before })]);
    const { input, output } = totals(taken);
    assert.deepEqual([input, output], [12, 4]);
    const [request] = taken.requests;
    assert.deepEqual([request?.model, request?.provider], ['gpt-4o', 'OpenAI']);
    assert.equal(textOf(taken, request?.inputMessages[0]), 'Still open?');
    assert.equal(textOf(taken, request?.outputMessages[0]), 'Until ten.');
  });
});

suite('what was said', () => {
  const asked = [{ role: 'user', parts: [{ type: 'text', content: 'Still open?' }] }];
  const said = [{ role: 'assistant', parts: [{ type: 'text', content: 'Until ten.' }] }];
  const inJson = {
    'gen_ai.input.messages': JSON.stringify(asked),
    'gen_ai.output.messages': JSON.stringify(said),
  };
  const details = 'gen_ai.client.inference.operation.details';
  const places: [string, SpanOptions][] = [
    ['a span, as JSON', call(inJson)],
    ['a span, as lists', call({ 'gen_ai.input.messages': asked, 'gen_ai.output.messages': said })],
    ['an event of the span', call({}, { event: { at: 9, name: details, attributes: inJson } })],
  ];
  for (const [place, span] of places) {
    test(`in ${place}`, () => {
      const taken = take([app.spans(span)]);
      const [request] = taken.requests;
      assert.equal(textOf(taken, request?.inputMessages[0]), 'Still open?');
      assert.equal(textOf(taken, request?.outputMessages[0]), 'Until ten.');
    });
  }
});

test('the event of a whole call stands in for a span that never comes, and only then', () => {
  const usage = { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 4 };
  const event = app.logs({
    at: 100,
    trace: 1,
    span: 1,
    eventName: 'gen_ai.client.inference.operation.details',
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o', ...usage },
  });
  const span = app.spans(call(usage));
  const count = (...batches: Capture[][]) => {
    const { requests, input } = totals(take(batches));
    return [requests, input];
  };
  assert.deepEqual(count(event), [1, 10]);
  assert.deepEqual(count(event, event), [1, 10]);
  assert.deepEqual(count(event, span), [1, 10]);
  assert.deepEqual(count(span, event), [1, 10]);
});

test('a workflow gives its run its name, not that of the first agent in it', () => {
  const operation = (id: number, name: string, attributes: Values): SpanOptions => ({
    ...call({}, { id, start: id, name }),
    ...(id === 1 ? {} : { parent: id - 1 }),
    attributes: { 'gen_ai.operation.name': name, ...attributes },
  });
  const { executions } = take([
    app.spans(
      operation(1, 'invoke_workflow', { 'gen_ai.workflow.name': 'booking' }),
      operation(2, 'invoke_agent', { 'gen_ai.agent.name': 'concierge' }),
      operation(3, 'chat', { 'gen_ai.request.model': 'gpt-4o' }),
    ),
  ]);
  assert.deepEqual(
    executions.map(({ agent, model }) => [agent, model]),
    [['booking', 'gpt-4o']],
  );
});

test('Vercel’s spans, as Traceloop’s SDK rewrites them', () => {
  const said = [{ role: 'assistant', parts: [{ type: 'text', content: 'Until ten.' }] }];
  const common = {
    'ai.telemetry.functionId': 'desk',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.provider.name': 'openai',
    'traceloop.association.properties.userId': 'ada',
  };
  const operation = (id: number, of: string, attributes: Values): SpanOptions => ({
    ...call({}, { id, start: id, name: 'chat gpt-4o', ...(id === 1 ? {} : { parent: 1 }) }),
    attributes: { 'ai.operationId': of, ...common, ...attributes },
  });
  const taken = take([
    client('shop.example', 'ai').spans(
      operation(1, 'ai.generateText', { 'gen_ai.conversation.id': 'visit' }),
      operation(2, 'ai.generateText.doGenerate', {
        'ai.usage.inputTokens': 10,
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.output.messages': JSON.stringify(said),
      }),
      operation(3, 'ai.toolCall', { 'gen_ai.tool.name': 'look_up' }),
    ),
  ]);
  const [request, ...others] = taken.requests;
  assert.equal(others.length, 0);
  assert.deepEqual(
    [request?.model, request?.provider, request?.user, request?.conversation],
    ['gpt-4o', 'openai', 'ada', 'visit'],
  );
  assert.equal(request?.finishReason, 'stop');
  assert.equal(textOf(taken, request.outputMessages[0]), 'Until ten.');
  assert.deepEqual(
    taken.executions.map(({ steps }) => steps.map(({ kind, tool }) => [kind, tool])),
    [
      [
        ['request', null],
        ['tool', 'look_up'],
      ],
    ],
  );
});
