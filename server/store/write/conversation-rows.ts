/** The rows of `conversations`: what is kept of one, read and written. */
import { sql, type Selectable } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { fromPico, toPico, type Pico } from '../rollups/money.ts';
import type { ConversationLink, ConversationTable } from '../database/schema/conversations.ts';
import { namesOf, overwrite, time, unnest, type Column } from '../database/batch-columns.ts';
import { cleanJson } from '../database/clean.ts';

export interface Place {
  domain: string;
  key: string;
}

/** What is summed over a conversation's requests. */
export interface Sums {
  requests: number;
  linked: number;
  errors: number;
  inputTokens: number;
  inputTold: number;
  outputTokens: number;
  outputTold: number;
  cost: Pico;
  unpriced: number;
  models: Record<string, number>;
}

export interface Conversation extends Place, Sums {
  user: string | null;
  link: ConversationLink;
  firstAt: number;
  firstKey: string;
  lastAt: number;
  lastMessageAt: number;
}

export type Ends = Pick<Conversation, 'user' | 'firstAt' | 'firstKey' | 'lastAt' | 'lastMessageAt'>;

export const idOf = ({ domain, key }: Place): string => JSON.stringify([domain, key]);

export const placeColumns: readonly Column<Place>[] = [
  ['domain', 'text', ({ domain }) => domain],
  ['key', 'text', ({ key }) => key],
];

/** A condition for a table's rows of these places. */
const isIn = (places: readonly Place[]) =>
  sql<boolean>`(${namesOf(placeColumns)}) in (select v.* from ${unnest(placeColumns, places)})`;

export async function loadConversations(
  ws: WorkspaceTx,
  places: readonly Place[],
): Promise<Map<string, Conversation>> {
  const { rows } = await sql<Selectable<ConversationTable>>`
    select * from conversations where ${ws.of()} and ${isIn(places)}`.execute(ws.tx);
  return new Map(
    rows.map((row) => [
      idOf(row),
      {
        key: row.key,
        domain: row.domain,
        user: row.user_id,
        link: row.link,
        firstAt: row.first_at.getTime(),
        firstKey: row.first_key,
        lastAt: row.last_at.getTime(),
        lastMessageAt: row.last_message_at.getTime(),
        requests: row.requests,
        linked: row.linked,
        errors: row.errors,
        inputTokens: row.input_tokens,
        inputTold: row.input_told,
        outputTokens: row.output_tokens,
        outputTold: row.output_told,
        cost: toPico(row.cost_usd),
        unpriced: row.unpriced,
        models: row.models,
      },
    ]),
  );
}

/** First and last request of each conversation, as the table has them now. */
export async function findEnds(
  ws: WorkspaceTx,
  places: readonly Place[],
): Promise<Map<string, Ends>> {
  if (places.length === 0) return new Map();
  const mine = sql`${ws.of('r.workspace_id')} and r.conversation = v.key and r.domain = v.domain`;
  const { rows } = await sql<{
    domain: string;
    key: string;
    user_id: string | null;
    first_at: Date;
    first_key: string;
    last_at: Date;
    last_message_at: Date;
  }>`select v.domain, v.key, first.*, last.*
    from ${unnest(placeColumns, places)}
    cross join lateral (
      select r.user_id, r.started_at as first_at, r.key as first_key
      from requests r where ${mine} order by r.started_at, r.key collate "C" limit 1
    ) first
    cross join lateral (
      select max(r.started_at) as last_at,
        max(r.started_at + round(coalesce(r.latency_ms, 0)) * interval '1 millisecond')
          as last_message_at
      from requests r where ${mine}
    ) last`.execute(ws.tx);
  return new Map(
    rows.map((row) => [
      idOf(row),
      {
        user: row.user_id,
        firstAt: row.first_at.getTime(),
        firstKey: row.first_key,
        lastAt: row.last_at.getTime(),
        lastMessageAt: row.last_message_at.getTime(),
      },
    ]),
  );
}

const columns: readonly Column<Conversation>[] = [
  ...placeColumns,
  ['user_id', 'text', ({ user }) => user],
  ['link', 'text', ({ link }) => link],
  ['first_at', 'timestamptz', ({ firstAt }) => time(firstAt)],
  ['first_key', 'text', ({ firstKey }) => firstKey],
  ['last_at', 'timestamptz', ({ lastAt }) => time(lastAt)],
  ['last_message_at', 'timestamptz', ({ lastMessageAt }) => time(lastMessageAt)],
  ['requests', 'integer', ({ requests }) => requests],
  ['linked', 'integer', ({ linked }) => linked],
  ['errors', 'integer', ({ errors }) => errors],
  ['input_tokens', 'bigint', ({ inputTokens }) => inputTokens],
  ['input_told', 'integer', ({ inputTold }) => inputTold],
  ['output_tokens', 'bigint', ({ outputTokens }) => outputTokens],
  ['output_told', 'integer', ({ outputTold }) => outputTold],
  ['cost_usd', 'numeric', ({ cost }) => fromPico(cost)],
  ['unpriced', 'integer', ({ unpriced }) => unpriced],
  ['models', 'jsonb', ({ models }) => cleanJson(models)],
];

export async function saveConversations(
  ws: WorkspaceTx,
  saved: readonly Conversation[],
  gone: readonly Place[],
): Promise<void> {
  if (saved.length > 0) {
    // One that was deleted stays so, and what has come since is to be purged as well.
    await sql`insert into conversations (workspace_id, ${namesOf(columns)})
      select ${ws.workspaceId}::uuid, v.* from ${unnest(columns, saved)}
      on conflict (workspace_id, domain, key) do update
      set ${overwrite(columns)}, purged_at = null`.execute(ws.tx);
  }
  if (gone.length === 0) return;
  const batch = unnest(placeColumns, gone);
  await sql`delete from conversations t using ${batch}
    where ${ws.of('t.workspace_id')} and t.domain = v.domain and t.key = v.key`.execute(ws.tx);
  await sql`delete from message_places t using ${batch}
    where ${ws.of('t.workspace_id')} and t.domain = v.domain and t.conversation = v.key`.execute(
    ws.tx,
  );
}
