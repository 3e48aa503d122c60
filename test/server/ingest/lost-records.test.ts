/** Sessions of command lines of which some records never come. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { claudeCodeSession, claudeCodeSpans } from './captures/claude-code.ts';
import { codexSession, codexSpans } from './captures/codex.ts';
import { client, type Capture, type Values } from './otlp.ts';
import { NOW, take, totals } from './take.ts';

const LATER = NOW + 60 * 60_000;

suite('a Gemini prompt', () => {
  const gemini = client('gemini-cli', 'gemini-cli');
  const event = (at: number, name: string, attributes: Values) => ({
    at,
    attributes: { 'session.id': 'f00d', 'event.name': name, ...attributes },
  });
  const own = (at: number, name: string, prompt: string, attributes: Values = {}) =>
    event(at, `gemini_cli.${name}`, { prompt_id: `f00d########${prompt}`, ...attributes });
  const response = (at: number, prompt: string, model = 'gemini-2.5-pro') =>
    own(at, 'api_response', prompt, {
      model,
      duration_ms: 500,
      input_token_count: 5,
      output_token_count: 7,
    });
  const details = (at: number, model: string) =>
    event(at, 'gen_ai.client.inference.operation.details', {
      'gen_ai.request.model': 'gemini-2.5-pro',
      'gen_ai.response.model': model,
      'gen_ai.response.id': `response-${at}`,
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 7,
    });
  const tool = (at: number, prompt: string) =>
    own(at, 'tool_call', prompt, { function_name: 'ls', success: true, duration_ms: 5 });
  const turn = (at: number, prompt: string) => [
    response(at, prompt),
    tool(at + 100, prompt),
    response(at + 1_000, prompt),
  ];
  const callsByRun = (captures: readonly Capture[]) => {
    const { executions, requests } = take([captures], LATER);
    return executions.map(({ key }) => requests.filter((it) => it.execution === key).length);
  };

  test('is known by what followed it', () => {
    const prompt = own(0, 'user_prompt', '1', { prompt_length: 1 });
    const told = [...turn(1_000, '1'), ...turn(60_000, '2')];
    assert.deepEqual(callsByRun(gemini.logs(prompt, ...told)), [2, 2], 'without the second one');
    assert.deepEqual(callsByRun(gemini.logs(...told)), [2, 2], 'without any');
  });

  test('has what its agents do', () => {
    assert.deepEqual(callsByRun(gemini.logs(...turn(1_000, '1'), ...turn(2_500, '1#agent'))), [4]);
    assert.deepEqual(callsByRun(gemini.logs(...turn(1_000, '1'), ...turn(60_000, '10'))), [2, 2]);
  });

  test('has each call once, whatever its model is called, and however busy the client is', () => {
    const counted = (apart: number, model: string) =>
      totals(take([gemini.logs(response(1_000, '1'), details(1_000 + apart, model))], LATER));
    for (const [apart, model] of [
      [0, 'gemini-2.5-pro-preview-06-05'],
      [1_700, 'gemini-2.5-pro'],
    ] as const) {
      const { requests, input } = counted(apart, model);
      assert.deepEqual([requests, input], [1, 5], `${model}, ${apart} ms apart`);
    }
  });
});

suite('a turn of Claude Code', () => {
  const isPrompt = ({ record }: Capture) => JSON.stringify(record).includes('user_prompt');
  const without = (captures: readonly Capture[], key: string) =>
    captures.map((capture) => {
      const attributes = capture.record.attributes as { key: string }[];
      const kept = attributes.filter((attribute) => attribute.key !== key);
      return { ...capture, record: { ...capture.record, attributes: kept } };
    });

  test('whose prompt is lost is the one that its span tells, also where that names none', () => {
    const whole = take([[...claudeCodeSession(), ...claudeCodeSpans()]], LATER);
    const logs = claudeCodeSession().filter((capture) => !isPrompt(capture));
    const spans = without(claudeCodeSpans(), 'prompt.id');
    const left = take([[...logs, ...spans]], LATER);
    assert.deepEqual(totals(left), totals(whole));
  });

  test('is told by events that are named in their body alone', () => {
    const named = without(claudeCodeSession(), 'event.name');
    assert.deepEqual(totals(take([named], LATER)), totals(take([claudeCodeSession()], LATER)));
  });
});

test('a Codex session’s other tasks are no runs', () => {
  const session = [...codexSession(), ...codexSpans()];
  const task = (name: string, id: number) =>
    client('codex_cli_rs', 'codex_cli_rs').spans({
      trace: 90 + id,
      id,
      name: `session_task.${name}`,
      start: 30_000,
      end: 30_100,
      attributes: { target: 'codex_core::tasks', 'thread.id': '0199-aa', 'turn.id': `t-${id}` },
    });
  const more = [...task('compact', 1), ...task('user_shell', 2)];
  assert.deepEqual(totals(take([[...session, ...more]])), totals(take([session])));
});
