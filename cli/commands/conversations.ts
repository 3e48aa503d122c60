import type {
  Conversation,
  ConversationHit,
  ConversationsQuery,
  ConversationStatus,
} from '@cloudbrain/sdk';
import { Option } from 'commander';
import type { Context } from '../context.ts';
import { choices } from '../generated/contract.ts';
import {
  defaultCommand,
  defined,
  type DomainOptions,
  type Limits,
  type Period,
  pagesFor,
  periodOf,
  withDomain,
  withLimit,
  withPeriod,
} from '../options.ts';
import { clean, cleanLines } from '../output/clean.ts';
import { costOf, count, time } from '../output/format.ts';
import type { Paint, Style } from '../output/paint.ts';
import type { Column } from '../output/table.ts';
import type { AddCommands } from '../program.ts';
import { addConversation } from './conversation.ts';
import { addDelete } from './conversations-delete.ts';
import { addExport } from './conversations-export.ts';
import { filterOf, type FilterOptions, withFilter } from './conversations-options.ts';

type ListOptions = FilterOptions & Limits & Pick<ConversationsQuery, 'favorite' | 'sort' | 'order'>;

type SearchOptions = Period & Limits & DomainOptions;

/** Conversations: `conversations list`, `search`, `get`, `messages` and so on. */
export const addConversations: AddCommands = (program, runs) => {
  const family = program
    .command('conversations')
    .description('conversations between users and agents');
  withLimit(withFilter(defaultCommand(family, 'list')))
    .description('conversations, latest message first (the default)')
    .option('--favorite', "only the account's favourites")
    .addOption(
      new Option('--sort <by>', 'order; last_message by default').choices(
        choices['conversations.list'].sort,
      ),
    )
    .addOption(
      new Option('--order <way>', 'direction; desc by default').choices(
        choices['conversations.list'].order,
      ),
    )
    .addHelpText('after', LIST_HELP)
    .action(runs(list));
  withLimit(withDomain(withPeriod(family.command('search').argument('<words...>', SEARCHED))))
    .description('search messages, latest first')
    .addHelpText('after', SEARCH_HELP)
    .action(runs(search));
  addConversation(family, runs);
  addExport(family, runs);
  addDelete(family, runs);
};

const LIST_HELP = `
Lists conversations with activity in the period, whenever they started.

Examples:
  cloudbrain conversations --timeframe 7d --tag refund
  cloudbrain conversations list --sort cost --limit 10`;

const SEARCHED = 'words, "a phrase", or, -excluded';

const SEARCH_HELP = `
Examples:
  cloudbrain conversations search refund --timeframe 30d
  cloudbrain conversations search -- '"my order"' -refund`;

async function list(context: Context, options: ListOptions): Promise<void> {
  const cb = await context.client();
  const { limit, pageSize } = pagesFor(options);
  const { domain, timezone, favorite, sort, order } = options;
  const query = { ...filterOf(options), domain, timezone, favorite, sort, order };
  const first = cb.conversations.list({ ...defined(query), limit: pageSize });
  await context.output.list(first, { columns, limit, empty: 'No conversations found.' });
}

const styles: Record<ConversationStatus, Style> = { active: 'green', ended: 'dim' };

const columns: readonly Column<Conversation>[] = [
  { title: 'last message', value: ({ lastMessageAt }) => time(lastMessageAt) },
  { title: 'status', value: ({ status }) => status, style: ({ status }) => styles[status] },
  { title: 'title', value: ({ title }) => title ?? '-', cut: true, leaveOut: 5 },
  { title: 'domain', value: ({ domain }) => domain, cut: true, leaveOut: 3 },
  { title: 'user', value: ({ user }) => user ?? '-', cut: true, leaveOut: 4 },
  { title: 'requests', value: ({ requests }) => count(requests), right: true, leaveOut: 1 },
  { title: 'cost', value: costOf, right: true, leaveOut: 2 },
  { title: 'id', value: ({ id }) => id },
];

async function search(context: Context, words: string[], options: SearchOptions): Promise<void> {
  const cb = await context.client();
  const { limit, pageSize } = pagesFor(options);
  const first = cb.conversations.search({
    ...periodOf(options),
    q: words.join(' '),
    limit: pageSize,
  });
  const { output } = context;
  const text = (hit: ConversationHit): string => hitText(hit, output.paint);
  await output.list(first, { text, limit, empty: 'No messages found.' });
}

function hitText({ at, role, snippet, conversation }: ConversationHit, paint: Paint): string {
  const { id, domain, user } = conversation;
  const head = [time(at), domain, user, id].filter((part) => part !== null);
  const found = snippet.map(({ text, match }) => {
    const shown = cleanLines(text).replaceAll('\n', ' ');
    return match ? paint(['bold', 'yellow'], shown) : shown;
  });
  return `${paint('bold', role)}  ${paint('dim', clean(head.join('  ')))}\n  ${found.join('')}\n`;
}
