import { failures, stackOf, users, type Agent, type Model } from './cast.ts';
import type { Attributes, Span } from './otlp.ts';
import type { Random } from './random.ts';

/** One run of an agent, in the words of the GenAI conventions, children before parents. */
export interface Run {
  service: string;
  spans: Span[];
  start: number;
  end: number;
}

interface Turn {
  agent: Agent;
  user: string;
  conversation: string;
  task: string;
}

/** A user's conversation is one to four runs that share an id. */
export function conversation(r: Random, agent: Agent, start: number): Run[] {
  const turn: Turn = {
    agent,
    user: r.pick(users),
    conversation: `conv-${r.hex(10)}`,
    task: r.pick(agent.tasks),
  };
  const runs: Run[] = [];
  let at = start;
  const count = r.weighted([
    [1, 5],
    [2, 3],
    [3, 2],
    [4, 1],
  ]);
  for (let index = 0; index < count; index++) {
    const run = agentRun(r, turn, at);
    runs.push(run);
    at = run.end + r.spread(40_000, 0.8);
  }
  return runs;
}

function agentRun(r: Random, turn: Turn, start: number): Run {
  const { agent } = turn;
  const model = r.weighted(agent.models);
  const traceId = r.hex(32);
  const rootId = r.hex(16);
  const steps = r.weighted([
    [1, 2],
    [2, 4],
    [3, 3],
    [5, 1],
  ]);
  const announced: Attributes = { 'cloudbrain.execution.steps_total': steps };
  const failure = r.chance(agent.failures) ? r.pick(failures) : undefined;
  const spans: Span[] = [];
  const total = { input: 0, output: 0 };
  let at = start + r.whole(3, 20);
  let context = r.whole(900, 3_000);

  for (let step = 1; step <= steps; step++) {
    const stepId = r.hex(16);
    const stepStart = at;
    const last = step === steps;
    const error = last ? failure : undefined;
    const call = chat(r, { model, traceId, parent: stepId, at: at + 1, context, turn, error });
    spans.push(call.span);
    total.input += call.input;
    total.output += call.output;
    at = call.span.end + r.whole(1, 8);
    if (!last) {
      // Tools of one step run side by side, as agents call them.
      const tools = Array.from({ length: r.whole(1, 4) }, () =>
        tool(r, { agent, traceId, parent: stepId, at }),
      );
      spans.push(...tools);
      at = Math.max(...tools.map((span) => span.end)) + r.whole(1, 8);
      context += r.whole(200, 2_500);
    }
    spans.push({
      traceId,
      spanId: stepId,
      parentSpanId: rootId,
      name: `step ${step}`,
      start: stepStart,
      end: at,
      attributes: { 'gen_ai.operation.name': 'step', ...(agent.plans && announced) },
      ...(error ? { error } : {}),
    });
  }
  spans.push({
    traceId,
    spanId: rootId,
    name: `invoke_agent ${agent.name}`,
    start,
    end: at + 2,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent.name,
      'gen_ai.provider.name': model.provider,
      'gen_ai.request.model': model.id,
      'gen_ai.conversation.id': turn.conversation,
      'gen_ai.usage.input_tokens': total.input,
      'gen_ai.usage.output_tokens': total.output,
      'gen_ai.input.messages': message('user', turn.task),
      'user.id': turn.user,
      ...announced,
    },
    ...(failure ? { error: failure, stack: stackOf(...failure, agent.name) } : {}),
  });
  return { service: agent.domain, spans, start, end: at + 2 };
}

interface ChatOptions {
  model: Model;
  traceId: string;
  parent: string;
  at: number;
  context: number;
  turn: Turn;
  error: readonly [string, string] | undefined;
}

function chat(
  r: Random,
  { model, traceId, parent, at, context, turn, error }: ChatOptions,
): { span: Span; input: number; output: number } {
  const output = Math.min(4_000, Math.round(r.spread(180, 0.7)));
  const cached = r.chance(0.6) ? Math.round(context * (0.4 + r.next() * 0.5)) : 0;
  const firstToken = r.spread(380, 0.35);
  const duration = error ? r.spread(4_000, 0.9) : firstToken + (output / model.speed) * 1000;
  const usage: Attributes = error
    ? {}
    : {
        'gen_ai.response.model': model.id,
        'gen_ai.response.id': `resp_${r.hex(20)}`,
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': context,
        'gen_ai.usage.cache_read.input_tokens': cached,
        'gen_ai.usage.output_tokens': output,
        'gen_ai.response.time_to_first_chunk': Math.round(firstToken) / 1000,
      };
  return {
    input: error ? 0 : context,
    output: error ? 0 : output,
    span: {
      traceId,
      spanId: r.hex(16),
      parentSpanId: parent,
      name: `chat ${model.id}`,
      start: at,
      end: at + duration,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': model.provider,
        'gen_ai.request.model': model.id,
        'gen_ai.conversation.id': turn.conversation,
        'gen_ai.agent.name': turn.agent.name,
        'gen_ai.input.messages': message('user', turn.task),
        'user.id': turn.user,
        ...usage,
      },
      ...(error ? { error } : {}),
    },
  };
}

function tool(
  r: Random,
  { agent, traceId, parent, at }: { agent: Agent; traceId: string; parent: string; at: number },
): Span {
  const name = r.pick(agent.tools);
  return {
    traceId,
    spanId: r.hex(16),
    parentSpanId: parent,
    name: `execute_tool ${name}`,
    start: at,
    end: at + r.spread(140, 0.8),
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.id': `call_${r.hex(12)}`,
    },
    ...(r.chance(0.02) ? { error: r.weighted(toolFailures(name)) } : {}),
  };
}

/** What goes wrong in tools: mostly nothing that the run does not get over. */
const toolFailures = (name: string): readonly [Weighted, Weighted] => [
  [['TOOL_FAILED', `${name} answered 500`], 9],
  [['DO_WRITE_FAILED', `The object behind ${name} was not written`], 1],
];

type Weighted = readonly [NonNullable<Span['error']>, number];

const message = (role: string, content: string): string =>
  JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
