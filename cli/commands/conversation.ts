import type { ConversationDetail, Message, MessagePart } from '@cloudbrain/sdk';
import type { Command } from 'commander';
import type { Context, Runs } from '../context.ts';
import { defined, type Limits, pagesFor, withLimit } from '../options.ts';
import { clean, cleanLines, jsonLine } from '../output/clean.ts';
import { compact, costOf, count, duration, time, usd } from '../output/format.ts';
import type { Paint } from '../output/paint.ts';
import { pairs } from '../output/table.ts';
import { type PlaceOptions, withPlace } from './conversations-options.ts';
import { unknown } from './unknown.ts';

/** One conversation: `conversations get`, `conversations messages`. */
export function addConversation(family: Command, runs: Runs): void {
  withPlace(family.command('get').argument('<id>', 'its id'))
    .description('one conversation with quality figures')
    .action(runs(get));
  withLimit(withPlace(family.command('messages').argument('<id>', 'its id')))
    .description('the messages of a conversation, oldest first')
    .action(runs(messages));
}

async function get(context: Context, id: string, { domain }: PlaceOptions): Promise<void> {
  const cb = await context.client();
  await context.output.show(await cb.conversations.get(id, defined({ domain })), detail);
}

function detail(it: ConversationDetail): string {
  const { quality, tokens } = it;
  const { p50, p95 } = quality.timeToFirstTokenMs;
  const rows: [name: string, value: string | null][] = [
    ['id', it.id],
    ['title', it.title],
    ['status', it.status],
    ['domain', it.domain],
    ['user', it.user],
    ['models', it.models.join(', ') || null],
    ['tags', it.tags.join(', ') || null],
    ['started', time(it.startedAt)],
    ['last message', time(it.lastMessageAt)],
    ['requests', count(it.requests)],
    ['errors', count(it.errors)],
    ['tokens', `${compact(tokens.input)} in, ${compact(tokens.output)} out`],
    ['cost', costOf(it)],
    ['branches', it.branches.length > 0 ? count(it.branches.length) : null],
    ['turns', count(quality.turns)],
    ['retries by user', count(quality.userRetries)],
    ['abandoned', quality.abandoned ? 'yes' : 'no'],
    ['first token', p50 === null ? null : `${duration(p50)} p50, ${duration(p95)} p95`],
  ];
  const known = rows.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  return [pairs(known), ...it.unavailable.map(unknown)].join('\n');
}

type MessagesOptions = PlaceOptions & Limits;

async function messages(context: Context, id: string, options: MessagesOptions): Promise<void> {
  const cb = await context.client();
  const { output } = context;
  const { limit, pageSize } = pagesFor(options);
  const query = { ...defined({ domain: options.domain }), limit: pageSize };
  await output.list(cb.conversations.listMessages(id, query), {
    text: (message) => messageText(message, output.paint),
    limit,
    empty: 'No messages found.',
  });
}

function messageText(it: Message, paint: Paint): string {
  const head = [
    time(it.at),
    it.agent ?? it.model,
    it.branch !== null && `branch ${it.branch}`,
    it.latencyMs !== null && duration(it.latencyMs),
    it.cost !== null && usd(it.cost.usd),
  ].filter((part) => typeof part === 'string');
  const { error } = it;
  const parts = it.parts?.map(partText) ?? [];
  // A failed call has no content.
  if (it.parts === null && !error) {
    const length = it.length === null ? 'the content' : `${count(it.length)} characters`;
    parts.push(paint('dim', `(the client did not send ${length})`));
  }
  if (error) parts.push(paint('red', clean(`${error.type}: ${error.message ?? ''}`)));
  const body = parts.join('\n').replaceAll(/^/gm, '  ');
  return `${paint('bold', it.role)}  ${paint('dim', clean(head.join('  ')))}\n${body}\n`;
}

function partText(part: MessagePart): string {
  switch (part.type) {
    case 'text':
      return cleanLines(part.text);
    case 'reasoning':
      return `(thinks) ${cleanLines(part.text)}`;
    case 'tool_call':
      return `(calls ${clean(part.name)}) ${jsonLine(part.arguments)}`;
    case 'tool_result':
      return `(result of ${clean(part.name ?? 'a tool')}) ${jsonLine(part.result)}`;
    case 'other':
      return `(${clean(part.kind)})`;
  }
}
