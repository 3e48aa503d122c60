import { failures, stackOf, users, type Agent, type Helper, type Model } from './cast.ts';
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
  /** What was said before, the instructions first. */
  history: readonly Message[];
}

type Part =
  | { type: 'text'; content: string }
  | { type: 'tool_call'; id: string; name: string; arguments: object }
  | { type: 'tool_call_response'; id: string; response: unknown };

interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  parts: Part[];
}

/** A user's conversation is one to four runs that share an id. */
export function conversation(r: Random, agent: Agent, start: number): Run[] {
  const user = r.pick(users);
  const id = `conv-${r.hex(10)}`;
  const runs: Run[] = [];
  // Where only what was said ties a conversation, no two may be the same.
  const reference = agent.namesConversation ? '' : ` Batch ${r.whole(1_000, 99_999)}.`;
  let task = r.pick(agent.tasks) + reference;
  let history: readonly Message[] = [text('system', agent.instructions)];
  let at = start;
  const count = r.weighted([
    [1, 5],
    [2, 3],
    [3, 2],
    [4, 1],
  ]);
  for (let index = 0; index < count; index++) {
    const { run, said } = agentRun(r, { agent, user, conversation: id, task, history }, at);
    runs.push(run);
    at = run.end + r.spread(40_000, 0.8);
    history = said;
    // Now and then somebody asks the same again.
    if (!r.chance(0.08)) task = r.pick(agent.followUps);
  }
  return runs;
}

function agentRun(r: Random, turn: Turn, start: number): { run: Run; said: readonly Message[] } {
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
  let said: readonly Message[] = [...turn.history, text('user', turn.task)];

  for (let step = 1; step <= steps; step++) {
    const stepId = r.hex(16);
    const stepStart = at;
    const last = step === steps;
    const error = last ? failure : undefined;
    const wanted = last
      ? []
      : Array.from({ length: r.whole(1, 4) }, () => toolCall(r, agent.tools));
    const reply: Message = last
      ? text('assistant', r.pick(agent.answers))
      : { role: 'assistant', parts: wanted };
    const caller = agent.name;
    const place = { traceId, parent: stepId, at: at + 1 };
    const call = chat(r, { model, ...place, caller, context, turn, error, said, reply });
    said = error ? said : [...said, reply];
    spans.push(call.span);
    total.input += call.input;
    total.output += call.output;
    at = call.span.end + r.whole(1, 8);
    if (!last) {
      // Tools of one step run side by side, as agents call them.
      const tools = wanted.map((call) => tool(r, { call, traceId, parent: stepId, at }));
      spans.push(...tools);
      said = [...said, ...wanted.map(({ id }) => toolResult(id))];
      at = Math.max(...tools.map((span) => span.end)) + r.whole(1, 8);
      if (agent.helper && r.chance(agent.helper.share)) {
        const helped = help(r, agent.helper, { traceId, parent: stepId, at, context, turn });
        spans.push(...helped);
        at = Math.max(...helped.map((span) => span.end)) + r.whole(1, 8);
      }
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
      'gen_ai.conversation.id': agent.namesConversation ? turn.conversation : undefined,
      'gen_ai.usage.input_tokens': total.input,
      'gen_ai.usage.output_tokens': total.output,
      'gen_ai.input.messages': JSON.stringify([text('user', turn.task)]),
      'user.id': turn.user,
      'cloudbrain.team': agent.team,
      ...announced,
    },
    ...(failure ? { error: failure, stack: stackOf(...failure, agent.name) } : {}),
  });
  return { run: { service: agent.domain, spans, start, end: at + 2 }, said };
}

interface Place {
  traceId: string;
  parent: string;
  at: number;
}

/** A run of an agent within another's: it asks its own model, and uses its own tools. */
function help(
  r: Random,
  { name, model, tools }: Helper,
  { context, turn, ...place }: Place & { context: number; turn: Turn },
): Span[] {
  const { traceId } = place;
  const spanId = r.hex(16);
  const failed = r.chance(0.03);
  const error = failed ? r.pick(failures) : undefined;
  const inside = { traceId, parent: spanId };
  const wanted = toolCall(r, tools);
  const used = tool(r, { call: wanted, ...inside, at: place.at + r.whole(1, 5) });
  const call = chat(r, {
    model,
    ...inside,
    at: used.end + 1,
    caller: name,
    context: Math.round(context / 3),
    turn,
    error,
    // A helper hears of the task alone, and of what its tool has found.
    said: [text('user', turn.task), { role: 'assistant', parts: [wanted] }, toolResult(wanted.id)],
    reply: text('assistant', r.pick(turn.agent.answers)),
  });
  const end = call.span.end + r.whole(1, 5);
  const agent: Span = {
    traceId,
    spanId,
    parentSpanId: place.parent,
    name: `invoke_agent ${name}`,
    start: place.at,
    end,
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name },
    ...(error ? { error } : {}),
  };
  return [used, call.span, agent];
}

interface ChatOptions extends Place {
  model: Model;
  /** The agent's name. */
  caller: string;
  context: number;
  turn: Turn;
  error: readonly [string, string] | undefined;
  said: readonly Message[];
  reply: Message;
}

function chat(
  r: Random,
  { model, traceId, parent, at, caller, context, turn, error, said, reply }: ChatOptions,
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
        'gen_ai.response.finish_reasons': [reply.parts[0]?.type === 'text' ? 'stop' : 'tool_calls'],
        'gen_ai.output.messages': JSON.stringify([reply]),
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
        'gen_ai.conversation.id': turn.agent.namesConversation ? turn.conversation : undefined,
        'gen_ai.agent.name': caller,
        'gen_ai.input.messages': JSON.stringify(said),
        'user.id': turn.user,
        'cloudbrain.team': turn.agent.team,
        ...usage,
      },
      ...(error ? { error } : {}),
    },
  };
}

function tool(r: Random, { call, traceId, parent, at }: Place & { call: ToolCall }): Span {
  const { name } = call;
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
      'gen_ai.tool.call.id': call.id,
    },
    ...(r.chance(0.02) ? { error: r.weighted(toolFailures(name)) } : {}),
  };
}

type ToolCall = Extract<Part, { type: 'tool_call' }>;

const toolCall = (r: Random, tools: Agent['tools']): ToolCall => ({
  type: 'tool_call',
  id: `call_${r.hex(12)}`,
  name: r.pick(tools),
  arguments: { limit: r.whole(1, 20) },
});

const toolResult = (id: string): Message => ({
  role: 'tool',
  parts: [{ type: 'tool_call_response', id, response: { ok: true } }],
});

const text = (role: Message['role'], content: string): Message => ({
  role,
  parts: [{ type: 'text', content }],
});

/** What goes wrong in tools: mostly nothing that the run does not get over. */
const toolFailures = (name: string): readonly [Weighted, Weighted] => [
  [['TOOL_FAILED', `${name} answered 500`], 9],
  [['DO_WRITE_FAILED', `The object behind ${name} was not written`], 1],
];

type Weighted = readonly [NonNullable<Span['error']>, number];
