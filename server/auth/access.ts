import type { CodeOf, OperationId, Schemas } from '../contract/index.ts';
import type { ApiCaller, Caller, Role } from './caller.ts';

/** Who may call an operation. */
export interface Access {
  /** Those with one of these roles; left out: everybody. */
  roles?: readonly Role[];
  /** Only in the workspace that runs the installation. */
  operatorOnly?: true;
  /** Which kinds of callers; left out: all but ingest keys. */
  kinds?: readonly Caller['kind'][];
  /** Callable without a token, as the contract says; the caller is `null` then. */
  open?: true;
  /** Changes something: refused to embed tokens, which only read. */
  writes?: true;
  /** Tells of what belongs to no domain: refused to tokens that are limited to some. */
  wholeWorkspace?: true;
}

const everybody = ['admin', 'viewer', 'support', 'developer', 'sysops', 'executive'] as const;
const statistics = ['admin', 'viewer', 'support', 'developer', 'executive'] as const;
const support = ['admin', 'support'] as const;
/** Who learns of users and of what failed; an executive without its content, see `content.ts`. */
const people = [...support, 'executive'] as const;
const conversations = ['admin', 'viewer', 'support', 'developer'] as const;
/** As for `people`, without content for an executive. */
const runs = [...conversations, 'executive'] as const;
const installation = ['admin', 'sysops'] as const;

const managesKeys = { roles: ['admin'], kinds: ['account', 'key'], wholeWorkspace: true } as const;

/** Every operation has an entry: a new one does not compile before somebody says whose it is. */
export const access = {
  'auth.login': { open: true },
  'auth.refresh': { open: true },
  'auth.logout': { open: true },
  'auth.me': { roles: everybody },
  // Which of the callers may mint which token is more than a role: see `embed.ts`.
  'auth.createEmbedToken': { kinds: ['account', 'key'], writes: true },
  // Keys outlive sessions and see all that is theirs: who makes them has no limits of their own.
  'keys.list': managesKeys,
  'keys.create': { ...managesKeys, writes: true },
  'keys.get': managesKeys,
  'keys.rotate': { ...managesKeys, writes: true },
  'keys.end': { ...managesKeys, writes: true },
  // Each of its requests is checked by itself.
  'batch.run': { roles: everybody },
  'stats.overview': { roles: statistics },
  'stats.timeline': { roles: statistics },
  'stats.domains': { roles: statistics },
  'stats.domain': { roles: statistics },
  'stats.models': { roles: statistics },
  'stats.compareModels': { roles: statistics },
  // By user it is for those who may list users: see `stats.ts`.
  'stats.costs': { roles: statistics },
  'stats.tokenHeatmap': { roles: statistics },
  'stats.errors': { roles: people },
  'stats.users': { roles: people },
  'stats.peaks': { roles: statistics },
  'stats.latency': { roles: statistics },
  'stats.flow': { roles: statistics },
  'executions.list': { roles: runs },
  'executions.get': { roles: runs },
  'conversations.list': { roles: conversations },
  'conversations.search': { roles: conversations },
  'conversations.get': { roles: conversations },
  'conversations.listMessages': { roles: conversations },
  'conversations.stream': { roles: conversations },
  'conversations.export': { roles: conversations },
  // A page shows what it is asked for; what takes all of it away is for those who have an account.
  'conversations.exportMany': { roles: conversations, kinds: ['account', 'key'] },
  'conversations.setTags': { roles: ['admin'], writes: true },
  'conversations.addFavorite': { roles: conversations, kinds: ['account'], writes: true },
  'conversations.removeFavorite': { roles: conversations, kinds: ['account'], writes: true },
  'conversations.delete': { roles: ['admin'], writes: true },
  'conversations.deleteMany': { roles: ['admin'], writes: true },
  'admin.stats': { roles: support },
  // The installation's parts are the operator's alone: see `admin.ts`.
  'admin.health': { roles: installation },
  'admin.telemetry': { roles: ['admin', 'developer'] },
  'admin.listSessions': { roles: ['admin', 'developer'] },
  'admin.listErrors': { roles: people },
  'admin.listErrorGroups': { roles: people },
  'admin.getError': { roles: people },
  'admin.durableObjects': { roles: installation, operatorOnly: true },
  'admin.resources': { roles: installation, operatorOnly: true },
  'admin.security': { roles: ['admin'], wholeWorkspace: true },
  'admin.listRefusals': { roles: ['admin'], wholeWorkspace: true },
  'admin.listSecurityEvents': { roles: ['admin'], wholeWorkspace: true },
  'admin.listUnusualEvents': { roles: ['admin'], wholeWorkspace: true },
  'admin.listAuditEntries': { roles: ['admin'], wholeWorkspace: true },
  'users.erase': { roles: ['admin'], writes: true, wholeWorkspace: true },
  'users.getErasure': { roles: ['admin'], wholeWorkspace: true },
  'cleanup.status': { roles: installation, operatorOnly: true },
  'cleanup.listActions': { roles: installation, operatorOnly: true },
  'cleanup.getRun': { roles: installation, operatorOnly: true },
  'cleanup.run': { roles: ['admin'], operatorOnly: true, writes: true },
  // Of the whole workspace: see `business.ts`.
  'business.ingest': { kinds: ['ingest', 'account', 'key'], roles: ['admin'], writes: true },
  'executive.overview': { roles: ['admin', 'executive'] },
  'executive.export': { roles: ['admin', 'executive'] },
  'live.stream': { roles: everybody },
  'live.socket': { roles: everybody },
  'live.conversationsSocket': { roles: conversations },
  'health.get': { open: true },
  'health.live': { open: true },
  'health.metrics': { roles: installation, operatorOnly: true, open: true },
  'otlp.traces': { kinds: ['ingest'] },
  'otlp.logs': { kinds: ['ingest'] },
  'otlp.metrics': { kinds: ['ingest'] },
} as const satisfies Record<OperationId, Access>;

type Topic = Schemas['Topic'];

/** A live topic may be heard by whoever may read what it tells of. */
const topics: Record<Topic, Access> = {
  executions: access['executions.list'],
  stats: access['stats.overview'],
  conversations: access['conversations.list'],
  cleanup: access['cleanup.status'],
  sessions: access['admin.listSessions'],
  errors: access['admin.listErrors'],
  executive: access['executive.overview'],
};

const callers = { account: 'Accounts', key: 'API keys', embed: 'Embed tokens' } as const;

/** Why a caller may not. */
interface Refusal {
  code: CodeOf<403>;
  detail: string;
  /** The roles that may. */
  requiredRoles?: readonly Role[];
}

/** Why this caller may not; `null`: it may. */
export function refusal(caller: Caller, rule: Access): Refusal | null {
  const kinds = rule.kinds ?? ['account', 'key', 'embed'];
  if (!kinds.includes(caller.kind)) {
    // No role sends telemetry: only an ingest key does.
    const code = 'caller_not_allowed';
    if (kinds.every((kind) => kind === 'ingest')) {
      return { code, detail: 'Requires an ingest key.' };
    }
    const detail =
      caller.kind === 'ingest'
        ? 'An ingest key can only send data.'
        : `${callers[caller.kind]} can't call this.`;
    return { code, detail, requiredRoles: rule.roles ?? everybody };
  }
  if (caller.kind === 'ingest') return null;
  const roles = rule.roles ?? everybody;
  if (!roles.includes(caller.role)) {
    const detail = `Requires the role ${roles.join(' or ')}.`;
    return { code: 'role_required', detail, requiredRoles: roles };
  }
  if (rule.operatorOnly && !caller.workspace.operator) {
    const detail = 'Available only in the workspace that runs the installation.';
    return { code: 'operator_only', detail, requiredRoles: roles };
  }
  if (rule.wholeWorkspace && caller.domains !== null) {
    const detail =
      "Covers the whole workspace, so it requires a token that isn't restricted to domains.";
    return { code: 'whole_workspace_only', detail, requiredRoles: roles };
  }
  if (rule.writes && caller.kind === 'embed') {
    const detail = 'Embed tokens are read-only.';
    return { code: 'read_only_token', detail, requiredRoles: roles };
  }
  return null;
}

/** The live topics that this caller may hear. */
export function topicsOf(caller: ApiCaller): Topic[] {
  return (Object.keys(topics) as Topic[]).filter((topic) => !refusal(caller, topics[topic]));
}

/** The roles that may hear a topic, for a refusal that names them. */
export const topicRoles = (topic: Topic): readonly Role[] => topics[topic].roles ?? everybody;
