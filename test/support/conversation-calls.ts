/** Calls about conversations, and what is a party's own in their answers. */
import assert from 'node:assert/strict';
import type { Schemas } from '../../server/contract/index.ts';
import { cells, SHOP, type Cell } from './cells.ts';
import { unlessHidden, type SampleCall } from './sample-calls.ts';
import { visibleTo, type Party, type Tenants } from './tenants.ts';

type Conversation = Schemas['Conversation'];

const idsOf = (some: readonly Cell[]): string[] =>
  some.flatMap(({ marker, requests }) =>
    Array.from({ length: requests }, (_, number) => `${marker}-conversation-${number}`),
  );

/** Exactly these, and no others. */
const checkIds = (told: readonly Conversation[], some: readonly Cell[]): void =>
  assert.deepEqual(told.map(({ id }) => id).sort(), idsOf(some).sort());

const listed = (body: unknown) => (body as Schemas['ConversationPage']).data;

export function conversationListCalls(): SampleCall[] {
  const path = '/api/conversations';
  const filters = (cell: Cell): SampleCall[] =>
    ['user=#-user', 'model=#-model', 'q=%22What of #%22'].map((filter) => ({
      path: `${path}?${filter.replace('#', cell.marker)}`,
      check: (body, party) =>
        checkIds(
          listed(body),
          visibleTo(party).filter((own) => own === cell),
        ),
    }));
  return [
    { path, check: (body, party) => checkIds(listed(body), visibleTo(party)) },
    {
      path: `${path}?timeframe=all&sort=cost`,
      check: (body, party) => checkIds(listed(body), visibleTo(party)),
    },
    {
      path: `${path}?domain=${SHOP}`,
      status: unlessHidden(SHOP),
      check: (body, party) => checkIds(listed(body), visibleTo(party, SHOP)),
    },
    ...cells.flatMap(filters),
  ];
}

export function searchCalls(): SampleCall[] {
  const path = '/api/conversations/search';
  return [
    {
      path: `${path}?q=what&limit=50`,
      check: (body, party) => {
        const { data } = body as Schemas['ConversationHitPage'];
        checkIds(
          data.map(({ conversation }) => conversation),
          visibleTo(party),
        );
      },
    },
  ];
}

const [owned] = cells as [Cell];

/** One of our conversations, as everybody asks for it: who may not see it finds none. */
const one = (what: (id: string) => SampleCall, { marker, ...cell }: Cell = owned): SampleCall[] => [
  {
    status: (party: Party) =>
      visibleTo(party).some((own) => own.marker === marker) ? undefined : 404,
    ...what(`${marker}-conversation-0`),
  },
  {
    ...what(`${marker}-conversation-0?domain=${cell.domain}`),
    status: (party: Party) =>
      unlessHidden(cell.domain)(party) ??
      (visibleTo(party).some((own) => own.marker === marker) ? undefined : 404),
  },
];

const path = (id: string, what: string): string => {
  const [name = '', query] = id.split('?');
  return `/api/conversations/${name}${what}${query === undefined ? '' : `?${query}`}`;
};

export const conversationGetCalls = (): SampleCall[] =>
  one((id) => ({
    path: path(id, ''),
    check: (body) => {
      const { title, domain, requests } = body as Schemas['ConversationDetail'];
      assert.deepEqual([title, domain, requests], ['What of ours-shop?', SHOP, 1]);
    },
  }));

export const messageCalls = (): SampleCall[] =>
  one((id) => ({
    path: path(id, '/messages'),
    check: (body) => {
      const { data } = body as Schemas['MessagePage'];
      assert.deepEqual(
        data.map(({ role }) => role),
        ['user', 'assistant'],
      );
    },
  }));

export const conversationStreamCalls = (): SampleCall[] =>
  one((id) => ({ path: path(id, '/stream') }));

export const conversationExportCalls = (): SampleCall[] =>
  one((id) => ({
    path: path(id, '/export'),
    check: (body) => assert.equal((body as Schemas['ConversationExport']).messages.length, 2),
  }));

export const exportManyCalls = (): SampleCall[] => [
  {
    path: '/api/conversations/export',
    body: { filter: {} },
    check: (body, party) => checkIds(body as Conversation[], visibleTo(party)),
  },
  {
    path: '/api/conversations/export',
    body: { ids: idsOf(cells) },
    check: (body, party) => checkIds(body as Conversation[], visibleTo(party)),
  },
];

export const tagCalls = (): SampleCall[] =>
  one((id) => ({ path: path(id, '/tags'), body: { tags: ['ours-shop-tag'] } }));

export const favoriteCalls = (): SampleCall[] => one((id) => ({ path: path(id, '/favorite') }));

/** Of ids of everybody: what is not a party's own it can't delete, and is not told of. */
export const deleteManyCalls = (_: Tenants, party: Party): SampleCall[] => {
  const ids = idsOf(cells.filter((cell) => !visibleTo(party).includes(cell)));
  return [
    {
      path: '/api/conversations/delete',
      body: { ids },
      check: (body) => {
        const { deleted, missing } = body as Schemas['ConversationsDeleted'];
        assert.deepEqual([deleted, missing.sort()], [[], ids.sort()]);
      },
    },
  ];
};

/** A conversation for each call, too old to be in any other list. */
export async function deleteCalls({ server, workspaceIds }: Tenants): Promise<SampleCall[]> {
  const id = `gone-${crypto.randomUUID()}`;
  const at = '2016-01-01T00:00:00Z';
  await server.store.asSystem((tx) =>
    tx
      .insertInto('conversations')
      .values({
        workspace_id: workspaceIds.ours,
        ...{
          key: id,
          domain: SHOP,
          user_id: null,
          link: 'client',
          first_key: 'none',
          models: '{}',
        },
        ...{ first_at: at, last_at: at, last_message_at: at, requests: 0, linked: 0, errors: 0 },
        ...{ input_tokens: 0, input_told: 0, output_tokens: 0, output_told: 0 },
        ...{ cost_usd: '0', unpriced: 0, deleted_at: null, purged_at: null },
      })
      .execute(),
  );
  return [
    {
      path: `/api/conversations/${id}`,
      status: ({ workspace, domains }) =>
        workspace === 'ours' && (domains?.includes(SHOP) ?? true) ? undefined : 404,
    },
  ];
}
