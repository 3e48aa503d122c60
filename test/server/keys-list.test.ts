/** The list of keys, and how many there may be. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Schemas } from '../../server/contract/index.ts';
import { MAX_KEYS } from '../../server/store/tenancy/keys.ts';
import { TestServer } from '../support/server.ts';

type Page = Schemas['KeyPage'];

let server: TestServer;
before(async () => {
  server = await TestServer.start();
});
after(() => server.close());

interface Workspace {
  id: string;
  /** The key of an admin, the workspace's first. */
  token: string;
}

async function newWorkspace(): Promise<Workspace> {
  const id = await server.tenancy.createWorkspace(randomUUID());
  return { id, token: await server.apiKey('admin', { workspaceId: id }) };
}

const create = ({ token }: Workspace, changes: object = {}) =>
  server.call<Schemas['IssuedKey']>('/api/keys', {
    token,
    body: { kind: 'api', name: 'listed', role: 'viewer', ...changes },
  });

const end = ({ token }: Workspace, id: string) =>
  server.call(`/api/keys/${id}`, { method: 'DELETE', token });

async function page({ token }: Workspace, query: string): Promise<Page> {
  const { status, body } = await server.call<Page>(`/api/keys?${query}`, { token });
  assert.equal(status, 200);
  return body;
}

const idsOf = ({ data }: Page): string[] => data.map(({ id }) => id);

describe('the list of keys', () => {
  test('has every key once, newest first, page by page in both directions', async () => {
    const workspace = await newWorkspace();
    const made: string[] = [];
    for (let n = 0; n < 5; n++) made.unshift((await create(workspace)).body.id);
    const pages = [await page(workspace, 'limit=2')];
    for (let next = pages[0]?.nextCursor; next; next = pages.at(-1)?.nextCursor) {
      pages.push(await page(workspace, `limit=2&cursor=${next}`));
    }
    assert.deepEqual(
      pages.map(({ data }) => data.length),
      [2, 2, 2],
    );
    assert.deepEqual(pages.flatMap(idsOf).slice(0, 5), made);
    assert.equal(pages[0]?.previousCursor, null);
    const back: Page[] = [];
    for (let at = pages.at(-1)?.previousCursor; at; at = back[0]?.previousCursor) {
      back.unshift(await page(workspace, `limit=2&cursor=${at}`));
    }
    assert.deepEqual(back.map(idsOf), pages.slice(0, 2).map(idsOf));
  });

  test('can be limited to a state', async () => {
    const workspace = await newWorkspace();
    const ended = (await create(workspace)).body.id;
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const lasting = (await create(workspace, { expiresAt })).body.id;
    await end(workspace, ended);
    assert.deepEqual(idsOf(await page(workspace, 'state=ended')), [ended]);
    const active = await page(workspace, 'state=active');
    assert.deepEqual([active.data.length, active.data[0]?.id], [2, lasting]);
    assert.deepEqual(idsOf(await page(workspace, 'state=expired')), []);
  });

  test('takes its own cursors only', async () => {
    const workspace = await newWorkspace();
    await create(workspace);
    const { nextCursor } = await page(workspace, 'limit=1');
    const cursors = ['nope', `${nextCursor}A`, nextCursor?.slice(1), randomUUID()];
    for (const cursor of cursors) {
      const { status, body } = await server.call(`/api/keys?cursor=${cursor}`, workspace);
      const [error] = body.errors;
      assert.deepEqual([status, error?.path, error?.code], [400, 'cursor', 'invalid_cursor']);
    }
  });
});

test('a workspace has a limited number of valid keys, also when several are created at once', async () => {
  const workspace = await newWorkspace();
  const other = await newWorkspace();
  const name = 'one of many';
  await server.store.asSystem(async (tx) => {
    const rows = Array.from({ length: MAX_KEYS - 2 }, () => ({
      ...{ workspace_id: workspace.id, id: randomUUID(), kind: 'api', name, role: 'viewer' },
      ...{ hash: randomUUID(), created_at: new Date().toISOString() },
      ...{ creator_kind: 'system', creator_name: 'operator' },
    }));
    await tx
      .insertInto('api_keys')
      .values(rows as never)
      .execute();
  });
  const answers = await Promise.all(Array.from({ length: 4 }, () => create(workspace)));
  const made = answers.filter(({ status }) => status === 201);
  assert.equal(made.length, 1, 'there was room for one');
  const refused = await server.call('/api/keys', {
    token: workspace.token,
    body: { kind: 'ingest', name: 'another' },
  });
  assert.deepEqual([refused.status, refused.body.code], [409, 'too_many_keys']);
  assert.equal((await create(other)).status, 201);
  await end(workspace, made[0]?.body.id ?? '');
  assert.equal((await create(workspace)).status, 201);
});
