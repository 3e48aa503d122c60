/** The states that command line sessions go through, by hand from what the clients sent. */
import { fromJson, toBinary } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { derive } from '../../../server/derive/derive.ts';
import { decodeMetrics, normalise } from '../../../server/ingest/index.ts';
import { MetricsRequestSchema } from '../../support/otlp-oracle/generated/otlp_pb.ts';
import { claudeCodeSession, claudeCodeSpans } from './captures/claude-code.ts';
import { codexSession, codexSpans } from './captures/codex.ts';
import { geminiSession } from './captures/gemini.ts';
import { steppedRun } from './captures/genai.ts';
import { client, T0, type Capture, type LogOptions, type Values } from './otlp.ts';
import { NOW, take, type Taken } from './take.ts';

const HALF_HOUR = 30 * 60_000;

/** `at from>to`, each in its place. */
function walked({ sessions }: Taken): string[] {
  return sessions.flatMap(({ transitions }) =>
    transitions.map(({ at, from, to }) => `${at - T0} ${from}>${to}`),
  );
}

const claude = client('claude-code', 'com.anthropic.claude_code.events', {
  'service.version': '2.0.14',
});

/** Events of one Claude Code session. */
function events(...told: [at: number, name: string, attributes?: Values][]): Capture[] {
  return claude.logs(
    ...told.map(([at, name, attributes = {}]): LogOptions => ({
      at,
      body: `claude_code.${name}`,
      attributes: { 'event.name': name, 'session.id': 's', 'prompt.id': 'p', ...attributes },
    })),
  );
}

const reply: Values = { model: 'claude-sonnet-4-5', duration_ms: 400, output_tokens: 5 };
const call = (id: string): Values => ({ ...reply, request_id: id });

suite('Claude Code', () => {
  test('goes through the states that its events tell', () => {
    const taken = take([claudeCodeSession()]);
    assert.deepEqual(walked(taken), [
      '0 IDLE>AUTH',
      '1000 AUTH>CONTEXT',
      '1100 CONTEXT>API',
      '2600 API>TOOL',
      '2800 TOOL>API',
      // The next prompt says so.
      '4000 API>DONE',
      '10000 DONE>CONTEXT',
      '10500 CONTEXT>API',
      '12001 API>ABORTED',
      '20000 ABORTED>CONTEXT',
      '20500 CONTEXT>API',
      // An error with a success after it.
      '21000 API>ERROR_RECOVERY',
      '22100 ERROR_RECOVERY>API',
    ]);
    const [session] = taken.sessions;
    assert.deepEqual(
      [session?.key, session?.state, session?.turns, session?.requests, session?.user],
      ['claude-code:a1-b2', 'API', 3, 5, 'barbara@example.com'],
    );
    assert.deepEqual([session?.startedAt, session?.lastEventAt], [T0, T0 + 23_000]);
  });

  test('is done after half an hour of silence, and not before', () => {
    const [early] = take([claudeCodeSession()], T0 + 23_000 + HALF_HOUR - 1).sessions;
    assert.deepEqual([early?.state, early?.dueAt], ['API', T0 + 23_000 + HALF_HOUR]);
    const [late] = take([claudeCodeSession()], T0 + 23_000 + HALF_HOUR).sessions;
    assert.deepEqual([late?.state, late?.dueAt], ['DONE', null]);
    assert.equal(late?.transitions.at(-1)?.at, T0 + 23_000 + HALF_HOUR);
  });

  test('drops off where nothing answered, however long ago', () => {
    const day = NOW + 86_400_000;
    const state = (capture: Capture[]) => take([capture], day).sessions[0]?.state;
    assert.equal(state(events([0, 'auth', { 'prompt.id': null }])), 'AUTH');
    assert.equal(state(events([0, 'user_prompt'])), 'CONTEXT');
    const failed = events([0, 'user_prompt'], [900, 'api_error', { error: 'x', status_code: 400 }]);
    assert.equal(state(failed), 'API');
    const asked = events(
      [0, 'user_prompt'],
      [900, 'api_request', call('r1')],
      [950, 'tool_result'],
    );
    assert.equal(state(asked), 'TOOL');
  });

  test('is aborted by whoever refuses a tool, and goes on with the next prompt', () => {
    const taken = take([
      events(
        [0, 'user_prompt'],
        [900, 'api_request', call('r1')],
        [950, 'tool_decision', { decision: 'reject', source: 'user_abort' }],
        [2_000, 'user_prompt', { 'prompt.id': 'q' }],
      ),
    ]);
    assert.deepEqual(walked(taken), [
      '0 IDLE>AUTH',
      '0 AUTH>CONTEXT',
      '500 CONTEXT>API',
      '950 API>ABORTED',
      '2000 ABORTED>CONTEXT',
    ]);
  });

  test('tries again before it answers, also where the answer counts the attempts in', () => {
    const taken = take([
      events(
        [0, 'user_prompt'],
        [1_000, 'api_error', { error: 'Overloaded', status_code: 529, duration_ms: 500 }],
        [3_000, 'api_request', { ...call('r1'), duration_ms: 2_800 }],
      ),
    ]);
    assert.deepEqual(walked(taken), [
      '0 IDLE>AUTH',
      '0 AUTH>CONTEXT',
      '500 CONTEXT>API',
      '1000 API>ERROR_RECOVERY',
      '1000 ERROR_RECOVERY>API',
    ]);
  });

  test('tells its version, and leaves what it asks for itself out of its states', () => {
    const taken = take([
      events([-500, 'api_request', { ...call('quota'), 'prompt.id': null }], [0, 'user_prompt']),
    ]);
    assert.deepEqual(walked(taken), ['0 IDLE>AUTH', '0 AUTH>CONTEXT']);
    const [session] = taken.sessions;
    assert.deepEqual([session?.version, session?.requests], ['2.0.14', 1]);
  });

  test('ends a turn where its span does', () => {
    assert.deepEqual(walked(take([claudeCodeSpans()])), [
      '990 IDLE>AUTH',
      '990 AUTH>CONTEXT',
      '1100 CONTEXT>API',
      '2600 API>TOOL',
      '2800 TOOL>API',
      '4020 API>DONE',
    ]);
  });
});

test('the metric of a session that has begun tells of it, once, in either encoding', () => {
  const point = (time: string) => ({
    startTimeUnixNano: `${T0 - 7_000}000000`,
    timeUnixNano: time,
    asInt: '1',
    attributes: [
      { key: 'session.id', value: { stringValue: 's' } },
      { key: 'user.email', value: { stringValue: 'ada@example.com' } },
    ],
  });
  const metric = (name: string) => ({
    name,
    sum: { aggregationTemporality: 2, dataPoints: [point('1'), point('2')] },
  });
  const metrics = [metric('claude_code.session.count'), metric('claude_code.token.usage')];
  const body = { resourceMetrics: [{ resource: {}, scopeMetrics: [{ metrics }] }] };
  const json = new TextEncoder().encode(JSON.stringify(body));
  // The protobuf mapping of JSON takes the same numbers.
  const protobuf = toBinary(
    MetricsRequestSchema,
    fromJson(MetricsRequestSchema, body as never, { ignoreUnknownFields: true }),
  );
  for (const decoded of [decodeMetrics(json, 'json'), decodeMetrics(protobuf, 'protobuf')]) {
    const { batch } = normalise(decoded, { domain: 'a.example', receivedAt: NOW });
    const { sessions, requests, executions } = derive(batch.observations, NOW);
    assert.deepEqual([sessions.length, requests.length, executions.length], [1, 0, 0]);
    const [session] = sessions;
    assert.deepEqual(
      [session?.key, session?.user, session?.state, session?.startedAt],
      ['claude-code:s', 'ada@example.com', 'AUTH', T0 - 7_000],
    );
    const asked = take([events([0, 'user_prompt', { 'session.id': 's' }])]).observations;
    const both = derive([...batch.observations, ...asked], NOW);
    assert.deepEqual(
      both.sessions[0]?.transitions.map(({ at, to }) => [at - T0, to]),
      [
        [-7_000, 'AUTH'],
        [0, 'CONTEXT'],
      ],
    );
  }
});

suite('other command lines', () => {
  test('Codex', () => {
    const expected = [
      '0 IDLE>AUTH',
      '1000 AUTH>CONTEXT',
      '1100 CONTEXT>API',
      '1300 API>TOOL',
      '1500 TOOL>API',
      '1700 API>TOOL',
      '1900 TOOL>API',
      '2000 API>DONE',
      '10000 DONE>CONTEXT',
      '10010 CONTEXT>API',
      '10050 API>ERROR_RECOVERY',
      '10500 ERROR_RECOVERY>API',
      '10600 API>DONE',
      '20000 DONE>CONTEXT',
      '20080 CONTEXT>API',
      '20200 API>ABORTED',
    ];
    const taken = take([codexSession()]);
    assert.deepEqual(walked(taken), expected);
    assert.equal(taken.sessions[0]?.transitions.at(-1)?.event, 'codex.sse_event');
    const states = (some: Taken) => some.sessions.flatMap((s) => s.transitions.map(({ to }) => to));
    // The spans tell the same once more, and when turns began and ended.
    assert.deepEqual(states(take([codexSpans(), codexSession()])), states(taken));
  });

  test('Codex that tries again', () => {
    const log = (at: number, name: string, attributes: Values = {}): LogOptions => ({
      at,
      attributes: { 'event.name': `codex.${name}`, 'conversation.id': 'c', ...attributes },
    });
    const taken = take([
      client('codex', 'codex_otel').logs(
        log(0, 'user_prompt', { prompt: 'go' }),
        log(50, 'auth_recovery'),
        log(100, 'api_request', { attempt: 1, duration_ms: 10 }),
        log(200, 'sse_event', { 'event.kind': 'response.completed', output_token_count: 3 }),
      ),
    ]);
    assert.deepEqual(
      taken.sessions[0]?.transitions.map(({ to }) => to),
      ['AUTH', 'CONTEXT', 'ERROR_RECOVERY', 'API', 'DONE'],
    );
  });

  test('Gemini', () => {
    assert.deepEqual(walked(take([geminiSession()])), [
      '0 IDLE>AUTH',
      '1000 AUTH>CONTEXT',
      '1050 CONTEXT>API',
      '1150 API>ERROR_RECOVERY',
      '2000 ERROR_RECOVERY>API',
      '2750 API>TOOL',
      '3000 TOOL>API',
      '3700 API>DONE',
      '9000 DONE>CONTEXT',
      '9200 CONTEXT>API',
      '9900 API>ABORTED',
    ]);
  });

  test('agents that are none have no sessions', () => {
    assert.deepEqual(take([steppedRun()]).sessions, []);
  });
});

test('in whatever order the events arrive, the states are the same', () => {
  const all = [...claudeCodeSession(), ...codexSession(), ...geminiSession(), ...codexSpans()];
  const expected = walked(take([all]));
  const backwards = all.toReversed().map((capture) => [capture]);
  assert.deepEqual(walked(take(backwards)), expected);
  const [half, rest] = [all.slice(0, 20), all.slice(20)];
  assert.deepEqual(walked(take([rest, half, all])), expected);
});
