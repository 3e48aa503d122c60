/** Telemetry is written by strangers: whatever it holds, each record is taken, repaired or told. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { runs } from '../../support/effort.ts';
import { claudeCodeSession, claudeCodeSpans } from './captures/claude-code.ts';
import { codexSession, codexSpans } from './captures/codex.ts';
import { geminiSession, geminiSpans } from './captures/gemini.ts';
import { openAiWithLogs, steppedRun } from './captures/genai.ts';
import { graphRun } from './captures/openinference.ts';
import { decoratedWorkflow } from './captures/openllmetry.ts';
import { vercelRuns } from './captures/vercel.ts';
import { anyValue, client, type Capture, T0, type Value, type Values } from './otlp.ts';
import { NOW, take, textOf } from './take.ts';

const app = client('app.example', 'my.tracer');

const chat = (attributes: Values = {}, id = 1) => ({
  trace: 1,
  id,
  name: 'chat m',
  start: 0,
  end: 10,
  attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm', ...attributes },
});

/** A record with some of its fields replaced. */
function altered(captures: Capture[], fields: Record<string, unknown>): Capture[] {
  return captures.map((capture) => ({ ...capture, record: { ...capture.record, ...fields } }));
}

suite('ids', () => {
  const ids = [
    '',
    '0',
    'zz',
    '00'.repeat(16),
    'ab'.repeat(15),
    'ab'.repeat(17),
    'xy'.repeat(16),
    7,
    null,
    {},
  ];

  test('that are none leave a span out, and it is told which', () => {
    for (const traceId of ids) {
      const { observations, rejected } = take([altered(app.spans(chat()), { traceId })]);
      assert.deepEqual(observations, []);
      assert.equal(rejected[0]?.count, 1);
      assert.match(
        rejected[0].messages[0] ?? '',
        /^resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]: traceId/,
      );
    }
    const [bad] = altered(app.spans(chat()), { spanId: 'abc' });
    const { requests, rejected } = take([[...(bad ? [bad] : []), ...app.spans(chat({}, 2))]]);
    assert.equal(requests.length, 1, 'the others stand');
    assert.match(rejected[0]?.messages[0] ?? '', /spans\[0\]: spanId/);
  });

  test('that are none in a parent leave a span where it is', () => {
    const { requests, rejected } = take([altered(app.spans(chat()), { parentSpanId: 'abc' })]);
    assert.equal(requests.length, 1);
    assert.equal(rejected[0]?.count, 0);
  });

  test('that are none in a log record leave it without a trace', () => {
    const [prompt] = codexSession().filter(({ record }) =>
      JSON.stringify(record).includes('user_prompt'),
    );
    const { executions, rejected } = take([altered(prompt ? [prompt] : [], { traceId: 'abc' })]);
    assert.equal(executions.length, 1);
    assert.deepEqual([rejected[0]?.count, rejected[0]?.messages.length], [0, 1]);
  });

  test('many bad ones are counted, the first are told', () => {
    const spans = altered(app.spans(...Array.from({ length: 30 }, (_, i) => chat({}, i + 1))), {
      traceId: 'x',
    });
    const [told] = take([spans]).rejected;
    assert.equal(told?.count, 30);
    assert.equal(told.messages.at(-1), 'and 20 more');
  });
});

suite('counts', () => {
  test('that can not be are unknown, and told', () => {
    for (const count of [-1, 0.5, 1e12, 'many', '-3', '0x10', '', true, [], {}] as Value[]) {
      const { requests, rejected } = take([
        app.spans(chat({ 'gen_ai.usage.input_tokens': count, 'gen_ai.usage.output_tokens': 5 })),
      ]);
      assert.equal(requests[0]?.usage?.uncachedInput, null, JSON.stringify(count));
      assert.equal(requests[0].usage.output, 5);
      assert.equal(rejected[0]?.count, 0, 'the record itself was taken');
      assert.match(rejected[0].messages[0] ?? '', /gen_ai\.usage\.input_tokens is not a count/);
    }
  });

  test('as strings are counts', () => {
    const { requests } = take([app.spans(chat({ 'gen_ai.usage.input_tokens': '17' }))]);
    assert.equal(requests[0]?.usage?.uncachedInput, 17);
  });

  test('that are absent or null are unknown and not 0', () => {
    const { requests } = take([app.spans(chat({ 'gen_ai.usage.input_tokens': null }))]);
    assert.equal(requests[0]?.usage, null);
  });

  test('larger in the cache than in the input are beside it', () => {
    const { requests } = take([
      app.spans(
        chat({ 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.cache_read.input_tokens': 2_000 }),
      ),
    ]);
    assert.deepEqual(
      [requests[0]?.usage?.uncachedInput, requests[0]?.usage?.cacheRead],
      [12, 2_000],
    );
  });
});

suite('texts', () => {
  const input = (parts: unknown) => ({
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts }]),
  });

  test('keep their HTML and lose their NUL, in JSON within attributes as well', () => {
    const content = '<img src=x onerror=alert(1)>\0\ud800';
    const taken = take([app.spans(chat(input([{ type: 'text', content }])))]);
    const [request] = taken.requests;
    assert.equal(
      textOf(taken, request?.inputMessages[0]),
      '<img src=x onerror=alert(1)>\uFFFD\uFFFD',
    );
  });

  test('that are too long are cut, and keep their length', () => {
    const content = 'x'.repeat(300_000);
    const taken = take([
      app.spans(chat({ ...input([{ type: 'text', content }]), 'user.id': content })),
    ]);
    const [request] = taken.requests;
    const message = taken.messages.get(request?.inputMessages[0] ?? '');
    assert.equal(textOf(taken, request?.inputMessages[0]).length, 100_000);
    assert.equal(message?.length, 300_000);
    assert.equal(request?.user?.length, 1_000);
  });

  test('that every object answers to are names like others', () => {
    for (const born of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      const named = { ...chat(), name: born, attributes: {} };
      const spans = client('gemini-cli', 'gemini-cli').spans(named);
      assert.deepEqual(take([spans]).observations, [], born);
      const messages = JSON.stringify([{ role: born, content: 'Hello' }]);
      const taken = take([app.spans(chat({ 'gen_ai.input.messages': messages }))]);
      const [hash = ''] = taken.requests[0]?.inputMessages ?? [];
      assert.equal(taken.messages.get(hash)?.role, 'user', born);
    }
  });

  test('that an exporter cut off in the middle of their JSON are texts', () => {
    const messages = '[{"role":"user","parts":[{"type":"te';
    const taken = take([app.spans(chat({ 'gen_ai.input.messages': messages }))]);
    assert.equal(textOf(taken, taken.requests[0]?.inputMessages[0]), messages);
  });
});

suite('times', () => {
  test('that run backwards give no latency', () => {
    const { requests } = take([app.spans({ ...chat(), start: 500, end: 100 })]);
    assert.equal(requests[0]?.latencyMs, null);
    assert.equal(requests[0].startedAt, T0 + 500);
  });

  test('that are missing are the time of receipt', () => {
    for (const startTimeUnixNano of ['0', 0, null, 'yesterday', -5, '99999999999999999999']) {
      const { requests } = take([
        altered(app.spans(chat()), { startTimeUnixNano, endTimeUnixNano: '0' }),
      ]);
      assert.equal(requests[0]?.startedAt, NOW, String(startTimeUnixNano));
    }
  });

  test('of a log are its own, else when it was observed, else what the event says', () => {
    const at = (fields: Record<string, unknown>, timestamp: string) => {
      const logs = client('gemini-cli', 'gemini-cli').logs({
        at: 0,
        attributes: {
          'event.name': 'gemini_cli.user_prompt',
          'session.id': 's',
          'event.timestamp': timestamp,
        },
      });
      return take([altered(logs, fields)]).executions[0]?.startedAt;
    };
    const said = new Date(T0 + 2_000).toISOString();
    const observed = `${T0 + 1_000}000000`;
    assert.equal(at({}, said), T0);
    assert.equal(at({ timeUnixNano: '0', observedTimeUnixNano: observed }, said), T0 + 1_000);
    assert.equal(at({ timeUnixNano: '0', observedTimeUnixNano: '0' }, said), T0 + 2_000);
    assert.equal(at({ timeUnixNano: '0', observedTimeUnixNano: '0' }, 'soon'), NOW);
  });
});

const { traces, logs } = openAiWithLogs();
const everything: Capture[] = [
  ...steppedRun(),
  ...traces,
  ...logs,
  ...vercelRuns(),
  ...graphRun(),
  ...decoratedWorkflow(),
  ...codexSession(),
  ...codexSpans(),
  ...geminiSession(),
  ...geminiSpans(),
  ...claudeCodeSession(),
  ...claudeCodeSpans(),
];

const nonsense: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value[]>(
    '',
    '\0',
    '\ud800',
    '{',
    '[{"',
    '[null]',
    '{"a":{"b":[]}}',
    '__proto__',
    '-1',
  ),
  fc.constantFrom<Value[]>(
    null,
    true,
    -1,
    0.1,
    1e300,
    [],
    [[]],
    {},
    { __proto__: null, constructor: 'x' },
  ),
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.array(fc.string(), { maxLength: 3 }),
);

/** One record of a client in which some attributes, and perhaps the body, are nonsense. */
const corrupted = fc.constantFrom(...everything).chain((capture) => {
  const attributes = capture.record.attributes as { key: string }[];
  return fc
    .tuple(fc.subarray(attributes), fc.array(nonsense, { minLength: 60, maxLength: 60 }), nonsense)
    .map(([chosen, values, body]): Capture => {
      const damaged = attributes.map((attribute, index) =>
        chosen.includes(attribute)
          ? { key: attribute.key, value: anyValue(values[index] ?? null) }
          : attribute,
      );
      return {
        ...capture,
        record: { ...capture.record, attributes: damaged, body: anyValue(body) },
      };
    });
});

test('attributes with nonsense values break nothing, and leave nothing that a database refuses', () => {
  fc.assert(
    fc.property(fc.array(corrupted, { minLength: 1, maxLength: 8 }), (captures) => {
      const { requests, executions, observations, messages } = take([captures]);
      const kept = JSON.stringify([requests, executions, observations, [...messages]]);
      assert.doesNotMatch(kept, /\\u0000|\\ud[89a-f]/);
      for (const { usage } of requests) {
        for (const count of Object.values(usage ?? {}) as (number | null)[]) {
          assert.ok(count === null || (Number.isSafeInteger(count) && count >= 0));
        }
      }
      for (const { startedAt, endedAt } of observations) {
        assert.ok(Number.isInteger(startedAt) && (endedAt === null || endedAt >= startedAt));
      }
    }),
    { numRuns: runs(400) },
  );
});
