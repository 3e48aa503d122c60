/** Whatever the order, the split into batches and the repetition: the end is the same. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeTraces, normalise } from '../../../server/ingest/index.ts';
import { derive } from '../../../server/derive/derive.ts';
import type { Observation } from '../../../server/model/observation.ts';
import { preferred } from '../../../server/store/write/merge.ts';
import { runs } from '../../support/effort.ts';
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
import { decoratedWorkflow } from './captures/openllmetry.ts';
import { vercelRuns } from './captures/vercel.ts';
import { client, requestBody, type Capture, type SpanOptions } from './otlp.ts';
import { NOW, take } from './take.ts';

const { traces, logs } = openAiWithLogs();

const FAMILIES: Record<string, Capture[]> = {
  genai: [...steppedRun(), ...retriedAndFailedRuns(), ...anthropicSdk()],
  'genai with logs': [...traces, ...logs],
  vercel: vercelRuns(),
  openinference: [...graphRun(), ...loneCalls()],
  openllmetry: decoratedWorkflow(),
  'codex logs': codexSession(),
  'codex logs and spans': [...codexSession(), ...codexSpans()],
  'codex spans': codexSpans(),
  gemini: [...geminiSession(), ...geminiSpans()],
  'claude code': [...claudeCodeSession(), ...claudeCodeSpans()],
  'claude code spans': claudeCodeSpans(),
};

/** All of the records, some of them twice, in any order and any batches. */
function arrivals(captures: readonly Capture[]) {
  const indexes = captures.map((_, index) => index);
  return fc
    .tuple(
      fc.shuffledSubarray(indexes, { minLength: indexes.length }),
      fc.array(fc.nat(indexes.length - 1), { maxLength: 5 }),
      fc.array(fc.nat(indexes.length), { maxLength: 6 }),
    )
    .map(([order, again, cuts]) => {
      const records = [...order, ...again].flatMap((index) => captures[index] ?? []);
      const bounds = [0, ...cuts.toSorted((a, b) => a - b), records.length];
      return bounds.slice(1).map((end, i) => records.slice(bounds[i], end));
    });
}

suite('any order, split and repetition of', () => {
  for (const [name, captures] of Object.entries(FAMILIES)) {
    test(name, () => {
      const { requests, executions, messages } = take([captures]);
      fc.assert(
        fc.property(arrivals(captures), (batches) => {
          const taken = take(batches);
          assert.deepEqual(taken.requests, requests);
          assert.deepEqual(taken.executions, executions);
          assert.deepEqual(new Set(taken.messages.keys()), new Set(messages.keys()));
        }),
        { numRuns: runs(60) },
      );
    });
  }

  test('all clients at once', () => {
    const all = Object.entries(FAMILIES).flatMap(([, captures]) => captures);
    const expected = take([all]);
    fc.assert(
      fc.property(arrivals(all), (batches) => {
        const { requests, executions } = take(batches);
        assert.deepEqual(
          { requests, executions },
          {
            requests: expected.requests,
            executions: expected.executions,
          },
        );
      }),
      { numRuns: runs(10) },
    );
  });
});

test('a clock that is off: what is sent again keeps the time of its first receipt', () => {
  const [capture] = anthropicSdk();
  const record = { ...capture?.record, startTimeUnixNano: '5000', endTimeUnixNano: '6000' };
  const at = (receivedAt: number) => {
    const decoded = decodeTraces(requestBody([{ ...capture!, record }]), 'json');
    return normalise(decoded, { domain: null, receivedAt }).batch.observations[0]!;
  };
  const [first, again] = [at(NOW), at(NOW + 5_000)];
  assert.notEqual(first.startedAt, again.startedAt);
  assert.equal(preferred(first, again), first);
  assert.equal(preferred(again, first), first);
});

/** The last stands for a span of the application's own. */
const OPERATIONS = ['invoke_agent', 'execute_tool', 'agent_step', 'chat', 'GET /'] as const;

/** Traces as no client sends them: parents missing, in circles, or around nothing. */
const anySpan = fc.record({
  id: fc.integer({ min: 1, max: 12 }),
  parent: fc.option(fc.integer({ min: 1, max: 14 }), { nil: undefined }),
  start: fc.integer({ min: 0, max: 40 }),
  length: fc.integer({ min: 0, max: 40 }),
  operation: fc.constantFrom(...OPERATIONS),
  tokens: fc.option(fc.nat(100), { nil: undefined }),
});

const anyTrace = fc.uniqueArray(anySpan, { selector: ({ id }) => id, maxLength: 12 }).map((spans) =>
  client('any.example', 'gen_ai').spans(
    ...spans.map(({ id, parent, start, length, operation, tokens }): SpanOptions => ({
      trace: 1,
      id,
      ...(parent === undefined ? {} : { parent }),
      name: operation,
      start,
      end: start + length,
      attributes:
        operation === 'GET /'
          ? {}
          : {
              'gen_ai.operation.name': operation,
              'gen_ai.request.model': 'm',
              ...(tokens === undefined ? {} : { 'gen_ai.usage.input_tokens': tokens }),
            },
    })),
  ),
);

suite('traces as no client sends them', () => {
  test('derive the same in any order', () => {
    fc.assert(
      fc.property(
        anyTrace.chain((captures) => {
          const { observations } = take([captures]);
          return fc.tuple(
            fc.constant(observations),
            fc.shuffledSubarray(observations, { minLength: observations.length }),
          );
        }),
        ([observations, shuffled]: [Observation[], Observation[]]) => {
          assert.deepEqual(derive(shuffled, NOW), derive(observations, NOW));
        },
      ),
      { numRuns: runs(300) },
    );
  });

  test('give each call once, in at most one execution that is there', () => {
    fc.assert(
      fc.property(anyTrace, (captures) => {
        const { requests, executions } = take([captures]);
        const keys = new Set(executions.map(({ key }) => key));
        assert.equal(new Set(requests.map(({ key }) => key)).size, requests.length);
        assert.equal(keys.size, executions.length);
        for (const { execution } of requests) assert.ok(execution === null || keys.has(execution));
        for (const { stepsDone, stepsTotal, startedAt, lastEventAt } of executions) {
          assert.ok(stepsTotal === null || stepsDone <= stepsTotal);
          assert.ok(startedAt <= lastEventAt);
        }
      }),
      { numRuns: runs(300) },
    );
  });
});
