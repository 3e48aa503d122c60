/** What an executive is answered, by every operation and stream there is, has nothing of what was said. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Contract, type OperationId, type Schemas } from '../../server/contract/index.ts';
import { logsBody, tracesBody, type Span } from '../../server/demo/otlp.ts';
import { SHOP } from '../support/cells.ts';
import { Listener, transportOf } from '../support/listener.ts';
import { samples, type Sample } from '../support/samples.ts';
import { patience } from '../support/patience.ts';
import { PORTAL } from '../support/server.ts';
import { as, Tenants, type Party } from '../support/tenants.ts';

const operations = [...new Contract().operations.values()];

/** Part of every text that somebody said, or that quotes it; nothing that is counted has it. */
const SAID = 'zebra';
const said = (what: string): string => `${SAID} ${what}`;
/** What the sample telemetry has of the kind. */
const CONTENT = [SAID, 'What of ', 'took too long', '-conversation-'];

/** A run whose every text is content: task, answer, arguments, names of spans, errors, stacks. */
function runAt(at: number, number: number): Span[] {
  const traceId = (0xabc000 + number).toString(16).padStart(32, '0');
  const message = (role: string, content: string): string =>
    JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
  const span = (index: number, name: string, attributes: Span['attributes']): Span => ({
    traceId,
    spanId: `${(0xabc000 + number).toString(16)}${index}`.padStart(16, '0'),
    ...(index > 1 && {
      parentSpanId: `${(0xabc000 + number).toString(16)}1`.padStart(16, '0'),
    }),
    name,
    start: at,
    end: at + 1000,
    attributes: { 'gen_ai.conversation.id': said('conversation'), 'user.id': 'ada', ...attributes },
    error: ['timeout', said(`failed ${index}`)],
    stack: `Error: ${said('stack')}\n  at ${SAID} (a.js:1:1)`,
  });
  return [
    span(1, said('agent span'), {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'helper',
      'gen_ai.input.messages': message('user', said('task')),
      'gen_ai.output.messages': message('assistant', said('result')),
    }),
    span(2, said('chat span'), {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 1,
      'gen_ai.input.messages': message('user', said('question')),
      'gen_ai.output.messages': message('assistant', said('answer')),
      'gen_ai.system_instructions': said('system'),
    }),
    span(3, said('tool span'), {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'search',
      'gen_ai.tool.call.arguments': JSON.stringify({ query: said('argument') }),
      'gen_ai.tool.call.result': said('tool result'),
    }),
  ];
}

let tenants: Tenants;
const executives: Party[] = [];

async function send(number: number): Promise<void> {
  const at = Date.now() - 2000;
  const call = (body: string) => ({
    token: tenants.ingestKey('ours'),
    headers: { 'content-type': 'application/json' },
    body,
  });
  const traces = tracesBody([{ service: SHOP, scope: 'test', items: runAt(at, number) }]);
  const prompt = {
    at,
    event: 'claude_code.user_prompt',
    attributes: {
      'event.name': 'user_prompt',
      'session.id': `session-${number}`,
      'prompt.id': `prompt-${number}`,
      prompt: said('prompt'),
    },
  };
  const failure = {
    ...prompt,
    event: 'claude_code.api_error',
    attributes: {
      ...prompt.attributes,
      'event.name': 'api_error',
      error: said('api error'),
      model: 'claude',
      status_code: '500',
    },
  };
  const scope = 'com.anthropic.claude_code.events';
  const logs = logsBody([{ service: SHOP, scope, items: [prompt, failure] }]);
  for (const [path, body] of [
    ['/v1/traces', traces],
    ['/v1/logs', logs],
  ] as const) {
    const { status } = await tenants.server.call(path, call(body));
    assert.equal(status, 200);
  }
}

before(async () => {
  tenants = await Tenants.start();
  await send(1);
  const { server } = tenants;
  const account = tenants.party('the role executive');
  const key = { ...account, kind: 'key', name: 'a key', token: await server.apiKey('executive') };
  const minted = await server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
    token: await server.apiKey('admin'),
    body: { domains: [SHOP], origins: [PORTAL], role: 'executive', expiresIn: 3600 },
  });
  assert.equal(minted.status, 201);
  const embed = { ...account, kind: 'embed', name: 'an embed token', domains: [SHOP] };
  executives.push(account, key as Party, {
    ...(embed as Party),
    token: minted.body.token,
    origin: PORTAL,
  });
});
after(() => tenants.server.close());

const checkText = (text: string, where: string): void => {
  for (const words of CONTENT)
    assert.ok(!text.includes(words), `${where} tells "${words}": ${text}`);
};

/** Ids that the owner finds, so that each single read is made of each kind of thing. */
async function singles(): Promise<Partial<Record<OperationId, string[]>>> {
  const list = async (path: string): Promise<string[]> => {
    const { body } = await tenants.server.call<{ data: { id: string }[] }>(path, as(tenants.owner));
    return body.data.map(({ id }) => id);
  };
  return {
    'executions.get': (await list('/api/executions?limit=200')).map(
      (id) => `/api/executions/${id}`,
    ),
    'admin.getError': (await list('/api/admin/errors?limit=200')).map(
      (id) => `/api/admin/errors/${id}`,
    ),
  };
}

test('the owner reads what was said: there is something to hide', async () => {
  const read = async (path: string): Promise<string> =>
    JSON.stringify((await tenants.server.call(path, as(tenants.owner))).body);
  for (const path of [
    '/api/executions?limit=200',
    '/api/admin/errors?limit=200',
    '/api/admin/errors/groups',
    '/api/conversations?limit=200',
  ]) {
    assert.ok((await read(path)).includes(SAID), path);
  }
  const { 'executions.get': runs = [], 'admin.getError': errors = [] } = await singles();
  const details = await Promise.all([...runs, ...errors].map(read));
  for (const what of ['task', 'failed 1', 'stack', 'api error']) {
    assert.ok(
      details.some((text) => text.includes(said(what))),
      what,
    );
  }
});

describe('an executive reads no content', () => {
  for (const operation of operations) {
    const { id, method } = operation;
    if (transportOf(operation)) continue;
    test(id, async () => {
      const sample: Sample = samples[id];
      const more = (await singles())[id] ?? [];
      for (const party of executives) {
        const calls = [...(await sample.calls(tenants, party)), ...more.map((path) => ({ path }))];
        for (const call of calls) {
          const answer = await tenants.server.call(call.path, as(party, { method, ...call }));
          const { status, headers, body } = answer;
          if (status >= 400) continue;
          assert.ok(sample.may(party) || operation.token === 'none', `${id} is open`);
          checkText(JSON.stringify([[...headers], body]), `${call.path} by ${party.name}`);
        }
      }
    });
  }

  test('runs, users and errors are there without it', async () => {
    for (const party of executives) {
      const get = async <Body>(path: string): Promise<Body> => {
        const { status, body } = await tenants.server.call<Body>(path, as(party));
        assert.equal(status, 200, `${path} by ${party.name}`);
        return body;
      };
      const runs = await get<Schemas['ExecutionPage']>(`/api/executions?user=ada`);
      assert.equal(runs.data.length > 0, true);
      const [run] = runs.data;
      assert.deepEqual(
        [run?.agent, run?.status, run?.error, run?.conversationId],
        ['helper', 'failed', { type: 'timeout', message: null }, null],
      );
      const detail = await get<Schemas['ExecutionDetail']>(`/api/executions/${run?.id}`);
      assert.deepEqual([detail.task, detail.taskLength], [null, null]);
      assert.deepEqual(detail.stepList.map(({ name }) => name).sort(), ['gpt-5', 'search']);
      const errors = await get<Schemas['LoggedErrorPage']>('/api/admin/errors?type=timeout');
      assert.ok(errors.data.length > 0);
      for (const error of errors.data) {
        assert.deepEqual(
          [error.message, error.conversationId, error.hasStack],
          [null, null, false],
        );
        const one = await get<Schemas['LoggedErrorDetail']>(`/api/admin/errors/${error.id}`);
        assert.deepEqual([one.message, one.stack], [null, null]);
      }
      const page = await get<Schemas['ErrorGroupPage']>('/api/admin/errors/groups');
      const { data: groups, unavailable } = page;
      assert.ok(groups.length > 0 && groups.every(({ pattern }) => pattern === null));
      assert.ok(unavailable.some(({ path }) => path === 'data.0.pattern'));
      await get('/api/stats/users');
      await get('/api/stats/errors');
      await get('/api/stats/costs?breakdown=user');
    }
  });

  for (const operation of operations) {
    const transport = transportOf(operation);
    if (!transport || operation.path.includes('{')) continue;
    for (const from of ['the past', 'now'] as const) {
      test(`${operation.id}, from ${from} on`, { timeout: patience(60_000) }, async () => {
        const sample: Sample = samples[operation.id];
        for (const party of executives.filter(sample.may)) {
          const isSocket = transport === 'socket';
          const resume = from === 'the past' && isSocket ? '?lastEventId=0' : '';
          const headers = from === 'the past' && !isSocket ? { 'last-event-id': '0' } : {};
          const url = tenants.server.url + operation.path + resume;
          const listener: Listener = await Listener[transport](url, { ...party, headers });
          assert.equal(listener.refusal, '');
          await listener.until((events) => events.length > 0);
          await send(listener.events.length + 10 * Math.floor(Math.random() * 1e6));
          await listener.until((events) =>
            ['execution', 'failure', 'stats'].every((name) =>
              events.some(({ event }) => event === name),
            ),
          );
          listener.close();
          checkText(JSON.stringify(listener.events), `${operation.id} by ${party.name}`);
        }
      });
    }
  }
});
