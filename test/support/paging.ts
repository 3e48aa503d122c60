/** Every list of the contract over data with many ties, and walks through its pages. */
import assert from 'node:assert/strict';
import { SecurityLog } from '../../server/store/audit/security-log.ts';
import type { OperationId } from '../../server/contract/index.ts';
import { logsBody, tracesBody, type Span } from '../../server/demo/otlp.ts';
import { Files, HOUR, MINUTE } from '../server/cleanup/files.ts';
import { eventually } from './eventually.ts';
import { TestServer } from './server.ts';
import { DOMAIN, sendTurns } from './turns.ts';

type Entry = Record<string, unknown>;

export interface PageOfList {
  data: Entry[];
  nextCursor: string | null;
  previousCursor: string | null;
  count?: { value: number; isExact: boolean };
}

/** A list, as it is asked for. */
export interface List {
  operation: OperationId;
  /** With the parameters that all its pages have. */
  path: string;
  /** What no two entries of it have in common. */
  idOf: (entry: Entry) => string;
  /** Entries that there are at least. */
  least: number;
}

/** More than a list of statistics ever had at once. */
export const MANY = 120;

const by =
  (...names: string[]) =>
  (entry: Entry): string =>
    JSON.stringify(names.map((name) => entry[name]));

const stats = (
  name: string,
  query: string,
  idOf: List['idOf'],
  least: number,
): List & { operation: OperationId } => ({
  operation: `stats.${name}` as OperationId,
  path: `/api/stats/${name}?timeframe=24h${query}`,
  idOf,
  least,
});

const bySubject = (entry: Entry): string =>
  JSON.stringify([entry.name, entry.subject, entry.address, entry.rule, entry.at, entry.reason]);

/** Every operation that answers by pages, some in more than one order. */
export const LISTS: readonly List[] = [
  stats('domains', '', by('domain'), MANY),
  stats('models', '', by('model'), MANY),
  ...['model', 'domain', 'user', 'agent', 'team'].map((breakdown) =>
    stats('costs', `&breakdown=${breakdown}`, by('label'), breakdown === 'team' ? 1 : MANY),
  ),
  stats('errors', '', by('type'), MANY),
  stats('latency', '', by('model'), MANY),
  stats('flow', '', by('kind', 'source', 'target'), 3 * MANY),
  stats('flow', '&kind=tool', by('source', 'target'), MANY),
  ...['requests', 'errors', 'tokens', 'cost', 'first_seen', 'last_seen'].map((sort) =>
    stats('users', `&sort=${sort}`, by('user'), MANY),
  ),
  { operation: 'executions.list', path: '/api/executions?', idOf: by('id'), least: MANY },
  {
    operation: 'admin.listSessions',
    path: '/api/admin/sessions?',
    idOf: by('sessionId'),
    least: 30,
  },
  { operation: 'admin.listErrors', path: '/api/admin/errors?', idOf: by('id'), least: MANY },
  {
    operation: 'admin.listErrorGroups',
    path: '/api/admin/errors/groups?timeframe=24h',
    idOf: by('group'),
    least: MANY,
  },
  ...['reason', 'subject', 'address'].map((name): List => ({
    operation: 'admin.listRefusals',
    path: `/api/admin/security/refusals?by=${name}`,
    idOf: bySubject,
    least: name === 'address' ? 60 : 1,
  })),
  {
    operation: 'admin.listSecurityEvents',
    path: '/api/admin/security/events?',
    idOf: bySubject,
    least: 60,
  },
  {
    operation: 'admin.listUnusualEvents',
    path: '/api/admin/security/unusual?',
    idOf: bySubject,
    least: 30,
  },
  { operation: 'admin.listAuditEntries', path: '/api/admin/audit?', idOf: by('id'), least: 5 },
  ...['last_message', 'started', 'cost', 'tokens'].map((sort): List => ({
    operation: 'conversations.list',
    path: `/api/conversations?sort=${sort}`,
    idOf: by('domain', 'id'),
    least: 40,
  })),
  {
    operation: 'conversations.search',
    path: '/api/conversations/search?q=parcel',
    idOf: (hit) => JSON.stringify([hit.conversation, hit.message]),
    least: 40,
  },
  ...['asc', 'desc'].map((order): List => ({
    operation: 'conversations.listMessages',
    path: `/api/conversations/long/messages?order=${order}`,
    idOf: by('id'),
    least: 40,
  })),
  { operation: 'keys.list', path: '/api/keys?', idOf: by('id'), least: 30 },
  { operation: 'cleanup.listActions', path: '/api/cleanup/actions?', idOf: by('id'), least: 30 },
];

/** A server with many of everything, most of them alike in all but their names. */
export class PagedServer {
  readonly server: TestServer;
  readonly token: string;
  readonly #ingest: string;
  #sent = 0;

  private constructor(server: TestServer, token: string, ingest: string) {
    this.server = server;
    this.token = token;
    this.#ingest = ingest;
  }

  static async start(): Promise<PagedServer> {
    const server = await TestServer.start();
    const { accessToken } = await server.login();
    const paged = new PagedServer(server, accessToken, await server.ingestKey({ team: 'one' }));
    await paged.#fill();
    return paged;
  }

  async get(path: string): Promise<PageOfList> {
    const { status, body } = await this.server.call<PageOfList>(path, { token: this.token });
    assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
    return body;
  }

  page({ path }: List, limit: number, cursor: string | null = null): Promise<PageOfList> {
    const at = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    return this.get(`${path}&limit=${limit}${at}`);
  }

  /** Agents, each with a request and a tool, and every second of them with an error. */
  async sendRuns(from: number, to: number): Promise<void> {
    const now = Date.now();
    const resources = Array.from({ length: to - from }, (_, index) => {
      const name = from + index;
      // Five moments for all of them.
      return { service: `app-${name}.example`, scope: 'gen_ai', items: this.#run(name, now) };
    });
    // In parts: one request for all of them takes long on a busy machine.
    for (let part = 0; part < resources.length; part += 30) {
      await this.#post('/v1/traces', tracesBody(resources.slice(part, part + 30)));
    }
  }

  #run(name: number, now: number): Span[] {
    const start = now - ((name % 5) + 1) * MINUTE;
    const traceId = `a${(++this.#sent).toString(16).padStart(31, '0')}`;
    const span = (last: string, attributes: Span['attributes'], parent?: string): Span => ({
      traceId,
      spanId: traceId.slice(-15) + last,
      ...(parent !== undefined && { parentSpanId: traceId.slice(-15) + parent }),
      name: String(attributes['gen_ai.operation.name']),
      start,
      end: start + 1000,
      attributes: { 'user.id': `user-${name}`, ...attributes },
    });
    return [
      span('1', {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': `agent-${name}`,
      }),
      {
        ...span(
          '2',
          {
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': 'openai',
            'gen_ai.request.model': `model-${name}`,
            'gen_ai.usage.input_tokens': 100 * (name % 3),
            'gen_ai.usage.output_tokens': 10,
            'gen_ai.conversation.id': `chat-${name}`,
          },
          '1',
        ),
        error: [`type-${name}`, `Failure of the kind ${'abcdefghij'.charAt(name % 10)}`],
      },
      span(
        '3',
        { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': `tool-${name}` },
        '1',
      ),
      span(
        '4',
        { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': `helper-${name}` },
        '1',
      ),
    ];
  }

  /** Conversations in which the same was said at the same time. */
  async sendChats(from: number, to: number, service = DOMAIN): Promise<void> {
    const at = Date.now() - 10 * MINUTE;
    const turns = Array.from({ length: to - from }, (_, index) => ({
      said: [['user', 'Where is my parcel?']] as [string, string][],
      answer: 'On its way.',
      conversation: `talk-${from + index}`,
      service,
      at: at - (index % 3) * MINUTE,
    }));
    await sendTurns(this.server, this.#ingest, turns);
  }

  async deleteChats(ids: readonly string[], domain: string): Promise<void> {
    const call = { token: this.token, body: { ids, domain } };
    assert.equal((await this.server.call('/api/conversations/delete', call)).status, 200);
  }

  /** More messages of one conversation, some at the same time. */
  async sendMessages(from: number, to: number): Promise<void> {
    const start = Date.now() - HOUR;
    const turns = Array.from({ length: to - from }, (_, index) => ({
      said: [['user', `Question ${from + index}`]] as [string, string][],
      answer: `Answer ${from + index}`,
      conversation: 'long',
      at: start + Math.floor((from + index) / 3) * 1000,
    }));
    await sendTurns(this.server, this.#ingest, turns);
  }

  async sendSessions(from: number, to: number): Promise<void> {
    const at = Date.now() - MINUTE;
    const items = Array.from({ length: to - from }, (_, index) => ({
      at: at - (index % 3) * 1000,
      event: 'claude_code.auth',
      attributes: { 'event.name': 'auth', 'session.id': `session-${from + index}` },
    }));
    const resource = { service: 'cli.example', scope: 'com.anthropic.claude_code.events', items };
    await this.#post('/v1/logs', logsBody([resource]));
  }

  async sendRefusals(from: number, to: number): Promise<void> {
    const minute = Math.floor(Date.now() / MINUTE) * MINUTE - 2 * MINUTE;
    await new SecurityLog(this.server.store).noteRefusals(
      Array.from({ length: to - from }, (_, index) => ({
        minute: minute - (index % 2) * MINUTE,
        kind: index % 4 === 0 ? ('token' as const) : ('login' as const),
        reason: index % 4 === 0 ? 'unknown_key' : 'password',
        suspect: null,
        address: `203.0.113.${from + index}`,
        n: 25,
        lastAt: minute,
      })),
    );
  }

  /** Entries of the audit log. */
  async sendLogins(count: number): Promise<void> {
    for (let time = 0; time < count; time++) await this.server.login();
  }

  async createKeys(count: number): Promise<void> {
    const body = { kind: 'ingest', name: 'listed' };
    for (let key = 0; key < count; key++) {
      await this.server.call('/api/keys', { token: this.token, body });
    }
  }

  async #fill(): Promise<void> {
    await this.sendRuns(0, MANY);
    await this.sendChats(0, 40);
    await this.sendMessages(0, 20);
    await this.sendSessions(0, 30);
    await this.sendRefusals(0, 60);
    await this.sendLogins(5);
    await this.createKeys(30);
    const files = Files.in(this.server.dataDir);
    for (let file = 0; file < 30; file++) await files.write(`tmp/dir-${file}/file`, 2 * HOUR);
    await this.server.call('/api/cleanup/runs', { token: this.token, body: { dryRun: true } });
    await eventually('cleanup lists what it found', async () => {
      const { data } = await this.get('/api/cleanup/actions?limit=200');
      return data.length >= 30;
    });
  }

  async #post(path: string, body: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const { status } = await this.server.call(path, { token: this.#ingest, headers, body });
    assert.equal(status, 200);
  }
}
