import type { Schemas } from '../contract/index.ts';

export type Role = Schemas['Role'];

interface CallerWorkspace {
  id: string;
  name: string;
  /** Whether it is the workspace that runs the installation. */
  operator: boolean;
}

/** Somebody who may ask: an account's session, an API key, or a page's embed token. */
export interface ApiCaller {
  kind: 'account' | 'key' | 'embed';
  /** The account's, key's or token's own id. */
  id: string;
  name: string;
  /** Accounts alone have one. */
  email: string | null;
  role: Role;
  workspace: CallerWorkspace;
  /** What it is limited to; `null`: the whole workspace. */
  domains: readonly string[] | null;
  /** When the token, or the secret of a key, ends; `null`: never by itself. */
  expiresAt: Date | null;
  /** The session that an account's token belongs to, or what minted an embed token. */
  source: { kind: 'session' | 'account' | 'key'; id: string };
  /** Of the account or key that it stands on, as it was when the token was given out. */
  generation: number;
}

/** An ingest key: it may send telemetry and business data, and nothing else. */
export interface IngestCaller {
  kind: 'ingest';
  id: string;
  name: string;
  workspace: CallerWorkspace;
  /** The domain of all that it sends; `null`: each resource's `service.name`. */
  domain: string | null;
  /** Whose all is that it sends, where the telemetry does not say. */
  team: string | null;
}

export type Caller = ApiCaller | IngestCaller;
