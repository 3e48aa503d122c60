/** Runs and calls within the spans of an application, of which only their place is kept. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { runs } from '../../support/effort.ts';
import { client, T0, type Capture, type SpanOptions, type Values } from './otlp.ts';
import { NOW, take, totals } from './take.ts';

type Options = Partial<SpanOptions> & Pick<SpanOptions, 'id'>;

const span =
  (defaults: { name: string; start: number; end: number }, told: Values = {}) =>
  (options: Options): SpanOptions => ({
    trace: 1,
    ...defaults,
    ...options,
    attributes: { ...told, ...options.attributes },
  });

const http = span({ name: 'POST /api/chat', start: 0, end: 2_000 }, { 'http.route': '/api/chat' });
const agent = span(
  { name: 'invoke_agent', start: 10, end: 1_000 },
  { 'gen_ai.operation.name': 'invoke_agent' },
);
const chat = span(
  { name: 'chat m', start: 100, end: 200 },
  {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'm',
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 5,
  },
);
const tool = span(
  { name: 'execute_tool look', start: 50, end: 990 },
  { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look' },
);
const named = (agentName: string): Values => ({ 'gen_ai.agent.name': agentName });
const ofUser = (id: string): Values => ({ 'user.id': id });

const app = client('app.example', 'my.tracer');
const traceloop = client('app.example', '@traceloop/node-server-sdk');
const inference = client('app.example', '@arizeai/openinference-instrumentation-langchain');

/** The same at the end, whatever arrives first, and in whatever batches. */
function taken(captures: readonly Capture[], now = NOW) {
  const whole = take([captures], now);
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...captures], { minLength: captures.length }),
      fc.nat(captures.length),
      (shuffled, at) => {
        const { requests, executions } = take([shuffled.slice(0, at), shuffled.slice(at)], now);
        assert.deepEqual(
          { requests, executions },
          { requests: whole.requests, executions: whole.executions },
        );
      },
    ),
    { numRuns: runs(40) },
  );
  return whole;
}

suite('in an application’s own spans', () => {
  test('two runs at the same time are two', () => {
    const { executions, requests } = taken(
      app.spans(
        chat({ id: 5, parent: 4 }),
        agent({ id: 4, parent: 3, attributes: { ...named('chat'), ...ofUser('ada') } }),
        http({ id: 3, parent: 1 }),
        chat({ id: 8, parent: 7, start: 300, end: 400 }),
        agent({ id: 7, parent: 6, start: 250, end: 500, attributes: named('title') }),
        http({ id: 6, parent: 1, name: 'POST /api/title' }),
        http({ id: 1, name: 'click' }),
      ),
    );
    assert.deepEqual(executions.map(({ agent: by }) => by).toSorted(), ['chat', 'title']);
    const [ofChat, ofTitle] = requests.toSorted((a, b) => a.startedAt - b.startedAt);
    assert.deepEqual([ofChat?.agent, ofChat?.user], ['chat', 'ada']);
    assert.deepEqual([ofTitle?.agent, ofTitle?.user], ['title', null]);
  });

  test('a call beside a run is in none', () => {
    const { executions, requests } = taken(
      app.spans(
        chat({ id: 4, parent: 3 }),
        agent({ id: 3, parent: 2, attributes: { ...named('chat'), ...ofUser('ada') } }),
        http({ id: 2, parent: 1 }),
        chat({ id: 6, parent: 5, start: 300, end: 400 }),
        http({ id: 5, parent: 1, name: 'POST /api/title' }),
        http({ id: 1, name: 'click' }),
      ),
    );
    assert.equal(executions.length, 1);
    const alone = requests.find(({ startedAt }) => startedAt === T0 + 300);
    assert.deepEqual([alone?.execution, alone?.agent, alone?.user], [null, null, null]);
  });

  test('an agent behind a span of another service is a step of the run that called it', () => {
    const { executions } = taken(
      app.spans(
        chat({ id: 5, parent: 4 }),
        agent({ id: 4, parent: 3, start: 60, end: 900, attributes: named('inner') }),
        http({ id: 3, parent: 2, start: 55, end: 950 }),
        tool({ id: 2, parent: 1 }),
        agent({ id: 1, attributes: named('outer') }),
      ),
    );
    assert.deepEqual(
      executions.map((run) => [run.agent, run.status, run.steps.map(({ kind }) => kind)]),
      [['outer', 'completed', ['tool', 'agent']]],
    );
  });

  const beneath: Record<string, Capture[]> = {
    'a task of Traceloop’s': traceloop.spans(
      span(
        { name: 'load.task', start: 5, end: 1_500 },
        { 'traceloop.span.kind': 'task' },
      )({ id: 2, parent: 1 }),
    ),
    'a retriever': inference.spans(
      span(
        { name: 'Retriever', start: 5, end: 1_500 },
        { 'openinference.span.kind': 'RETRIEVER' },
      )({ id: 2, parent: 1 }),
    ),
    'a call': app.spans(chat({ id: 2, parent: 1, start: 5, end: 1_500 })),
    'a tool': app.spans(tool({ id: 2, parent: 1, start: 5, end: 1_500 })),
    'a tool of a server of tools': app.spans(
      tool({
        id: 2,
        parent: 1,
        start: 5,
        end: 1_500,
        attributes: { 'mcp.method.name': 'tools/call' },
      }),
    ),
  };
  for (const [within, around] of Object.entries(beneath)) {
    test(`a run within ${within} is done when it ends`, () => {
      const run = app.spans(chat({ id: 4, parent: 3 }), agent({ id: 3, parent: 2 }));
      const { executions } = taken([...run, ...around, ...app.spans(http({ id: 1 }))]);
      assert.deepEqual(
        executions.map(({ status }) => status),
        ['completed'],
      );
    });
  }

  test('what never tells its root is a run of its own once that is not to be awaited', () => {
    const captures = app.spans(
      chat({ id: 4, parent: 3 }),
      agent({ id: 3, parent: 2 }),
      tool({ id: 2, parent: 1 }),
    );
    const statuses = (now: number) => taken(captures, now).executions.map(({ status }) => status);
    assert.deepEqual(statuses(NOW), ['running'], 'an agent around the tool may still come');
    assert.deepEqual(statuses(NOW + 11 * 60_000), ['completed']);
  });

  test('spans that are each other’s parents lead nowhere', () => {
    const { executions } = take([
      app.spans(
        chat({ id: 4, parent: 3 }),
        agent({ id: 3, parent: 2 }),
        http({ id: 2, parent: 1 }),
        http({ id: 1, parent: 2 }),
      ),
    ]);
    assert.deepEqual(
      executions.map(({ status }) => status),
      ['completed'],
    );
  });
});

suite('who made a call', () => {
  const agentsOf = (captures: readonly Capture[]) =>
    taken(captures)
      .requests.toSorted((a, b) => a.startedAt - b.startedAt)
      .map(({ agent: by }) => by);

  test('is the nearest agent around it, in the conversation that it tells', () => {
    const captures = app.spans(
      chat({ id: 5, parent: 4, start: 60, end: 70 }),
      agent({
        id: 4,
        parent: 3,
        start: 55,
        end: 80,
        attributes: { ...named('B'), 'gen_ai.conversation.id': 'cb' },
      }),
      tool({ id: 3, parent: 1 }),
      chat({ id: 2, parent: 1, start: 20, end: 40 }),
      agent({ id: 1, attributes: { ...named('A'), 'gen_ai.conversation.id': 'ca' } }),
    );
    assert.deepEqual(agentsOf(captures), ['A', 'B']);
    const { requests } = take([captures]);
    assert.deepEqual(requests.map(({ conversation }) => conversation).toSorted(), ['ca', 'cb']);
  });

  test('is an agent of Traceloop’s, and its workflow where there is none', () => {
    const inWorkflow = { 'traceloop.workflow.name': 'wf' };
    const kind = (of: string, entity: string): Values => ({
      'traceloop.span.kind': of,
      'traceloop.entity.name': entity,
      ...inWorkflow,
    });
    const calls = traceloop.spans(
      chat({ id: 3, parent: 2, start: 20, end: 30, attributes: inWorkflow }),
      chat({ id: 4, parent: 1, start: 40, end: 50, attributes: inWorkflow }),
    );
    const writer = traceloop.spans(
      span(
        { name: 'writer.agent', start: 15, end: 35 },
        kind('agent', 'writer'),
      )({ id: 2, parent: 1 }),
    );
    const workflow = traceloop.spans(
      span({ name: 'wf.workflow', start: 10, end: 60 }, kind('workflow', 'wf'))({ id: 1 }),
    );
    assert.deepEqual(agentsOf([...calls, ...writer, ...workflow]), ['writer', 'wf']);
    assert.deepEqual(agentsOf(calls), ['wf', 'wf'], 'also before any of them has come');
  });
});

suite('a call', () => {
  test('counts without a model, and where nothing but its output is told', () => {
    const chatted = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai' };
    const timedOut = span(
      { name: 'chat', start: 0, end: 10 },
      { ...chatted, 'error.type': 'timeout' },
    );
    const counted = span({ name: 'reply', start: 0, end: 10 }, { 'gen_ai.usage.output_tokens': 7 });
    const whole = take([app.spans(timedOut({ id: 1 }), counted({ trace: 2, id: 2 }))]);
    assert.deepEqual(
      whole.requests.map(({ model, error }) => [model, error?.type]),
      [
        ['unknown', 'timeout'],
        ['unknown', undefined],
      ],
    );
    assert.equal(totals(whole).output, 7);
  });

  test('is two where two instrumentations tell different responses of it', () => {
    const other = client('app.example', 'another.tracer');
    const response = (id: string): Values => ({ 'gen_ai.response.id': id });
    const counts = (one: string, two: string) =>
      take([
        [
          ...app.spans(agent({ id: 1 }), chat({ id: 2, parent: 1, attributes: response(one) })),
          ...other.spans(
            chat({ id: 3, parent: 1, start: 110, end: 190, attributes: response(two) }),
          ),
        ],
      ]).requests.length;
    assert.equal(counts('resp-a', 'resp-b'), 2);
    assert.equal(counts('resp-a', 'resp-a'), 1);
    assert.equal(counts('aitxt-1', 'resp-a'), 1, 'an id that `ai` has made up');
  });

  const details = (spanOf: number, more: Values = {}) =>
    app.logs({
      at: 200,
      trace: 1,
      span: spanOf,
      attributes: {
        'event.name': 'gen_ai.client.inference.operation.details',
        'gen_ai.request.model': 'm',
        'gen_ai.response.id': 'resp',
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 5,
        ...more,
      },
    });

  test('has the counts of the event that tells it where its span has none', () => {
    const silent = { 'gen_ai.usage.input_tokens': null, 'gen_ai.usage.output_tokens': null };
    const whole = taken([...app.spans(chat({ id: 2, attributes: silent })), ...details(2)]);
    const { requests, input, output } = totals(whole);
    assert.deepEqual([requests, input, output], [1, 10, 5]);
    assert.equal(whole.requests[0]?.responseId, 'resp');
  });

  test('is one where its event names the span around it', () => {
    const call = chat({ id: 2, parent: 1, attributes: { 'gen_ai.response.id': 'resp' } });
    const { requests, input } = totals(taken([...app.spans(call, http({ id: 1 })), ...details(1)]));
    assert.deepEqual([requests, input], [1, 10]);
  });

  test('keeps apart users whose long names differ at their end', () => {
    const long = 'u'.repeat(2_000);
    const { requests } = take([
      app.spans(
        chat({ id: 1, attributes: ofUser(`${long}1`) }),
        chat({ trace: 2, id: 2, attributes: ofUser(`${long}2`) }),
      ),
    ]);
    assert.equal(new Set(requests.map(({ user }) => user)).size, 2);
  });
});

test('a run of very many calls is read', () => {
  const batches = Array.from({ length: 13 }, (_, batch) => {
    const ids = Array.from({ length: 10_000 }, (_, index) => batch * 10_000 + index + 2);
    return app.spans(...ids.map((id) => chat({ id, parent: 1 })));
  });
  const { requests, executions } = take([app.spans(agent({ id: 1 })), ...batches]);
  assert.equal(requests.length, 130_000);
  assert.equal(executions[0]?.status, 'completed');
});
