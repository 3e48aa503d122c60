/** Two workspaces whose data tell whose they are, and everybody who may ask for them. */
import type { Role } from '../../server/auth/caller.ts';
import type { Schemas } from '../../server/contract/index.ts';
import { logsBody, tracesBody } from '../../server/demo/otlp.ts';
import { uuidv7 } from '../../server/store/database/uuid.ts';
import { Files, HOUR } from '../server/cleanup/files.ts';
import { businessOf, creditOf } from './business.ts';
import {
  cells,
  DESK,
  LAB,
  runOf,
  sessionOf,
  SHOP,
  type Cell,
  type WorkspaceName,
} from './cells.ts';
import { eventually } from './eventually.ts';
import { PORTAL, TestServer, type Call } from './server.ts';

/** Somebody who asks. */
export interface Party {
  name: string;
  kind: 'account' | 'key' | 'embed' | 'ingest' | 'nobody';
  /** `null`: an ingest key, or nobody. */
  role: Role | null;
  workspace: WorkspaceName;
  /** `null`: the whole workspace. */
  domains: readonly string[] | null;
  token?: string;
  origin?: string;
  /** What an account logs in with. */
  credentials?: { email: string; password: string };
}

/** What of the telemetry somebody may see. */
export const visibleTo = ({ role, workspace, domains }: Party, domain?: string): Cell[] =>
  cells.filter(
    (cell) =>
      role !== null &&
      cell.workspace === workspace &&
      (domains?.includes(cell.domain) ?? true) &&
      (domain === undefined || cell.domain === domain),
  );

/** A call as this party makes it. */
export const as = ({ token, origin }: Party, call: Call = {}): Call => ({
  ...call,
  ...(token !== undefined && { token }),
  ...(origin !== undefined && { origin }),
});

type Execution = Schemas['Execution'];

/** A server with both workspaces filled through its front door. */
export class Tenants {
  readonly server: TestServer;
  readonly workspaceIds: Record<WorkspaceName, string>;
  /** When the first run of each cell began, epoch ms. */
  readonly beganAt = Date.now() - 10 * 60_000;
  /** The owner first; then all who are not. */
  readonly parties: Party[] = [];
  /** Each cell's, newest first, by its marker. */
  readonly executions = new Map<string, Execution[]>();
  /** Ids of each cell's errors, by its marker. */
  readonly errorIds = new Map<string, string[]>();
  /** A run of cleanup that belongs to us, and one that is another workspace's. */
  cleanupRuns = { ours: '', theirs: '' };
  readonly #ingestKeys = new Map<WorkspaceName, string>();

  private constructor(server: TestServer, workspaceIds: Record<WorkspaceName, string>) {
    this.server = server;
    this.workspaceIds = workspaceIds;
  }

  static async start(options: Parameters<typeof TestServer.start>[0] = {}): Promise<Tenants> {
    // No run of cleanup comes by itself, at a full quarter of an hour, between ours and what it told.
    const env = { CLEANUP_ENABLED: 'false', ...options.env };
    const server = await TestServer.start({ ...options, env });
    const tenants = new Tenants(server, {
      ours: server.workspaceId,
      theirs: await server.tenancy.createWorkspace('theirs-workspace'),
      strangers: await server.tenancy.createWorkspace('strangers-workspace'),
    });
    for (const [name, workspaceId] of Object.entries(tenants.workspaceIds)) {
      tenants.#ingestKeys.set(name as WorkspaceName, await server.ingestKey({ workspaceId }));
    }
    const { beganAt } = tenants;
    for (const cell of cells) {
      await tenants.send(cell, 0, cell.requests, beganAt);
      await tenants.sendSession(cell, 0, beganAt);
      await tenants.sendBusiness(cell, tenants.businessOf(cell));
    }
    await tenants.#addParties();
    await tenants.#clean();
    for (const cell of cells) {
      tenants.executions.set(cell.marker, await tenants.#list(cell));
      tenants.errorIds.set(cell.marker, await tenants.#listErrors(cell));
    }
    return tenants;
  }

  get owner(): Party {
    const [owner] = this.parties;
    if (!owner) throw new Error('There is no owner yet.');
    return owner;
  }

  party(name: string): Party {
    const found = this.parties.find((party) => party.name === name);
    if (!found) throw new Error(`There is no ${name}.`);
    return found;
  }

  ingestKey(workspace: WorkspaceName): string {
    return this.#ingestKeys.get(workspace) ?? '';
  }

  executionIds(some: readonly Cell[]): string[] {
    return some.flatMap(({ marker }) => this.executions.get(marker) ?? []).map(({ id }) => id);
  }

  /** Sends runs of these numbers. */
  async send(cell: Cell, from: number, count: number, at = Date.now() - 2000): Promise<void> {
    const runs = Array.from({ length: count }, (_, index) => runOf(cell, from + index, at + index));
    const { status } = await this.server.call('/v1/traces', {
      token: this.ingestKey(cell.workspace),
      headers: { 'content-type': 'application/json' },
      body: tracesBody(runs),
    });
    if (status !== 200) throw new Error(`Telemetry was answered with ${status}.`);
  }

  /** Sends that a session of a command line has begun. */
  async sendSession(cell: Cell, number: number, at = Date.now() - 2000): Promise<void> {
    const { status } = await this.server.call('/v1/logs', {
      token: this.ingestKey(cell.workspace),
      headers: { 'content-type': 'application/json' },
      body: logsBody([sessionOf(cell, number, at)]),
    });
    if (status !== 200) throw new Error(`Telemetry was answered with ${status}.`);
  }

  /** A cell's business data as it is there; theirs are of a later version than ours. */
  businessOf(cell: Cell): ReturnType<typeof businessOf> {
    return businessOf(cell, this.beganAt, cell.workspace === 'ours' ? 0 : 1000);
  }

  async sendBusiness(cell: Cell, body: object): Promise<void> {
    const token = this.ingestKey(cell.workspace);
    const { status } = await this.server.call('/api/ingest/business', { token, body });
    if (status !== 200) throw new Error(`Business data were answered with ${status}.`);
  }

  /** Has the customer of a cell use credits. */
  async useCredits(cell: Cell, name: string): Promise<void> {
    await this.sendBusiness(cell, { credits: [creditOf(cell.domain, name, 1, Date.now())] });
  }

  /** Texts that must not be in any answer to somebody. */
  secretsFor(party: Party): string[] {
    const hidden = cells.filter((cell) => !visibleTo(party).includes(cell));
    const elsewhere = (Object.keys(this.workspaceIds) as WorkspaceName[]).filter(
      (name) => name !== party.workspace,
    );
    const others = this.parties.filter(({ workspace }) => workspace !== party.workspace);
    const { ours, theirs } = this.cleanupRuns;
    const mayCleanup = party.workspace === 'ours' && /admin|sysops/.test(party.role ?? '');
    return [
      ...hidden.map(({ marker }) => marker),
      ...this.executionIds(hidden),
      ...hidden.flatMap(({ marker }) => this.errorIds.get(marker) ?? []),
      ...elsewhere.flatMap((name) => [this.workspaceIds[name], `${name}-workspace`]),
      ...others.flatMap(({ credentials }) => credentials?.email ?? []),
      theirs,
      'theirs-cleanup',
      ...(mayCleanup ? [] : [ours, 'ours-cleanup']),
    ];
  }

  async #addParties(): Promise<void> {
    const account = async (
      name: string,
      role: Role,
      workspace: WorkspaceName = 'ours',
      domains: readonly string[] | null = null,
    ): Promise<void> => {
      const workspaceId = this.workspaceIds[workspace];
      const made = await this.server.account(role, { workspaceId, domains });
      const { accessToken: token, email, password } = made;
      const credentials = { email, password };
      this.parties.push({ name, kind: 'account', role, workspace, domains, token, credentials });
    };
    const key = async (
      name: string,
      role: Role,
      workspace: WorkspaceName,
      domains: readonly string[] | null,
    ): Promise<void> => {
      const workspaceId = this.workspaceIds[workspace];
      const token = await this.server.apiKey(role, { workspaceId, domains });
      this.parties.push({ name, kind: 'key', role, workspace, domains, token });
    };
    const embed = async (name: string, minter: string, domains: readonly string[]) => {
      const { workspace, token: by = '' } = this.party(minter);
      const { body } = await this.server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', {
        token: by,
        body: { domains, origins: [PORTAL], role: 'viewer', expiresIn: 3600 },
      });
      const { token } = body;
      this.parties.push({
        name,
        kind: 'embed',
        role: 'viewer',
        workspace,
        domains,
        token,
        origin: PORTAL,
      });
    };

    await account('the owner', 'admin');
    await account('another workspace', 'admin', 'theirs');
    await key("another workspace's key", 'admin', 'theirs', null);
    await account('another domain', 'admin', 'ours', [DESK]);
    await key("another domain's key", 'admin', 'ours', [DESK]);
    await key('no domain at all', 'admin', 'ours', []);
    for (const role of ['viewer', 'support', 'developer', 'sysops', 'executive'] as const) {
      await account(`the role ${role}`, role);
    }
    await embed('an embed token', "another domain's key", [DESK]);
    await embed("another workspace's embed token", 'another workspace', [SHOP, LAB]);
    for (const workspace of ['ours', 'strangers'] as const) {
      this.parties.push({
        name: workspace === 'ours' ? 'an ingest key' : "another workspace's ingest key",
        kind: 'ingest',
        role: null,
        workspace,
        domains: null,
        token: this.ingestKey(workspace),
      });
    }
    this.parties.push({
      name: 'nobody',
      kind: 'nobody',
      role: null,
      workspace: 'strangers',
      domains: null,
    });
  }

  /** A run of cleanup with something to tell, and one that some other operator once had. */
  async #clean(): Promise<void> {
    await Files.in(this.server.dataDir).write('tmp/ours-cleanup/file', 2 * HOUR);
    const asked = await this.server.call<Schemas['CleanupRun']>(
      '/api/cleanup/runs',
      as(this.owner, { body: { dryRun: true } }),
    );
    const { id } = asked.body;
    await eventually('the run of cleanup ends', async () => {
      const path = `/api/cleanup/runs/${id}`;
      const { body } = await this.server.call<Schemas['CleanupRun']>(path, as(this.owner));
      return body.endedAt !== null;
    });
    // Younger than any of ours: it would come first.
    const later = Date.now() + HOUR;
    const [workspace_id, at] = [this.workspaceIds.theirs, new Date(later).toISOString()];
    const run = {
      id: uuidv7(later),
      state: 'completed',
      trigger: 'manual',
      dry_run: true,
    } as const;
    const times = { requested_at: at, started_at: at, ended_at: at };
    const action = { id: uuidv7(later), type: 'temp_dir', reason: 'abandoned' } as const;
    await this.server.store.asSystem(async (tx) => {
      await tx
        .insertInto('cleanup_runs')
        .values({ workspace_id, ...run, ...times, error: null })
        .execute();
      await tx
        .insertInto('cleanup_actions')
        .values({
          ...{ workspace_id, run_id: run.id, ...action, path: 'tmp/theirs-cleanup' },
          ...{ size_bytes: 1, outcome: 'would_delete', error: null, at },
        })
        .execute();
    });
    this.cleanupRuns = { ours: id, theirs: run.id };
  }

  async #listErrors({ workspace, domain }: Cell): Promise<string[]> {
    const name = workspace === 'ours' ? 'the owner' : 'another workspace';
    const { body } = await this.server.call<Schemas['LoggedErrorPage']>(
      `/api/admin/errors?domain=${domain}`,
      as(this.party(name)),
    );
    return body.data.map(({ id }) => id);
  }

  async #list({ workspace, domain }: Cell): Promise<Execution[]> {
    const name = workspace === 'ours' ? 'the owner' : 'another workspace';
    const { body } = await this.server.call<Schemas['ExecutionPage']>(
      `/api/executions?domain=${domain}&limit=200`,
      as(this.party(name)),
    );
    return body.data;
  }
}
