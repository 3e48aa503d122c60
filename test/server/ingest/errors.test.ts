/** What counts as an error, how bad it is, and what is one group. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { patternOf } from '../../../server/derive/pattern.ts';
import { severityOf } from '../../../server/derive/severity.ts';
import { patience } from '../../support/patience.ts';
import { claudeCodeSession } from './captures/claude-code.ts';
import { retriedAndFailedRuns } from './captures/genai.ts';
import { client, spanId, T0, traceId, type Capture, type Values } from './otlp.ts';
import { take } from './take.ts';

const plain = { message: null, event: null, recovered: false, fatal: false };

suite('severity', () => {
  const table: [type: string, expected: string, more?: Partial<typeof plain>][] = [
    ['AUTH_FAILED', 'critical'],
    ['authentication_error', 'critical'],
    ['invalid_api_key', 'critical'],
    ['PermissionDenied', 'critical'],
    ['401', 'critical'],
    ['402', 'critical'],
    ['403', 'critical', { recovered: true }],
    ['insufficient_quota', 'critical'],
    ['DO_WRITE_FAILED', 'critical'],
    ['rate_limit_error', 'warning'],
    ['RateLimitQuotaExceeded', 'warning'],
    ['429', 'warning'],
    ['429', 'error', { fatal: true }],
    ['529', 'warning'],
    ['MODEL_TIMEOUT', 'warning'],
    ['MODEL_TIMEOUT', 'error', { fatal: true }],
    ['overloaded_error', 'warning'],
    ['user_abort', 'warning'],
    ['TypeError', 'error'],
    ['TypeError', 'error', { fatal: true }],
    ['TypeError', 'warning', { recovered: true }],
    ['context_length_exceeded', 'error'],
    ['14290', 'error'],
  ];
  for (const [type, expected, more] of table) {
    test(`${type}${more ? ` ${JSON.stringify(more)}` : ''} is ${expected}`, () => {
      assert.equal(severityOf({ type, ...plain, ...more }), expected);
    });
  }

  test('a type that says nothing leaves it to the message', () => {
    const severity = (type: string, message: string) => severityOf({ ...plain, type, message });
    assert.equal(severity('400', 'Your credit balance is too low'), 'critical');
    assert.equal(severity('error', 'connect ETIMEDOUT 10.0.0.1'), 'warning');
    assert.equal(severity('TypeError', 'permission denied'), 'error');
  });

  test('retries that ran out are critical, whatever it was', () => {
    const event = 'claude_code.api_retries_exhausted';
    assert.equal(severityOf({ ...plain, type: '529', event }), 'critical');
  });
});

suite('patterns', () => {
  const same = (...messages: string[]) =>
    assert.equal(new Set(messages.map(patternOf)).size, 1, messages.map(patternOf).join('\n'));

  test('leave out what differs from one time to the next', () => {
    same('Timed out after 60 s', 'Timed out after 1,200.5 s');
    same(
      'No order 0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b11',
      'No order 0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b12',
    );
    same('req_011CSHoEeqs5C35K2UUqR7Fy failed', 'req_022DTIpFfrt6D46L3VVrS8Gz failed');
    same('Mail to ada@example.com bounced', 'Mail to grace.h+x@mail.example.org bounced');
    same('GET https://a.example/x?y=1 failed', 'GET http://b.example:80/ failed');
    same('At 2026-11-21T10:00:00Z', 'At 2026-11-20 09:12:13.123+01:00');
    same('No tool "search"', 'No tool "find"');
    same('two\n  lines', 'two lines');
  });

  test('keep what tells one cause from another', () => {
    assert.notEqual(patternOf('Connection refused'), patternOf('Connection reset'));
    assert.equal(patternOf('internationalization failed'), 'internationalization failed');
    assert.equal(patternOf(null), null);
  });

  test('take no longer for what is made to take long', () => {
    const began = performance.now();
    for (const text of [
      'a1'.repeat(50_000),
      '"'.repeat(100_000),
      'a@'.repeat(50_000),
      '-'.repeat(1e5),
    ]) {
      assert.ok((patternOf(text) ?? '').length <= 300);
    }
    assert.ok(performance.now() - began < patience(500));
  });
});

const service = client('app.example.com', 'gen_ai');

/** An agent whose tool throws, below the application's own span. */
function throwing(stack: string, attributes: Values = {}): Capture[] {
  const thrown = {
    at: 80,
    name: 'exception',
    attributes: {
      'exception.type': 'DO_WRITE_FAILED',
      'exception.message': 'object 17 is gone',
      'exception.stacktrace': stack,
    },
  };
  return service.spans(
    {
      trace: 1,
      id: 1,
      name: 'POST /chat',
      start: 0,
      end: 110,
      failed: 'object 17 is gone',
      attributes: { 'error.type': 'DO_WRITE_FAILED' },
    },
    {
      trace: 1,
      id: 2,
      parent: 1,
      name: 'invoke_agent',
      start: 5,
      end: 100,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'clerk',
        'user.id': 'ada',
        'error.type': 'DO_WRITE_FAILED',
        ...attributes,
      },
      failed: 'object 17 is gone',
      event: thrown,
    },
    {
      trace: 1,
      id: 3,
      parent: 2,
      name: 'execute_tool save',
      start: 10,
      end: 80,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'save',
        'error.type': 'DO_WRITE_FAILED',
      },
      failed: 'object 17 is gone',
    },
  );
}

suite('errors', () => {
  test('are told once, by the innermost, with the stack of whichever has one', () => {
    const { errors } = take([throwing('Error: object 17 is gone\n    at save (store.ts:3:1)')]);
    assert.deepEqual(errors, [
      {
        key: `span:${traceId(1)}:${spanId(3)}`,
        at: T0 + 80,
        severity: 'critical',
        source: 'tool',
        type: 'DO_WRITE_FAILED',
        message: 'object 17 is gone',
        pattern: 'object <n> is gone',
        stack: 'Error: object 17 is gone\n    at save (store.ts:3:1)',
        family: 'genai',
        domain: 'app.example.com',
        user: 'ada',
        agent: 'clerk',
        provider: null,
        model: null,
        tool: 'save',
        conversation: null,
        execution: `span:${traceId(1)}:${spanId(2)}`,
        traceId: traceId(1),
        spanId: spanId(3),
      },
    ]);
  });

  test('have their whole stack, or its ends with a line that tells what is missing', () => {
    const stackOf = (stack: string) => take([throwing(stack)]).errors[0]?.stack ?? '';
    const whole = 'at work\n'.repeat(8_000);
    assert.equal(stackOf(whole), whole);
    for (const odd of ['', 'x']) {
      const long = `Error${odd}\n${'😀'.repeat(50_000)}\nCaused by: a full disk`;
      const stack = stackOf(long);
      assert.ok(stack.length <= 64_000 && stack.isWellFormed());
      assert.ok(stack.startsWith(`Error${odd}\n`) && stack.endsWith('Caused by: a full disk'));
      const [line, missing] = /\n\.\.\. (\d+) characters omitted \.\.\.\n/.exec(stack) ?? [];
      assert.equal(stack.length - (line?.length ?? 0) + Number(missing), long.length);
    }
  });

  test('of the application around agents are theirs that say so', () => {
    const { errors } = take([
      service.spans(
        {
          trace: 2,
          id: 1,
          name: 'GET /missing',
          start: 0,
          end: 5,
          attributes: { 'http.response.status_code': 404 },
        },
        {
          trace: 2,
          id: 2,
          parent: 1,
          name: 'flush',
          start: 1,
          end: 4,
          failed: 'disk full',
          attributes: { 'error.type': 'IOError' },
        },
      ),
    ]);
    assert.deepEqual(
      errors.map(({ source, type, message, execution }) => [source, type, message, execution]),
      [['span', 'IOError', 'disk full', null]],
    );
  });

  test('that a run recovered from are warnings; those that it failed by are not', () => {
    const { errors } = take([retriedAndFailedRuns()]);
    assert.deepEqual(
      errors.map(({ severity, source, type }) => [severity, source, type]),
      [
        ['warning', 'request', 'APICallError'],
        ['error', 'request', 'APICallError'],
      ],
    );
  });

  test('have no message for a type, and are told once without one as well', () => {
    const agent = { 'gen_ai.operation.name': 'invoke_agent' };
    const tool = { 'gen_ai.operation.name': 'execute_tool' };
    const { errors, executions } = take([
      service.spans(
        { trace: 3, id: 1, name: 'a', start: 0, end: 9, failed: 'Ada is away', attributes: agent },
        {
          ...{ trace: 3, id: 2, parent: 1, name: 'b', start: 1, end: 8 },
          ...{ failed: 'Ada is away', attributes: tool },
        },
        {
          ...{ trace: 3, id: 3, parent: 1, name: 'c', start: 2, end: 7 },
          ...{ failed: 'Bob is away', attributes: tool },
        },
      ),
    ]);
    const said = errors.map(({ source, type, message }) => [source, type, message]);
    assert.deepEqual(said.toSorted(), [
      ['tool', 'error', 'Ada is away'],
      ['tool', 'error', 'Bob is away'],
    ]);
    assert.deepEqual(executions[0]?.error, { type: 'error', message: 'Ada is away' });
  });

  test("of a command line's session are its calls, its tools and its own words", () => {
    const { errors } = take([claudeCodeSession()]);
    const told = errors.toSorted((a, b) => a.at - b.at);
    assert.deepEqual(
      told.map(({ at, severity, source, type }) => [at - T0, severity, source, type]),
      [
        [12_000, 'error', 'request', '529'],
        [12_001, 'critical', 'session', '529'],
        [21_000, 'warning', 'request', 'error'],
      ],
    );
    assert.ok(told.every(({ user }) => user === 'barbara@example.com'));
  });
});
