import {
  badRequest,
  conflict,
  fieldError,
  forbidden,
  notFound,
  written,
  type RequestBody,
  type Schemas,
} from '../contract/index.ts';
import type { ApiCaller } from '../auth/caller.ts';
import { keptOf, newApiKey } from '../auth/credentials.ts';
import { actorOf } from '../auth/security-events.ts';
import { MAX_KEYS, SETTING_KEY, type KeyStore, type NewKey } from '../store/tenancy/keys.ts';
import { idCursor } from './cursor.ts';
import type { HandlersFor } from './handlers.ts';
import { LIMIT } from './lists.ts';

const keyCursor = idCursor('keys.list');

export interface KeysOptions {
  store: KeyStore;
  /** Called after a key has ended or has another secret, to drop what is cached of it. */
  onChange: (workspaceId: string, keyId: string) => void;
  /** Writes the uses of keys that were gathered until now. */
  flushUses: () => Promise<void>;
  /** Epoch milliseconds. */
  now: () => number;
}

export function keysHandlers({
  store,
  onChange,
  flushUses,
  now,
}: KeysOptions): HandlersFor<'keys'> {
  /** @throws Problem 404 */
  const find = async ({ workspace }: ApiCaller, id: string): Promise<Schemas['Key']> => {
    const key = await store.get(workspace.id, id, now());
    if (!key) throw notFound(UNKNOWN);
    return key;
  };
  /**
   * Refuses a caller that expires to create or rotate a key that it could use afterwards. The secret
   * before a rotation expires, too: it must not become the key's only one.
   * @param endsAt when that key expires, in epoch ms; `null`: never
   * @throws Problem 403
   */
  const requireNoLonger = ({ kind, expiresAt: end }: ApiCaller, endsAt: number | null): void => {
    if (kind !== 'key' || end === null || (endsAt !== null && endsAt <= end.getTime())) return;
    throw forbidden(
      `The key or secret of this request expires at ${end.toISOString()}: it can't create or rotate a key that doesn't expire by then.`,
      'outlives_caller',
    );
  };
  const doing = (caller: ApiCaller, ip: string) => ({ actor: actorOf(caller), ip, now: now() });

  return {
    'keys.list': async ({ caller, params: { query } }) => {
      const { state, cursor, limit = LIMIT } = query;
      const from = keyCursor.read(cursor);
      await flushUses();
      const page = await store.list(caller.workspace.id, state, { from, limit }, now());
      return { status: 200, body: { data: page.entries, ...keyCursor.write(page) } };
    },

    'keys.get': async ({ caller, params: { path } }) => {
      await flushUses();
      return { status: 200, body: await find(caller, path.id) };
    },

    'keys.create': async ({ caller, body, ip }) => {
      const { kind } = body;
      const endsAt = body.expiresAt === undefined ? null : Date.parse(body.expiresAt);
      requireFitting(body, endsAt, now());
      requireNoLonger(caller, endsAt);
      const secret = newApiKey(kind);
      const made = newKeyOf(body, keptOf(secret));
      const key = await store.create(caller.workspace.id, made, doing(caller, ip));
      if (!key) {
        const most = MAX_KEYS.toLocaleString('en-US');
        const detail = `The workspace has ${most} valid keys, the most that it may have: end one first.`;
        throw conflict(detail, 'too_many_keys');
      }
      return { status: 201, body: { ...key, secret } };
    },

    'keys.rotate': async ({ caller, params: { path }, body, ip }) => {
      const found = await find(caller, path.id);
      if (found.name === SETTING_KEY && found.kind === 'ingest') {
        const detail = `This key is set by ${SETTING_KEY}: change the setting and restart the server.`;
        throw conflict(detail, 'key_not_rotatable');
      }
      requireNoLonger(caller, found.expiresAt === null ? null : Date.parse(found.expiresAt));
      const secret = newApiKey(found.kind);
      const { id: workspaceId } = caller.workspace;
      const overlapMs = body.overlapSeconds * 1000;
      const by = doing(caller, ip);
      const key = await store.rotate(workspaceId, found.id, keptOf(secret), overlapMs, by);
      if (!key) {
        throw conflict('The key has ended or expired: create another one.', 'key_not_rotatable');
      }
      onChange(workspaceId, key.id);
      return { status: 200, body: { ...key, secret } };
    },

    'keys.end': async ({ caller, params: { path }, ip }) => {
      const { id: workspaceId } = caller.workspace;
      // A UUID may be written in upper case; what is cached is by its usual form.
      const id = path.id.toLowerCase();
      if (!(await store.end(workspaceId, id, doing(caller, ip)))) throw notFound(UNKNOWN);
      onChange(workspaceId, id);
      return { status: 204 };
    },
  };
}

const UNKNOWN = 'There is no such key.';

type KeyRequest = RequestBody<'keys.create'>;

/** Fields that only the other kind of key has. */
const FOREIGN = { api: ['domain', 'team'], ingest: ['role', 'domains'] } as const;

/** @throws Problem 400 for fields that this kind of key doesn't have, a reserved name or a past end */
function requireFitting(body: KeyRequest, endsAt: number | null, now: number): void {
  const { kind, name, role } = body;
  const what = kind === 'api' ? 'an API key' : 'an ingest key';
  const errors = FOREIGN[kind]
    .filter((field) => body[field] !== undefined)
    .map((field) => {
      const expected = `must not be set for ${what}`;
      return fieldError('body', { path: `/${field}`, code: 'not_together', expected });
    });
  if (kind === 'api' && role === undefined) {
    const expected = `is required for ${what}`;
    errors.push(fieldError('body', { path: '/role', code: 'required', expected }));
  }
  if (name.trim() === SETTING_KEY) {
    // The next start would end it, as a former key of the setting.
    const expected = `must not be ${SETTING_KEY}, the name of the key that this setting gives`;
    errors.push(fieldError('body', { path: '/name', code: 'invalid', expected }));
  }
  if (endsAt !== null && endsAt <= now) {
    const expected = 'must be in the future';
    const given = written(body.expiresAt);
    errors.push(fieldError('body', { path: '/expiresAt', code: 'out_of_range', expected, given }));
  }
  if (errors.length > 0) throw badRequest(errors);
}

function newKeyOf(body: KeyRequest, secret: { hash: string; lastFour: string }): NewKey {
  const { kind, role, domains = null, domain = null, team = null, expiresAt } = body;
  const name = body.name.trim();
  const common = { name, expiresAt: expiresAt === undefined ? null : new Date(expiresAt) };
  if (kind === 'ingest') return { ...common, ...secret, kind, domain, team };
  if (role === undefined) throw new Error('An API key has a role.');
  return { ...common, ...secret, kind, role, domains };
}
