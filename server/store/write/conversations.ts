/**
 * Keeps `conversations` current as requests come and go. One belongs to a domain: ids of two
 * applications, which may both count from 1, are not of the same.
 */
import { ERASED } from '../../model/erased.ts';
import type { WorkspaceTx } from '../database/database.ts';
import { toPico } from '../rollups/money.ts';
import type { ConversationLink } from '../database/schema/conversations.ts';
import {
  findEnds,
  idOf,
  loadConversations,
  saveConversations,
  type Conversation,
  type Ends,
  type Place,
  type Sums,
} from './conversation-rows.ts';
import type { Deltas } from '../rollups/deltas.ts';
import type { CountedRequest } from '../rollups/counted.ts';
import type { Tombstones } from './erasure/tombstones.ts';
import type { RequestChanges } from './requests.ts';

interface Change extends Place {
  added: CountedRequest[];
  removed: CountedRequest[];
}

interface ConversationChanges {
  saved: Conversation[];
  gone: Place[];
}

/** Runs after the requests are written: where the first or last is gone, they tell the next. */
export async function updateConversations(
  ws: WorkspaceTx,
  { added, removed, moved }: RequestChanges,
  deltas: Deltas,
  tombstones: Tombstones,
): Promise<ConversationChanges> {
  const touched = new Map<string, Change>();
  const changeOf = ({ domain, conversation }: CountedRequest): Change | null => {
    if (conversation === null) return null;
    const place = { domain, key: conversation };
    const change = touched.get(idOf(place)) ?? { ...place, added: [], removed: [] };
    touched.set(idOf(place), change);
    return change;
  };
  for (const request of added) changeOf(request)?.added.push(request);
  for (const request of removed) changeOf(request)?.removed.push(request);
  for (const { before, after } of moved) {
    changeOf(before)?.removed.push(before);
    changeOf(after)?.added.push(after);
  }
  if (touched.size === 0) return { saved: [], gone: [] };

  const stored = await loadConversations(ws, [...touched.values()]);
  const ragged = [...touched.values()].filter((change) => {
    const before = stored.get(idOf(change));
    return change.removed.some(
      (request) =>
        request.key === before?.firstKey ||
        request.startedAt === before?.lastAt ||
        answeredAt(request) === before?.lastMessageAt,
    );
  });
  const ends = await findEnds(ws, ragged);
  const saved: Conversation[] = [];
  const gone: Place[] = [];
  for (const [id, change] of touched) {
    const before = stored.get(id) ?? null;
    const sums = sumOf(before, change);
    const known = ragged.includes(change) ? (ends.get(id) ?? null) : before;
    const last = sums.requests > 0 ? extend(change, known) : null;
    const { domain, key } = change;
    const after = last && { domain, key, ...last, ...sums, link: linkOf(change, before, sums) };
    if (after) saved.push(after);
    else if (before) gone.push(before);
    if (before) deltas.addConversation(before, -1);
    if (after) deltas.addConversation(after, 1);
  }
  const unnamed = await withoutErased(saved, tombstones);
  await saveConversations(ws, unnamed, gone);
  return { saved: unnamed, gone };
}

/** A request that begins a conversation may still name a user that is being erased. */
async function withoutErased(
  conversations: readonly Conversation[],
  tombstones: Tombstones,
): Promise<Conversation[]> {
  await tombstones.look(conversations.map(({ user }) => user));
  return conversations.map((each) =>
    tombstones.has(each.user) ? { ...each, user: ERASED } : each,
  );
}

function extend({ added }: Change, known: Ends | null): Ends | null {
  let ends = known;
  for (const request of added) {
    const { key: firstKey, startedAt, user } = request;
    const messageAt = answeredAt(request);
    const isFirst =
      !ends || startedAt < ends.firstAt || (startedAt === ends.firstAt && firstKey < ends.firstKey);
    const first = isFirst || !ends ? { user, firstAt: startedAt, firstKey } : ends;
    const lastAt = Math.max(ends?.lastAt ?? startedAt, startedAt);
    const lastMessageAt = Math.max(ends?.lastMessageAt ?? messageAt, messageAt);
    ends = { ...first, lastAt, lastMessageAt };
  }
  return ends;
}

const answeredAt = ({ startedAt, latencyMs }: CountedRequest): number =>
  startedAt + Math.round(latencyMs ?? 0);

function sumOf(before: Sums | null, { added, removed }: Change): Sums {
  const { requests, linked, errors, inputTokens, inputTold, outputTokens } = before ?? nothing;
  const { outputTold, cost, unpriced, models } = before ?? nothing;
  const tokens = { inputTokens, inputTold, outputTokens, outputTold };
  const sums: Sums = { requests, linked, errors, ...tokens, cost, unpriced, models: { ...models } };
  for (const request of removed) count(sums, request, -1);
  for (const request of added) count(sums, request, 1);
  return sums;
}

const nothing: Sums = {
  requests: 0,
  linked: 0,
  errors: 0,
  inputTokens: 0,
  inputTold: 0,
  outputTokens: 0,
  outputTold: 0,
  cost: 0n,
  unpriced: 0,
  models: {},
};

function count(sums: Sums, { link, failed, usage, costUsd, model }: CountedRequest, sign: 1 | -1) {
  sums.requests += sign;
  if (link === 'history') sums.linked += sign;
  if (failed) sums.errors += sign;
  if (costUsd === null) sums.unpriced += sign;
  else sums.cost += BigInt(sign) * toPico(costUsd);
  const input = [usage?.uncachedInput, usage?.cacheRead, usage?.cacheWrite].filter(
    (tokens) => tokens != null,
  );
  if (input.length > 0) sums.inputTold += sign;
  sums.inputTokens += sign * input.reduce((sum, tokens) => sum + tokens, 0);
  if (usage?.output != null) sums.outputTold += sign;
  sums.outputTokens += sign * (usage?.output ?? 0);
  const left = (sums.models[model] ?? 0) + sign;
  if (left > 0) sums.models[model] = left;
  else Reflect.deleteProperty(sums.models, model);
}

function linkOf(
  { added }: Change,
  before: Conversation | null,
  { linked }: Sums,
): ConversationLink {
  const isClients = before?.link === 'client' || added.some(({ link }) => link === 'client');
  if (isClients) return 'client';
  return linked > 0 ? 'history' : 'trace';
}
