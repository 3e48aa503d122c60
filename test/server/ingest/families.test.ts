/** What each client's telemetry must give, counted by hand from what it sent. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { claudeCodeSession, claudeCodeSpans } from './captures/claude-code.ts';
import { codexSession, codexSpans } from './captures/codex.ts';
import { geminiSession, geminiSpans } from './captures/gemini.ts';
import {
  anthropicSdk,
  openAiWithLogs,
  retriedAndFailedRuns,
  steppedRun,
} from './captures/genai.ts';
import { graphRun, loneCalls } from './captures/openinference.ts';
import { ambiguousInput, decoratedWorkflow } from './captures/openllmetry.ts';
import { vercelRuns } from './captures/vercel.ts';
import { client, type SpanOptions, type Values } from './otlp.ts';
import { costs, take, textOf, totals } from './take.ts';

suite('the GenAI conventions', () => {
  test('a run counts its calls and not their sum', () => {
    const taken = take([steppedRun()]);
    assert.deepEqual(totals(taken), {
      requests: 2,
      errors: 0,
      input: 10_600,
      cacheRead: 10_000,
      cacheWrite: 500,
      output: 80,
      reasoning: 0,
      executions: ['completed'],
    });
    const [execution] = taken.executions;
    assert.equal(execution?.agent, 'travel');
    assert.equal(execution.user, 'ada');
    assert.equal(execution.task, 'Is flight 7 late?');
    assert.deepEqual(
      execution.steps.map(({ name, kind }) => [name, kind]),
      [
        ['step 1', 'step'],
        ['step 2', 'step'],
      ],
    );
    assert.equal(execution.stepsTotal, 2);
    assert.equal(execution.domain, 'travel.example');
  });

  test('a call takes who, what and which conversation from its run', () => {
    const { requests } = take([steppedRun()]);
    for (const request of requests) {
      assert.equal(request.user, 'ada');
      assert.equal(request.agent, 'travel');
      assert.equal(request.conversation, null);
      assert.equal(request.model, 'claude-sonnet-4-5-20250929');
    }
    assert.equal(requests[0]?.latencyMs, 400);
    assert.equal(requests[0].timeToFirstTokenMs, 125);
    assert.equal(requests[0].finishReason, 'tool-calls');
  });

  test('a message that every call repeats is one', () => {
    const { requests, messages } = take([steppedRun()]);
    const [first, second] = requests;
    assert.deepEqual(second?.inputMessages.slice(0, 2), [
      ...(first?.inputMessages ?? []),
      ...(first?.outputMessages ?? []),
    ]);
    assert.equal(messages.size, 4);
  });

  test('every attempt is a call; an error is told by the type of its exception', () => {
    const taken = take([retriedAndFailedRuns()]);
    assert.deepEqual(totals(taken), {
      requests: 3,
      errors: 2,
      input: 1_000,
      cacheRead: 512,
      cacheWrite: 0,
      output: 10,
      reasoning: 4,
      executions: ['completed', 'failed'],
    });
    const failed = taken.executions.find(({ status }) => status === 'failed');
    assert.deepEqual(failed?.error, { type: 'APICallError', message: 'Rate limit' });
    const refused = taken.requests.find(({ error }) => error !== null);
    assert.equal(refused?.usage, null, 'absent usage is unknown');
  });

  test('message logs bring content to their span, in any order, and count nothing', () => {
    const { traces, logs } = openAiWithLogs();
    for (const batches of [[traces, logs], [logs, traces], [[...logs, ...traces]]]) {
      const taken = take(batches);
      assert.deepEqual(totals(taken), {
        requests: 3,
        errors: 1,
        input: 2_090,
        cacheRead: 0,
        cacheWrite: 0,
        output: 8,
        reasoning: 0,
        executions: [],
      });
      const chat = taken.requests.find(({ responseId }) => responseId === 'chatcmpl-7');
      const said = chat?.inputMessages.map((hash) => textOf(taken, hash));
      assert.deepEqual(said, ['Be kind', 'Hello?', 'Hello?']);
      assert.equal(textOf(taken, chat?.outputMessages[0]), 'Hello!');
      assert.equal(chat?.finishReason, 'stop');
      assert.equal(chat.provider, 'openai');
    }
    assert.equal(take([logs]).requests.length, 0);
  });

  test('an embedding has a price without output', () => {
    const { traces } = openAiWithLogs();
    assert.ok(costs(take([traces])).includes('0.00004'));
  });

  test('the Anthropic SDK: a call by itself, with its cache apart', () => {
    const taken = take([anthropicSdk()]);
    const [request] = taken.requests;
    assert.deepEqual(request?.usage, {
      uncachedInput: 100,
      cacheRead: 900,
      cacheWrite: 150,
      output: 20,
      reasoning: null,
    });
    assert.equal(request.conversation, 'thread-9');
    assert.equal(request.finishReason, 'end_turn');
    assert.equal(taken.executions.length, 0);
  });
});

test('Vercel: leaves count, runs are executions, an embedding is none', () => {
  const taken = take([vercelRuns()]);
  assert.deepEqual(totals(taken), {
    requests: 4,
    errors: 0,
    input: 2_130,
    cacheRead: 1_500,
    cacheWrite: 300,
    output: 180,
    reasoning: 75,
    executions: ['completed', 'completed'],
  });
  const [run] = taken.executions;
  assert.equal(run?.task, 'A room with a view?');
  assert.equal(run.conversation, 'visit-3');
  assert.deepEqual(
    run.steps.map(({ kind }) => kind),
    ['request', 'tool', 'request'],
  );
  const stream = taken.requests.find(({ timeToFirstTokenMs }) => timeToFirstTokenMs !== null);
  assert.equal(stream?.timeToFirstTokenMs, 80.5);
  const asksForTool = taken.requests.find(({ finishReason }) => finishReason === 'tool-calls');
  assert.deepEqual(taken.messages.get(asksForTool?.outputMessages[0] ?? '')?.parts, [
    { type: 'tool_call', id: 't1', name: 'rooms', arguments: { view: 'sea' } },
  ]);
});

test('Vercel: version 5 leaves the cache and the thoughts to what the provider said', () => {
  const call = (id: number, counts: [number, number], metadata: Values): SpanOptions => ({
    trace: id,
    id,
    name: 'ai.generateText.doGenerate',
    start: 0,
    end: 100,
    attributes: {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.usage.promptTokens': counts[0],
      'ai.usage.completionTokens': counts[1],
      'ai.response.providerMetadata': JSON.stringify(metadata),
    },
  });
  const usage = {
    input_tokens: 5_000,
    cache_read_input_tokens: 2_000,
    cache_creation_input_tokens: 100,
  };
  const usageMetadata = {
    cachedContentTokenCount: 1_000,
    candidatesTokenCount: 28,
    thoughtsTokenCount: 12,
  };
  const { requests } = take([
    client('shop.example', 'ai').spans(
      call(1, [5_000, 40], { anthropic: { usage, stopSequence: null } }),
      call(2, [1_200, 28], { google: { safetyRatings: null, usageMetadata } }),
      call(3, [1_200, 40], { openai: { cachedPromptTokens: 1_000, reasoningTokens: 12 } }),
      call(4, [7_100, 40], { anthropic: { usage } }),
      call(5, [70, 4], { odd: { usage: 'unlimited', cacheReadInputTokens: -1 }, odder: null }),
    ),
  ]);
  assert.deepEqual(
    requests.map(({ usage: told }) => [
      told?.uncachedInput,
      told?.cacheRead,
      told?.cacheWrite,
      told?.output,
      told?.reasoning,
    ]),
    [
      [5_000, 2_000, 100, 40, null],
      [200, 1_000, null, 40, 12],
      [200, 1_000, null, 40, 12],
      [5_000, 2_000, 100, 40, null],
      [70, null, null, 4, null],
    ],
  );
});

suite('OpenInference', () => {
  test('a graph is one execution, its nodes are steps', () => {
    const taken = take([graphRun()]);
    assert.deepEqual(totals(taken), {
      requests: 2,
      errors: 0,
      input: 4_300,
      cacheRead: 4_000,
      cacheWrite: 100,
      output: 40,
      reasoning: 12,
      executions: ['completed'],
    });
    const [run] = taken.executions;
    assert.equal(run?.task, 'Where is Euclid?');
    assert.equal(run.user, 'hypatia');
    assert.deepEqual(
      run.steps.map(({ name }) => name),
      ['agent', 'tools', 'agent'],
    );
    const [first] = taken.requests;
    assert.deepEqual(
      first?.inputMessages.map((hash) => textOf(taken, hash)),
      ['You are a librarian', 'Where is Euclid?'],
    );
    assert.equal(textOf(taken, first.outputMessages[0]), '<tool_call>');
  });

  test('calls and look-ups by themselves are no execution', () => {
    const taken = take([loneCalls()]);
    assert.equal(taken.executions.length, 0);
    assert.deepEqual(
      taken.requests.map(({ error }) => error?.type),
      [undefined, 'OverloadedError'],
    );
  });
});

suite('OpenLLMetry', () => {
  test('the innermost call counts, with a cache that its input leaves out', () => {
    const taken = take([decoratedWorkflow()]);
    assert.deepEqual(totals(taken), {
      requests: 1,
      errors: 0,
      input: 2_112,
      cacheRead: 2_000,
      cacheWrite: 100,
      output: 30,
      reasoning: 0,
      executions: ['completed'],
    });
    const [request] = taken.requests;
    assert.equal(request?.conversation, 'ward-5');
    assert.equal(request.user, 'mary');
    assert.equal(request.finishReason, 'end_turn');
    assert.deepEqual(
      request.inputMessages.map((hash) => textOf(taken, hash)),
      ['You triage.', 'It hurts'],
    );
    assert.equal(taken.executions[0]?.agent, 'triage');
    assert.equal(taken.executions[0].task, 'It hurts');
  });

  test('what input means is told by the scope where numbers can not', () => {
    const input = (scope: string) => totals(take([ambiguousInput(scope)])).input;
    assert.equal(input('@traceloop/instrumentation-anthropic'), 5_000);
    assert.equal(input('@traceloop/instrumentation-openai'), 3_000);
  });
});

const CODEX = {
  requests: 5,
  errors: 1,
  input: 4_800,
  cacheRead: 3_500,
  cacheWrite: 0,
  output: 62,
  reasoning: 13,
  executions: ['completed', 'completed', 'failed'],
};

suite('Codex', () => {
  test('a call is told by several events and counts once; a recovered attempt is no error', () => {
    const taken = take([codexSession()]);
    assert.deepEqual(totals(taken), CODEX);
    const tasks = taken.executions
      .toSorted((a, b) => a.startedAt - b.startedAt)
      .map(({ task, taskLength, stepsDone }) => [task, taskLength, stepsDone]);
    assert.deepEqual(tasks, [
      ['fix the build', 13, 5],
      [null, 9, 1],
      ['and again', 9, 1],
    ]);
    const failed = taken.requests.find(({ error }) => error !== null);
    assert.match(failed?.error?.message ?? '', /stream closed/);
    assert.ok(taken.requests.every(({ user }) => user === 'linus@example.com'));
    assert.ok(taken.requests.every(({ provider }) => provider === 'openai'));
    assert.ok(taken.requests.every(({ conversation }) => conversation === '0199-aa'));
  });

  test('spans beside the logs change nothing, whichever comes first', () => {
    assert.deepEqual(totals(take([codexSession(), codexSpans()])), CODEX);
    assert.deepEqual(totals(take([codexSpans(), codexSession()])), CODEX);
  });

  test('a redacted prompt keeps its length', () => {
    const taken = take([codexSession()]);
    const redacted = [...taken.messages.values()].find(({ parts }) => parts === null);
    assert.deepEqual(redacted, { role: 'user', parts: null, length: 9 });
  });

  test('spans alone tell each call and each turn', () => {
    const taken = take([codexSpans()]);
    assert.deepEqual(totals(taken), {
      requests: 4,
      errors: 0,
      input: 4_800,
      cacheRead: 3_500,
      cacheWrite: 0,
      output: 62,
      reasoning: 0,
      executions: ['completed', 'completed'],
    });
    assert.ok(taken.requests.every(({ model }) => model === 'gpt-5'));
    assert.equal(taken.observations.length, 6, 'the inside of the machine is dropped');
  });

  test('a turn whose calls never came counts by its own usage', () => {
    const turns = codexSpans().filter(({ record }) => record.name === 'session_task.turn');
    const { requests, input } = totals(take([turns]));
    assert.deepEqual([requests, input], [2, 4_800]);
  });
});

const GEMINI = {
  requests: 4,
  errors: 2,
  input: 1_100,
  cacheRead: 850,
  cacheWrite: 0,
  output: 30,
  reasoning: 3,
  executions: ['completed', 'failed'],
};

suite('Gemini CLI', () => {
  test('a response that is told twice counts once, thoughts are part of the output', () => {
    const taken = take([geminiSession()]);
    assert.deepEqual(totals(taken), GEMINI);
    const [answered] = taken.requests.filter(({ responseId }) => responseId === 'resp-3000');
    assert.equal(answered?.latencyMs, 700);
    assert.equal(answered.user, 'margaret@example.com');
    assert.equal(textOf(taken, answered.outputMessages[0]), 'There are 12.');
    assert.equal(textOf(taken, answered.inputMessages[0]), 'count the tests');
    const [first] = taken.executions.filter(({ status }) => status === 'completed');
    assert.deepEqual(
      first?.steps.map(({ kind, status }) => [kind, status]),
      [
        ['request', 'failed'],
        ['request', 'completed'],
        ['tool', 'completed'],
        ['request', 'completed'],
      ],
    );
    const [second] = taken.executions.filter(({ status }) => status === 'failed');
    assert.equal(second?.taskLength, 44);
    assert.equal(second.error?.type, 'ServerError');
  });

  test('its span adds nothing to the logs, and stands in for them', () => {
    assert.deepEqual(totals(take([geminiSpans(), geminiSession()])), GEMINI);
    assert.deepEqual(totals(take([geminiSession(), geminiSpans()])), GEMINI);
    const { requests, input } = totals(take([geminiSpans()]));
    assert.deepEqual([requests, input], [1, 600]);
  });

  test('the event of the conventions stands in for a response that was lost', () => {
    const without = geminiSession().filter(
      ({ record }) => !JSON.stringify(record).includes('gemini_cli.api_response'),
    );
    const { requests, errors, input } = totals(take([without]));
    assert.deepEqual([requests, errors, input], [4, 2, 1_100]);
  });
});

const CLAUDE_CODE = {
  requests: 5,
  errors: 2,
  input: 6_465,
  cacheRead: 6_300,
  cacheWrite: 140,
  output: 89,
  reasoning: 0,
  executions: ['completed', 'failed', 'running'],
};

suite('Claude Code', () => {
  test('a prompt is an execution until the next; input is without the cache', () => {
    const taken = take([claudeCodeSession()]);
    assert.deepEqual(totals(taken), CLAUDE_CODE);
    const [first] = taken.executions.filter(({ status }) => status === 'completed');
    assert.equal(first?.task, null);
    assert.equal(first.taskLength, 31);
    assert.deepEqual(
      first.steps.map(({ kind }) => kind),
      ['request', 'tool', 'request'],
    );
    const [failed] = taken.executions.filter(({ status }) => status === 'failed');
    assert.deepEqual(failed?.error, { type: '529', message: 'Overloaded' });
    const answer = taken.requests.find(({ responseId }) => responseId === 'req_2');
    assert.equal(textOf(taken, answer?.outputMessages[0]), 'It is on line 4.');
    assert.equal(answer?.user, 'barbara@example.com');
  });

  test('the last prompt has ended once nothing follows its reply', () => {
    const { executions } = take([claudeCodeSession()], Date.UTC(2026, 10, 21));
    assert.deepEqual(executions.map(({ status }) => status).toSorted(), [
      'completed',
      'completed',
      'failed',
    ]);
  });

  test('beta spans change no count, whichever comes first', () => {
    assert.deepEqual(totals(take([claudeCodeSession(), claudeCodeSpans()])), CLAUDE_CODE);
    assert.deepEqual(totals(take([claudeCodeSpans(), claudeCodeSession()])), CLAUDE_CODE);
  });

  test('spans alone tell each call and the turn', () => {
    const taken = take([claudeCodeSpans()]);
    assert.deepEqual(totals(taken), {
      requests: 2,
      errors: 0,
      input: 4_260,
      cacheRead: 4_100,
      cacheWrite: 140,
      output: 80,
      reasoning: 0,
      executions: ['completed'],
    });
    const [run] = taken.executions;
    assert.deepEqual(
      run?.steps.map(({ kind }) => kind),
      ['request', 'tool', 'request'],
    );
    assert.equal(taken.requests[0]?.timeToFirstTokenMs, 300);
  });
});
