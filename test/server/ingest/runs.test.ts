/** How runs stand while their telemetry is still coming in. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ExecutionRecord } from '../../../server/model/execution.ts';
import { claudeCodeSession } from './captures/claude-code.ts';
import { codexSession, codexSpans } from './captures/codex.ts';
import { steppedRun } from './captures/genai.ts';
import { client, T0, type Capture, type SpanOptions } from './otlp.ts';
import { NOW, take } from './take.ts';

const MINUTE = 60_000;

/** The only execution after each further record. */
function standings(captures: readonly Capture[]): (ExecutionRecord | undefined)[] {
  return captures.map((_, index) => take([captures.slice(0, index + 1)]).executions[0]);
}

const agent = (options: Partial<SpanOptions> & Pick<SpanOptions, 'id'>): SpanOptions => ({
  trace: 1,
  name: 'invoke_agent',
  start: 0,
  end: 1_000,
  ...options,
  attributes: {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': `agent ${options.id}`,
    ...options.attributes,
  },
});

const chat = (options: Partial<SpanOptions> & Pick<SpanOptions, 'id'>): SpanOptions => ({
  trace: 1,
  name: 'chat m',
  start: 100,
  end: 200,
  ...options,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'm',
    'gen_ai.usage.input_tokens': 10,
    ...options.attributes,
  },
});

const tool = (options: Partial<SpanOptions> & Pick<SpanOptions, 'id'>): SpanOptions => ({
  trace: 1,
  name: 'execute_tool look',
  start: 300,
  end: 400,
  ...options,
  attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look' },
});

const app = client('app.example', 'my.tracer');

suite('a run told by spans', () => {
  test('shows from the first span that only lives inside a run, and ends with its root', () => {
    const seen = standings(steppedRun());
    assert.deepEqual(
      seen.map(
        (execution) => execution && [execution.status, execution.stepsDone, execution.stepsTotal],
      ),
      [
        undefined, // A call alone may be just that.
        ['running', 0, null],
        ['running', 1, null],
        ['running', 1, null],
        ['running', 2, null],
        ['completed', 2, 2],
      ],
    );
    assert.equal(seen[1]?.task, 'Is flight 7 late?');
    assert.equal(seen[1].domain, 'travel.example');
  });

  test('keeps its key until the root is known, and tells it afterwards', () => {
    const [, ...seen] = standings(steppedRun());
    const keys = new Set(seen.slice(0, -1).map((execution) => execution?.key));
    assert.deepEqual([...keys], ['run:00000000000000000000000000000001']);
    const last = seen.at(-1);
    assert.equal(last?.key, 'span:00000000000000000000000000000001:000000000000000b');
    assert.deepEqual(last.aliases, [...keys]);
  });

  test('is abandoned ten minutes after its last span, and no sooner', () => {
    const children = steppedRun().slice(0, 3);
    const status = (now: number) => take([children], now).executions[0]?.status;
    assert.equal(status(T0 + 490 + 10 * MINUTE), 'running');
    assert.equal(status(T0 + 491 + 10 * MINUTE), 'abandoned');
    const whole = take([steppedRun()], T0 + 24 * 60 * MINUTE);
    assert.equal(whole.executions[0]?.status, 'completed');
  });

  test('tells its total before the end where the client announces it', () => {
    const attributes = {
      'gen_ai.operation.name': 'agent_step',
      'cloudbrain.execution.steps_total': 5,
    };
    const step = app.spans({
      trace: 1,
      id: 2,
      parent: 1,
      name: 'step 1',
      start: 0,
      end: 10,
      attributes,
    });
    const [execution] = take([step]).executions;
    assert.deepEqual([execution?.stepsDone, execution?.stepsTotal], [1, 5]);
  });

  test('without steps of its own counts its model and tool calls', () => {
    const { executions } = take([
      app.spans(chat({ id: 2, parent: 1 }), tool({ id: 3, parent: 1 }), agent({ id: 1 })),
    ]);
    assert.deepEqual(
      executions[0]?.steps.map(({ kind, name }) => [kind, name]),
      [
        ['request', 'chat m'],
        ['tool', 'look'],
      ],
    );
  });

  test('an agent within a tool is a step of the outer run, its calls are not', () => {
    const { executions, requests } = take([
      app.spans(
        chat({ id: 4, parent: 3 }),
        agent({ id: 3, parent: 2, start: 310, end: 390 }),
        tool({ id: 2, parent: 1 }),
        agent({ id: 1 }),
      ),
    ]);
    assert.equal(executions.length, 1);
    assert.equal(executions[0]?.agent, 'agent 1');
    assert.deepEqual(
      executions[0].steps.map(({ kind }) => kind),
      ['tool', 'agent'],
    );
    assert.equal(requests[0]?.agent, 'agent 3', 'the one that makes it');
    assert.equal(requests[0].execution, executions[0].key);
  });

  test('an agent that hands over to another is one run, the other its step', () => {
    const { executions } = take([
      app.spans(agent({ id: 2, parent: 1, start: 10, end: 900 }), agent({ id: 1 })),
    ]);
    assert.deepEqual(
      executions.map(({ steps }) => steps.map(({ kind }) => kind)),
      [['agent']],
    );
  });

  test('a span between that nobody reads does not tear a run apart', () => {
    const { executions, requests } = take([
      app.spans(
        chat({ id: 3, parent: 2 }),
        { trace: 1, id: 2, parent: 1, name: 'my function', start: 90, end: 210 },
        agent({ id: 1, attributes: { 'gen_ai.usage.input_tokens': 10 } }),
      ),
    ]);
    assert.equal(requests.length, 1, 'the call below counts, not the agent that repeats it');
    assert.equal(requests[0]?.execution, executions[0]?.key);
  });

  test('two runs of one web request are two, even at the same time', () => {
    const { executions, requests } = take([
      app.spans(
        agent({ id: 1, parent: 99 }),
        agent({ id: 2, parent: 99, start: 10, end: 900 }),
        chat({ id: 3, parent: 2 }),
        chat({ id: 4, parent: 99 }),
      ),
    ]);
    assert.equal(executions.length, 2);
    assert.equal(requests.filter(({ execution }) => execution === null).length, 1);
  });

  test('an agent counts as a call only until one arrives below it', () => {
    const usage = { 'gen_ai.usage.input_tokens': 25, 'gen_ai.request.model': 'm' };
    const outer = app.spans(agent({ id: 1, attributes: usage }));
    const before = take([outer]);
    assert.deepEqual(
      before.requests.map(({ usage }) => usage?.uncachedInput),
      [25],
    );
    const after = take([outer, app.spans(chat({ id: 2, parent: 1 }))]);
    assert.deepEqual(
      after.requests.map(({ usage }) => usage?.uncachedInput),
      [10],
    );
  });

  test('an HTTP span, a database span and a pending span are nothing by themselves', () => {
    const { observations, requests, executions } = take([
      app.spans(
        {
          trace: 1,
          id: 1,
          name: 'GET /',
          start: 0,
          end: 9,
          attributes: { 'http.response.status_code': 500 },
        },
        {
          trace: 1,
          id: 2,
          name: 'SELECT',
          start: 0,
          end: 9,
          attributes: { 'db.system': 'postgresql' },
        },
        chat({ id: 3, attributes: { 'logfire.span_type': 'pending_span' } }),
      ),
    ]);
    assert.deepEqual([...requests, ...executions], []);
    const kept = observations.map(({ kind, spanId }) => [kind, spanId]);
    assert.deepEqual(kept, [['link', '0000000000000001']], 'and all that is kept is a place');
  });
});

suite('a run told by the events of a CLI', () => {
  const upTo = (captures: readonly Capture[], ms: number) =>
    captures.filter(({ record }) => {
      const time = record.observedTimeUnixNano ?? record.endTimeUnixNano;
      return Number(BigInt(String(time)) / 1_000_000n) - T0 <= ms;
    });
  const statusAt = (captures: readonly Capture[], ms: number, now = T0 + ms) =>
    take([upTo(captures, ms)], now)
      .executions.toSorted((a, b) => a.startedAt - b.startedAt)
      .map(({ status }) => status);

  test('Codex: running from its prompt, through a call that asks for a tool, to the last reply', () => {
    const session = codexSession();
    assert.deepEqual(statusAt(session, 500), []);
    assert.deepEqual(statusAt(session, 1_000), ['running']);
    assert.deepEqual(statusAt(session, 1_250), ['running'], 'the reply asks for a tool');
    assert.deepEqual(statusAt(session, 1_400), ['running'], 'the tool is not answered');
    assert.deepEqual(statusAt(session, 2_100), ['completed']);
    assert.deepEqual(statusAt(session, 10_060), ['completed', 'failed']);
    assert.deepEqual(statusAt(session, 11_000), ['completed', 'completed'], 'it has recovered');
  });

  test('Codex: the same turn by prompt, by span and by both, under keys that tell of each other', () => {
    const [byLogs] = take([upTo(codexSession(), 5_000)]).executions;
    const [bySpans] = take([upTo(codexSpans(), 5_000)]).executions;
    const both = take([upTo([...codexSpans(), ...codexSession()], 5_000)]).executions;
    assert.equal(both.length, 1);
    const known = [both[0]?.key, ...(both[0]?.aliases ?? [])];
    assert.ok(known.includes(byLogs?.key));
    assert.ok(known.includes(bySpans?.key));
  });

  test('Codex: spans of a turn that is still running show it', () => {
    const spans = codexSpans();
    assert.deepEqual(statusAt(spans, 1_300), ['running']);
    assert.deepEqual(statusAt(spans, 5_000), ['completed']);
  });

  test('Claude Code: a prompt runs until the next one, or is abandoned in the middle of a tool', () => {
    const session = claudeCodeSession();
    assert.deepEqual(statusAt(session, 1_000), ['running']);
    assert.deepEqual(statusAt(session, 5_000), ['running']);
    assert.deepEqual(statusAt(session, 10_000), ['completed', 'running']);
    assert.deepEqual(statusAt(session, 2_700, T0 + 11 * MINUTE), ['abandoned']);
    assert.deepEqual(statusAt(session, 21_000), ['completed', 'failed', 'failed']);
  });

  test('Claude Code: a user who gives up at a permission prompt ends the run', () => {
    const decision = client('claude-code', 'com.anthropic.claude_code.events').logs({
      at: 2_650,
      attributes: {
        'event.name': 'tool_decision',
        'session.id': 'a1-b2',
        'prompt.id': 'p-1',
        decision: 'reject',
        source: 'user_abort',
      },
    });
    const session = upTo(claudeCodeSession(), 2_600);
    const [execution] = take([[...session, ...decision]]).executions;
    assert.equal(execution?.status, 'failed');
    assert.equal(execution.error?.type, 'user_abort');
  });

  test('Gemini: agents within a prompt belong to it', () => {
    const event = (at: number, name: string, id: string) => ({
      at,
      attributes: {
        'event.name': `gemini_cli.${name}`,
        'session.id': 's',
        prompt_id: id,
        model: 'm',
      },
    });
    const { executions } = take([
      client('gemini-cli', 'gemini-cli').logs(
        event(0, 'user_prompt', 's########1'),
        event(100, 'user_prompt', 's########10'),
        event(200, 'api_response', 's########1-scout#1'),
        event(300, 'tool_call', 's########10-scout#1'),
      ),
    ]);
    assert.deepEqual(
      executions
        .toSorted((a, b) => a.startedAt - b.startedAt)
        .map(({ steps }) => steps.map(({ kind }) => kind)),
      [['request'], ['tool']],
    );
  });
});

test('a tool that a server serves is no sign of a run', () => {
  const attributes = { 'gen_ai.operation.name': 'execute_tool', 'mcp.method.name': 'tools/call' };
  const served = {
    trace: 1,
    id: 2,
    parent: 1,
    name: 'tools/call look',
    start: 0,
    end: 5,
    attributes,
  };
  assert.deepEqual(take([app.spans(served)]).executions, []);
});

test('a root that was sent before it ended runs until it comes again', () => {
  const [whole] = app.spans(agent({ id: 1 }));
  const begun = { ...whole!, record: { ...whole!.record, endTimeUnixNano: '0' } };
  const status = (...batches: Capture[][]) => take(batches).executions.map((e) => e.status);
  assert.deepEqual(status([begun]), ['running']);
  assert.deepEqual(status([begun], [whole!]), ['completed']);
  assert.deepEqual(status([whole!], [begun]), ['completed']);
});

test('a clock that is off is replaced by the time of receipt', () => {
  for (const start of [-T0, 3 * 24 * 60 * MINUTE]) {
    const { requests, observations } = take([app.spans(chat({ id: 1, start, end: start + 250 }))]);
    assert.equal(requests[0]?.startedAt, NOW - 250);
    assert.equal(requests[0].latencyMs, 250);
    assert.equal(observations[0]?.data.clockSkewed, true);
  }
});
