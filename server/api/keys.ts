import {
  badRequest,
  conflict,
  forbidden,
  notFound,
  unprocessable,
  type FieldError,
  type RequestBody,
  type Schemas,
} from '../contract/index.ts';
import type { ApiCaller } from '../auth/caller.ts';
import { keptOf, newApiKey } from '../auth/credentials.ts';
import { actorOf } from '../auth/security-events.ts';
import { isUuid } from '../store/database/uuid.ts';
import { SETTING_KEY, type KeyStore, type NewKey } from '../store/tenancy/keys.ts';
import type { HandlersFor } from './handlers.ts';

export interface KeysOptions {
  store: KeyStore;
  /** Called with a key that has ended or has another secret: what is remembered of it is not true. */
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
   * A key with an end could outlive it by the secret of one that ends later.
   * @param endsAt when the other key ends, in epoch ms; `null`: never
   */
  const requireLonger = async (
    caller: ApiCaller,
    endsAt: number | null,
    otherwise: (end: string) => never,
  ): Promise<void> => {
    if (caller.kind !== 'key') return;
    const { expiresAt: end } = await find(caller, caller.id);
    if (end !== null && (endsAt === null || endsAt > Date.parse(end))) otherwise(end);
  };
  const doing = (caller: ApiCaller, ip: string) => ({ actor: actorOf(caller), ip, now: now() });

  return {
    'keys.list': async ({ caller, params: { query } }) => {
      const { state, cursor: after, limit = 50 } = query;
      if (after !== undefined && !isUuid(after)) {
        throw badRequest([{ in: 'query', path: 'cursor', message: "isn't a cursor of this list" }]);
      }
      await flushUses();
      const page = { state, after, limit, now: now() };
      const { keys, next } = await store.list(caller.workspace.id, page);
      return { status: 200, body: { data: keys, nextCursor: next } };
    },

    'keys.get': async ({ caller, params: { path } }) => {
      await flushUses();
      return { status: 200, body: await find(caller, path.id) };
    },

    'keys.create': async ({ caller, body, ip }) => {
      requireFitting(body);
      const { kind, expiresAt } = body;
      const endsAt = expiresAt === undefined ? null : Date.parse(expiresAt);
      if (endsAt !== null && endsAt <= now()) refuse('/expiresAt', 'must be in the future');
      await requireLonger(caller, endsAt, (end) =>
        refuse('/expiresAt', `must not be after ${end}, when the key that creates it ends`),
      );
      const secret = newApiKey(kind);
      const made = newKeyOf(body, keptOf(secret));
      const key = await store.create(caller.workspace.id, made, doing(caller, ip));
      return { status: 201, body: { ...key, secret } };
    },

    'keys.rotate': async ({ caller, params: { path }, body, ip }) => {
      const found = await find(caller, path.id);
      if (found.name === SETTING_KEY && found.kind === 'ingest') {
        throw conflict(`This key is set by ${SETTING_KEY}: change the setting and restart.`);
      }
      const endsAt = found.expiresAt === null ? null : Date.parse(found.expiresAt);
      await requireLonger(caller, endsAt, (end) => {
        throw forbidden(`The key that asks ends at ${end}: it can't rotate one that ends later.`);
      });
      const secret = newApiKey(found.kind);
      const { id: workspaceId } = caller.workspace;
      const overlapMs = body.overlapSeconds * 1000;
      const by = doing(caller, ip);
      const key = await store.rotate(workspaceId, found.id, keptOf(secret), overlapMs, by);
      if (!key) throw conflict('The key has ended or expired: create another one.');
      onChange(workspaceId, key.id);
      return { status: 200, body: { ...key, secret } };
    },

    'keys.end': async ({ caller, params: { path }, ip }) => {
      const { id: workspaceId } = caller.workspace;
      if (!(await store.end(workspaceId, path.id, doing(caller, ip)))) throw notFound(UNKNOWN);
      onChange(workspaceId, path.id);
      return { status: 204 };
    },
  };
}

const UNKNOWN = 'There is no such key.';

type KeyRequest = RequestBody<'keys.create'>;

/** What one kind of key has and the other hasn't. */
const FOREIGN = { api: ['domain', 'team'], ingest: ['role', 'domains'] } as const;

/** @throws Problem 400 for a field that is not of this kind of key; 422 for a reserved name */
function requireFitting(body: KeyRequest): void {
  const { kind, name, role } = body;
  const what = kind === 'api' ? 'an API key' : 'an ingest key';
  const errors = FOREIGN[kind]
    .filter((field) => body[field] !== undefined)
    .map((field): FieldError => ({ in: 'body', path: `/${field}`, message: `isn't for ${what}` }));
  if (kind === 'api' && role === undefined) {
    errors.push({ in: 'body', path: '/role', message: `is required for ${what}` });
  }
  if (errors.length > 0) throw badRequest(errors);
  // At the next start it would be taken for the setting's, and ended.
  if (name.trim() === SETTING_KEY) refuse('/name', `is the name of the key that the setting gives`);
}

function newKeyOf(body: KeyRequest, secret: { hash: string; lastFour: string }): NewKey {
  const { kind, role, domains = null, domain = null, team = null, expiresAt } = body;
  const name = body.name.trim();
  const common = { name, expiresAt: expiresAt === undefined ? null : new Date(expiresAt) };
  if (kind === 'ingest') return { ...common, ...secret, kind, domain, team };
  if (role === undefined) throw new Error('An API key has a role.');
  return { ...common, ...secret, kind, role, domains };
}

/** @throws Problem 422 */
function refuse(path: string, message: string): never {
  throw unprocessable(`body${path} ${message}`, [{ in: 'body', path, message }]);
}
