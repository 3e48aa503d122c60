import type {
  CleanupRun,
  Execution,
  LiveConversation,
  LiveExecution,
  LiveFailure,
  LiveSession,
  LiveStats,
  LiveUpdate,
  StreamStatus,
  Topic,
} from '@cloudbrain/sdk';
import { Argument } from 'commander';
import type { Context } from '../context.ts';
import { reasonOf } from '../exit.ts';
import { enums } from '../generated/contract.ts';
import { toCount, withDomain } from '../options.ts';
import { clean, jsonLine } from '../output/clean.ts';
import { clock, compact, costOf, count, duration, usd } from '../output/format.ts';
import type { Output } from '../output/output.ts';
import type { Paint } from '../output/paint.ts';
import type { AddCommands } from '../program.ts';
import { severityStyle } from './admin-errors.ts';
import { statusStyle } from './executions.ts';

interface TailOptions {
  domain?: string;
  after?: string;
  count?: number;
}

/** Live events: `tail`. */
export const addTail: AddCommands = (program, runs) => {
  withDomain(program.command('tail'))
    .addArgument(topicsArgument())
    .description('show live events until Ctrl+C')
    .option('--after <id>', 'continue after the event with this id')
    .option('--count <n>', 'stop after this many events', toCount)
    .addHelpText('after', TAIL_HELP)
    .action(runs(tail));
};

/** The server checks topics; those of the contract are proposed. */
function topicsArgument(): Argument {
  const argument = new Argument('[topics...]', 'topics; by default all that your role may see');
  argument.argChoices = [...enums.Topic];
  return argument;
}

const TAIL_HELP = `
A lost connection is restored, and continues after the last event.

Examples:
  cloudbrain tail executions --domain shop.example.com
  cloudbrain tail executions --json | jq .data.execution.status`;

async function tail(context: Context, topics: Topic[], options: TailOptions): Promise<void> {
  const { output, signal } = context;
  const cb = await context.client();
  // A stream waits for a server that is away; at the start of a command that is an error.
  await cb.auth.me();
  const stream = cb.live.subscribe({
    ...(topics.length > 0 && { topics }),
    domain: options.domain,
    lastEventId: options.after,
    // A WebSocket would not go through the proxy.
    ...(context.proxyFor(await context.server()) && { transport: 'sse' }),
    signal,
  });
  stream.on('state', (status) => reportState(output, status));
  let left = options.count ?? Infinity;
  for await (const update of stream) {
    if (update.event === 'hello') {
      output.aside(clean(`Listening: ${update.data.topics.join(', ')}. Press Ctrl+C to stop.`));
      continue;
    }
    if (update.event === 'reset')
      output.note('Some events are missing: the server no longer has them.');
    if (output.json) await output.line(jsonLine(update));
    else if (update.event !== 'reset') await output.line(lineOf(update, output.paint));
    if (--left <= 0) break;
  }
}

function reportState(output: Output, { state, delay = 0, cause }: StreamStatus): void {
  if (state !== 'waiting' || !cause) return;
  output.note(clean(`Connection lost (${reasonOf(cause)}). Retrying in ${duration(delay)}.`));
}

type Writers = {
  [Event in LiveUpdate as Event['event']]?: (event: Event, paint: Paint) => string;
};

/** An event as a line of text; one without an entry is shown as JSON. */
const writers: Writers = {
  execution: ({ data }, paint) => executionLine(data, paint),
  stats: ({ data }) => statsLine(data),
  conversation: ({ data }) => conversationLine(data),
  failure: ({ data }, paint) => failureLine(data, paint),
  session: ({ data }) => sessionLine(data),
  executive: ({ data }) => `changed: ${data.changed.join(', ')}`,
  cleanup: ({ data }) => cleanupLine(data.run),
};

/** As long as the longest event's name. */
const EVENT = 12;
const STATE = 9;
const GONE = 'gone'.padEnd(STATE);

function lineOf(update: LiveUpdate, paint: Paint): string {
  const write = writers[update.event] as ((event: LiveUpdate, paint: Paint) => string) | undefined;
  const text = write?.(update, paint) ?? jsonLine(update.data);
  return `${paint('dim', clock(new Date()))}  ${update.event.padEnd(EVENT)}  ${text}`;
}

function executionLine({ execution, deleted }: LiveExecution['data'], paint: Paint): string {
  const { status, agent, user, domain, model, steps, durationMs, cost, error, id } =
    execution satisfies Execution;
  const state = deleted ? 'part of another' : paint(statusStyle[status], status.padEnd(STATE));
  const parts = [
    agent ?? 'an agent',
    user,
    domain,
    model,
    `${count(steps.done)}/${steps.total === null ? '?' : count(steps.total)} steps`,
    durationMs !== null && duration(durationMs),
    Number(cost.usd) > 0 && usd(cost.usd),
    error && (error.message ?? error.type),
    id,
  ].filter((part) => typeof part === 'string');
  return `${state}  ${parts.map(clean).join('  ')}`;
}

function statsLine({ domain, deltas, changed }: LiveStats['data']): string {
  const sum = (of: (delta: LiveStats['data']['deltas'][number]['delta']) => number): number =>
    deltas.reduce((total, { delta }) => total + of(delta), 0);
  const signed = (value: number, text: string): string | false =>
    value !== 0 && `${value > 0 ? '+' : ''}${text}`;
  const requests = sum((delta) => delta.requests);
  const errors = sum((delta) => delta.errors);
  const tokens = sum((delta) => delta.tokens.total);
  const cost = sum((delta) => Number(delta.cost.usd));
  const parts = [
    signed(requests, `${count(requests)} requests`),
    signed(errors, `${count(errors)} errors`),
    signed(tokens, `${compact(tokens)} tokens`),
    signed(cost, usd(cost.toFixed(6))),
    changed.length > 0 && `changed: ${changed.join(', ')}`,
  ].filter((part) => part !== false);
  return clean([domain, ...parts].join('  '));
}

function conversationLine({ id, domain, conversation }: LiveConversation['data']): string {
  if (!conversation) return joined([GONE, domain, id]);
  const { status, title, user, requests } = conversation;
  const parts = [status.padEnd(STATE), title, user, domain, `${count(requests)} requests`];
  return joined([...parts, costOf(conversation), id]);
}

function failureLine({ error, deleted }: LiveFailure['data'], paint: Paint): string {
  const { severity, source, type, message, domain, agent, model, tool, user, id } = error;
  const state = deleted
    ? 'reported by another'
    : paint(severityStyle[severity], severity.padEnd(STATE));
  return `${state}  ${joined([source, type, message, domain, agent, model, tool, user, id])}`;
}

function sessionLine({ session, deleted }: LiveSession['data']): string {
  const { client, version, user, domain, state, turns, requests, sessionId } = session;
  const by = version === null ? client : `${client} ${version}`;
  const counts = [`${count(turns)} turns`, `${count(requests)} requests`];
  return joined([deleted ? GONE : state.padEnd(STATE), by, user, domain, ...counts, sessionId]);
}

const joined = (parts: readonly (string | null)[]): string =>
  parts
    .filter((part) => part !== null)
    .map(clean)
    .join('  ');

function cleanupLine({ state, dryRun, counts, error }: CleanupRun): string {
  const { previewBundles, tempDirs, objects, logs } = counts;
  const removed = count(previewBundles + tempDirs + objects + logs);
  const what = dryRun ? `would delete ${removed}` : `deleted ${removed}`;
  return joined([state, what, error]);
}
