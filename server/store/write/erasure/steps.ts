/**
 * How a user is erased: one step after the other, each in chunks of bounded size. Whatever a step
 * has done once it finds no more, so that it can be run again after an interruption.
 */
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { ERASED } from '../../../model/erased.ts';
import { cliSessionOf } from '../../to-contract/cli-session.ts';
import { executionOf } from '../../to-contract/execution.ts';
import { loggedErrorOf } from '../../to-contract/logged-error.ts';
import type { WorkspaceTx } from '../../database/database.ts';
import type { CliSessionTable, ErrorTable } from '../../database/schema/admin.ts';
import type { ExecutionTable } from '../../database/schema/telemetry.ts';
import { appendEvents, type NewEvent } from '../../outbox.ts';
import { removed } from '../conversation-events.ts';
import { idOf, type Place } from '../conversation-rows.ts';
import { hideConversations, hideTexts } from '../deletion/hiding.ts';
import { hideTextsOutside } from '../deletion/hiding-outside.ts';
import { CHUNK as PURGED, purgeChunk } from '../deletion/purge.ts';
import { forgetMessages } from '../message-bodies.ts';
import { loadScopes } from '../observations.ts';
import { moveSums } from './sums.ts';
import { silenceScopes } from './silence.ts';
import { Tombstones } from './tombstones.ts';

/** What one chunk has done. */
export interface Chunk {
  /** Where the next chunk starts; `null`: the step is done. */
  next: string | null;
  conversations?: number;
  requests?: number;
  events?: readonly NewEvent[];
}

type Step = (ws: WorkspaceTx, user: string, position: string, now: number) => Promise<Chunk>;

const ROWS = 500;
/** Of rows that may be of as many conversations, each of which is hidden whole. */
const HIDDEN = PURGED;
const EVENTS = 5_000;
const OBSERVATIONS = 5_000;

const DONE: Chunk = { next: null };
const more = (count: number, limit: number): string | null => (count < limit ? null : '');

/** Hides conversations that are not hidden yet. */
async function hideAll(
  ws: WorkspaceTx,
  rows: readonly { domain: string; conversation: string | null }[],
  now: number,
): Promise<Pick<Chunk, 'conversations' | 'events'>> {
  const places = new Map<string, Place>();
  for (const { domain, conversation } of rows) {
    if (conversation === null) continue;
    const place = { domain, key: conversation };
    places.set(idOf(place), place);
  }
  const hidden = await hideConversations(ws, [...places.values()], now);
  await hideTexts(ws, [...places.values()]);
  return { conversations: hidden.length, events: hidden.map(removed) };
}

const conversations: Step = async (ws, user, _position, now) => {
  const { rows } = await sql<{ domain: string; conversation: string }>`
    update conversations set user_id = ${ERASED}, purged_at = null
    where ${ws.of()} and (domain, key) in (
      select domain, key from conversations where ${ws.of()} and user_id = ${user} limit ${HIDDEN})
    returning domain, key as conversation`.execute(ws.tx);
  return { next: more(rows.length, HIDDEN), ...(await hideAll(ws, rows, now)) };
};

const textsOutside: Step = async (ws, user, position) => ({
  next: await hideTextsOutside(ws, user, position),
});

/** Gives some rows of a table with an `id` to the erased user. */
async function rename<Row>(
  ws: WorkspaceTx,
  user: string,
  table: string,
  limit: number,
): Promise<Row[]> {
  const name = sql.table(table);
  const { rows } = await sql<Row>`update ${name} set user_id = ${ERASED}
    where ${ws.of()} and id in (
      select id from ${name} where ${ws.of()} and user_id = ${user} limit ${limit})
    returning *`.execute(ws.tx);
  return rows;
}

const eventOf = (topic: NewEvent['topic'], domain: string, payload: object): NewEvent => ({
  domain,
  topic,
  payload: { ...payload, deleted: false },
});

const executions: Step = async (ws, user, _position, now) => {
  const rows = await rename<Selectable<ExecutionTable>>(ws, user, 'executions', HIDDEN);
  const { conversations: count, events = [] } = await hideAll(ws, rows, now);
  const changed = rows.map((row) => {
    const execution = executionOf({ ...row, error_message: null });
    return eventOf('executions', row.domain, { execution });
  });
  return {
    next: more(rows.length, HIDDEN),
    conversations: count ?? 0,
    events: [...events, ...changed],
  };
};

const errors: Step = async (ws, user, _position, now) => {
  const rows = await rename<Selectable<ErrorTable>>(ws, user, 'errors', HIDDEN);
  const { conversations: count, events = [] } = await hideAll(ws, rows, now);
  const changed = rows.map((row) => {
    const error = loggedErrorOf({ ...row, message: null, has_stack: false });
    return eventOf('errors', row.domain, { error });
  });
  return {
    next: more(rows.length, HIDDEN),
    conversations: count ?? 0,
    events: [...events, ...changed],
  };
};

const sessions: Step = async (ws, user) => {
  const rows = await rename<Selectable<CliSessionTable>>(ws, user, 'cli_sessions', ROWS);
  const events = rows.map((row) => eventOf('sessions', row.domain, { session: cliSessionOf(row) }));
  return { next: more(rows.length, ROWS), events };
};

const requests: Step = async (ws, user, _position, now) => {
  const { rows } = await sql<{
    domain: string;
    conversation: string | null;
    messages: string[];
  }>`
    with mine as (
      select started_at, key, input_messages || output_messages as messages from requests
      where ${ws.of()} and user_id = ${user} order by started_at, key limit ${HIDDEN})
    update requests r set user_id = ${ERASED},
      input_messages = case when r.conversation is null then '[]' else r.input_messages end,
      output_messages = case when r.conversation is null then '[]' else r.output_messages end
    from mine
    where ${ws.of('r.workspace_id')} and r.started_at = mine.started_at and r.key = mine.key
    returning r.domain, r.conversation, mine.messages`.execute(ws.tx);
  const alone = rows.filter(({ conversation }) => conversation === null);
  await forgetMessages(
    ws,
    alone.flatMap(({ messages }) => messages),
  );
  const hidden = await hideAll(ws, rows, now);
  return { next: more(rows.length, HIDDEN), requests: rows.length, ...hidden };
};

/** Sums stay, as the erased user's. Those who watch ask for users again. */
const sums: Step = async (ws, user) => {
  const domains = await moveSums(ws, user);
  const events = domains.map((domain): NewEvent => {
    return { domain, topic: 'stats', payload: { domain, deltas: [], changed: ['users'] } };
  });
  return { ...DONE, events };
};

/** Where each topic's events name a user. */
const USERS = [
  ['executions', '{execution,user}', '{execution,error,message}'],
  ['errors', '{error,user}', '{error,message}'],
  ['sessions', '{session,user}', null],
] as const;

/** Events stay in the outbox, without the name and what was said: readers keep their place. */
const events: Step = async (ws, user, position) => {
  const after = Number(position);
  const { rows } = await sql<{ id: number }>`select max(id) as id from (
    select id from live_events where ${ws.of()} and id > ${after} order by id limit ${EVENTS}) part
    having max(id) is not null`.execute(ws.tx);
  const last = rows[0]?.id;
  if (last === undefined) return DONE;
  const range = sql`${ws.of()} and id > ${after} and id <= ${last}`;
  await sql`update live_events set payload = jsonb_set(payload, '{conversation}', 'null')
    where ${range} and topic = 'conversations'
      and payload #>> '{conversation,user}' = ${user}`.execute(ws.tx);
  for (const [topic, name, text] of USERS) {
    const named: RawBuilder<unknown> = sql`jsonb_set(payload, ${name}::text[],
      to_jsonb(${ERASED}::text))`;
    const said =
      text === null
        ? named
        : sql`case when payload #>> ${text}::text[] is null then ${named}
            else jsonb_set(${named}, ${text}::text[], 'null') end`;
    await sql`update live_events set payload = ${said}
      where ${range} and topic = ${topic} and payload #>> ${name}::text[] = ${user}`.execute(ws.tx);
  }
  return { next: String(last) };
};

/** Answers that are kept for repetitions are sealed: what may hold a conversation goes. */
const answers: Step = async (ws) => {
  await sql`delete from idempotency_keys
    where ${ws.of()} and operation like 'conversations.%' and answer is not null`.execute(ws.tx);
  return DONE;
};

const histories: Step = async (ws, user) => {
  const { numAffectedRows: marks } = await sql`update history_marks set user_id = ${ERASED}
    where ${ws.of()} and (key, side, hash) in (select key, side, hash from history_marks
      where ${ws.of()} and user_id = ${user} limit ${ROWS})`.execute(ws.tx);
  const { numAffectedRows: rows } = await sql`update histories set user_id = ${ERASED}
    where ${ws.of()} and key in (select key from histories
      where ${ws.of()} and user_id = ${user} limit ${ROWS})`.execute(ws.tx);
  return { next: more(Math.max(Number(marks ?? 0), Number(rows ?? 0)), ROWS) };
};

/** Whatever names the user, also where nothing was derived from it. */
const observations: Step = async (ws, user, position) => {
  const { rows } = await sql<{ key: string; scope: string; mine: boolean }>`
    select key, scope, coalesce(data ->> 'user' = ${user}, false) as mine from observations
    where ${ws.of()} and key > ${position} order by key limit ${OBSERVATIONS}`.execute(ws.tx);
  const scopes = [...new Set(rows.flatMap(({ scope, mine }) => (mine ? [scope] : [])))];
  if (scopes.length > 0) {
    const tombstones = await Tombstones.load(ws);
    const { unsaid } = await silenceScopes(ws, tombstones, await loadScopes(ws, scopes));
    await forgetMessages(ws, unsaid);
  }
  return { next: rows.length < OBSERVATIONS ? null : (rows.at(-1)?.key ?? null) };
};

/** What was said in the conversations. */
const purge: Step = async (ws, _user, _position, now) => ({
  next: more(await purgeChunk(ws, now), PURGED),
});

/** Steps are numbered in the database: one that is added goes to the end, before `purge`. */
export const STEPS: readonly Step[] = [
  conversations,
  textsOutside,
  executions,
  errors,
  sessions,
  requests,
  events,
  sums,
  answers,
  histories,
  observations,
  purge,
];

/** After so many nothing that can be asked for names the user. */
export const HIDDEN_AFTER = STEPS.indexOf(answers) + 1;

export async function runChunk(
  ws: WorkspaceTx,
  step: number,
  user: string,
  position: string,
  now: number,
): Promise<Chunk & { lastEventId: number | null }> {
  const chunk = (await STEPS[step]?.(ws, user, position, now)) ?? DONE;
  return { ...chunk, lastEventId: await appendEvents(ws, chunk.events ?? []) };
}
