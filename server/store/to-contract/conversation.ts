/** A conversation as the contract tells it: for lists, for a single one, and for live events. */
import type { Schemas } from '../../contract/index.ts';
import { plainUsd } from '../rollups/money.ts';
import type { MessagePart } from '../../model/message.ts';
import type { ConversationLink } from '../database/schema/conversations.ts';
import { MINUTE } from '../time/zones.ts';

/** A conversation whose last message is younger goes on. */
export const ACTIVE_MS = 30 * MINUTE;

/** Characters of a title, and models that are named. */
const TITLE_LENGTH = 120;
const MOST_MODELS = 20;

export type Conversation = Schemas['Conversation'];

/** What `conversationOf` reads. */
export interface ConversationRow {
  key: string;
  domain: string;
  user_id: string | null;
  link: ConversationLink;
  first_at: Date;
  last_message_at: Date;
  requests: number;
  errors: number;
  input_tokens: number;
  input_told: number;
  output_tokens: number;
  output_told: number;
  cost_usd: string;
  unpriced: number;
  models: Record<string, number>;
  /** The first message of the user that has a text; where there is none, the first task. */
  asked: MessagePart[] | null;
  task: string | null;
  tags: string[];
  favorite: boolean | null;
}

/** @param now epoch ms */
export function conversationOf(row: ConversationRow, now: number): Conversation {
  return {
    id: row.key,
    domain: row.domain,
    user: row.user_id,
    title: titleOf(row),
    status: now - row.last_message_at.getTime() < ACTIVE_MS ? 'active' : 'ended',
    link: row.link,
    startedAt: row.first_at.toISOString(),
    lastMessageAt: row.last_message_at.toISOString(),
    requests: row.requests,
    errors: row.errors,
    models: Object.entries(row.models)
      .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
      .slice(0, MOST_MODELS)
      .map(([model]) => model),
    tokens: {
      input: row.input_told > 0 ? row.input_tokens : null,
      output: row.output_told > 0 ? row.output_tokens : null,
    },
    cost: { usd: plainUsd(row.cost_usd), unpricedRequests: row.unpriced },
    tags: row.tags,
    favorite: row.favorite,
  };
}

function titleOf({ asked, task }: Pick<ConversationRow, 'asked' | 'task'>): string | null {
  const texts = asked?.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const title = (texts?.join(' ') ?? task ?? '').slice(0, 1_000).replaceAll(/\s+/g, ' ').trim();
  if (title === '') return null;
  if (title.length <= TITLE_LENGTH) return title;
  return `${title
    .slice(0, TITLE_LENGTH - 1)
    .toWellFormed()
    .trimEnd()}…`;
}
