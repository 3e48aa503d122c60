/** What the agents of a run called, whoever tells of it. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { claudeCodeSession } from './captures/claude-code.ts';
import { client, type Capture, type SpanOptions, type Values } from './otlp.ts';
import { take } from './take.ts';

const app = client('app.example', 'my.tracer');

type Part = Partial<SpanOptions> & Pick<SpanOptions, 'id'> & { attributes?: Values };

const span = (operation: string, { attributes, ...options }: Part): SpanOptions => ({
  trace: 1,
  name: operation,
  start: options.id,
  end: 1_000 - options.id,
  ...options,
  attributes: { 'gen_ai.operation.name': operation, ...attributes },
});
const agent = (name: string | null, options: Part) =>
  span('invoke_agent', {
    ...options,
    attributes: name === null ? {} : { 'gen_ai.agent.name': name },
  });
const tool = (name: string, options: Part) =>
  span('execute_tool', { ...options, attributes: { 'gen_ai.tool.name': name } });

/** The links of each run, as one line each. */
const links = (captures: readonly Capture[]): string[][] =>
  take([captures]).executions.map((execution) =>
    execution.links.map(
      ({ kind, source, target, calls, errors }) =>
        `${source ?? '?'} ${kind} ${target} ${calls}/${errors}`,
    ),
  );

suite('the links of a run', () => {
  test('lead from each agent to its tools and to the agents in it, also out of steps', () => {
    const told = app.spans(
      agent('lead', { id: 1 }),
      span('agent_step', { id: 2, parent: 1, name: 'step 1' }),
      tool('search', { id: 3, parent: 2 }),
      tool('search', { id: 4, parent: 2, failed: 'no answer' }),
      agent('critic', { id: 5, parent: 2, failed: 'gave up' }),
      tool('search', { id: 6, parent: 5 }),
      agent('critic', { id: 7, parent: 1 }),
    );
    const expected = ['lead agent critic 2/1', 'lead tool search 2/1', 'critic tool search 1/0'];
    assert.deepEqual(links(told), [expected]);
    assert.deepEqual(links(told.toReversed()), [expected]);
  });

  test('an agent without a name stands for the nearest that has one', () => {
    const nameless = app.spans(
      agent('lead', { id: 1 }),
      agent(null, { id: 2, parent: 1 }),
      tool('mail', { id: 3, parent: 2 }),
    );
    assert.deepEqual(links(nameless), [['lead tool mail 1/0']]);
    const nobody = app.spans(agent(null, { id: 1 }), tool('mail', { id: 3, parent: 1 }));
    assert.deepEqual(links(nobody), [['? tool mail 1/0']]);
  });

  test('a call of a tool that two instrumentations tell is one', () => {
    const twice = app.spans(
      agent('lead', { id: 1 }),
      tool('mail', { id: 2, parent: 1 }),
      tool('mail', { id: 3, parent: 2 }),
      tool('templates', { id: 4, parent: 3 }),
    );
    assert.deepEqual(links(twice), [['lead tool mail 1/0', 'lead tool templates 1/0']]);
  });

  test('show while the run goes on', () => {
    const begun = app.spans(tool('mail', { id: 2, parent: 1 }));
    assert.deepEqual(links(begun), [['? tool mail 1/0']]);
  });

  test('of a command line are those of its turns', () => {
    const told = links(claudeCodeSession());
    const tools = told.flat().filter((link) => link.includes(' tool '));
    assert.ok(tools.length > 0, JSON.stringify(told));
    assert.equal(tools.length, told.flat().length);
  });
});
