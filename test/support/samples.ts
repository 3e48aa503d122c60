/** A call of every operation, as its owner makes it, and what others get for the very same call. */
import assert from 'node:assert/strict';
import type { Role } from '../../server/auth/caller.ts';
import type { OperationId, Schemas } from '../../server/contract/index.ts';
import {
  adminStatsCalls,
  auditCalls,
  errorGroupCalls,
  getErrorCalls,
  healthCalls,
  listErrorCalls,
  refusalCalls,
  securityCalls,
  securityEventCalls,
  sessionCalls,
  telemetryCalls,
  unusualCalls,
} from './admin-calls.ts';
import { SHOP } from './cells.ts';
import { businessCalls, executiveCalls, exportCalls } from './executive-calls.ts';
import {
  conversationGetCalls,
  conversationListCalls,
  conversationStreamCalls,
  deleteCalls,
  deleteManyCalls,
  conversationExportCalls,
  exportManyCalls,
  favoriteCalls,
  messageCalls,
  searchCalls,
  tagCalls,
} from './conversation-calls.ts';
import { batchCalls } from './batch-calls.ts';
import { keyCalls, keyCreateCalls, keyListCalls, keyRotateCalls } from './key-calls.ts';
import { eraseCalls, erasureCalls } from './user-calls.ts';
import {
  checkSession,
  cleanupRun,
  getCalls,
  listCalls,
  logCall,
  metricCall,
  mintCalls,
  overviewCalls,
  refreshToken,
  timelineCalls,
  traceCall,
  unlessHidden,
  type SampleCall,
} from './sample-calls.ts';
import {
  compareCalls,
  costCalls,
  domainCalls,
  domainListCalls,
  errorCalls,
  flowCalls,
  heatmapCalls,
  latencyCalls,
  modelCalls,
  peakCalls,
  userCalls,
} from './stats-calls.ts';
import { as, type Party, type Tenants } from './tenants.ts';

export interface Sample {
  /** Whose call is shown: ours, of this kind. */
  owner?: 'an ingest key';
  success: number;
  /** Who gets more than a refusal. */
  may: (party: Party) => boolean;
  /** Made for each party: only what is in the body can differ, where it is what tells who asks. */
  calls: (tenants: Tenants, party: Party) => SampleCall[] | Promise<SampleCall[]>;
}

/** Whoever has a role that the operation is for, whatever shows it. */
const roles =
  (...some: Role[]) =>
  ({ role }: Party): boolean =>
    role !== null && some.includes(role);

const statistics = roles('admin', 'viewer', 'support', 'developer', 'executive');
const users = roles('admin', 'support', 'executive');
const conversations = roles('admin', 'viewer', 'support', 'developer');
const runs = roles('admin', 'viewer', 'support', 'developer', 'executive');
const mayChange = (party: Party): boolean => roles('admin')(party) && party.kind !== 'embed';
const hasFavorites = (party: Party): boolean => conversations(party) && party.kind === 'account';
const people = roles('admin', 'support');
const tells = roles('admin', 'developer');
const wholeAdmin = ({ role, domains }: Party): boolean => role === 'admin' && domains === null;
const anyRole = ({ role }: Party): boolean => role !== null;
const hasPassword = ({ credentials }: Party): boolean => credentials !== undefined;
const sends = ({ kind }: Party): boolean => kind === 'ingest';
const operates = (party: Party): boolean =>
  party.workspace === 'ours' && roles('admin', 'sysops')(party);

const leads = roles('admin', 'executive');
/** What is of the whole workspace is nothing for those who are limited to some of it. */
const managesAll = ({ kind, role, domains }: Party): boolean =>
  (kind === 'account' || kind === 'key') && role === 'admin' && domains === null;

/** Every operation has an entry: a new one does not compile, and fails, before it has its call. */
export const samples = {
  'auth.login': {
    success: 200,
    may: hasPassword,
    calls: (_tenants, { credentials }) => [
      { path: '/api/auth/login', body: credentials, check: checkSession },
    ],
  },
  'auth.refresh': {
    success: 200,
    may: hasPassword,
    calls: async (tenants, party) => {
      const body = { refreshToken: await refreshToken(tenants, party) };
      return [{ path: '/api/auth/refresh', body, check: checkSession }];
    },
  },
  'auth.logout': {
    success: 204,
    may: hasPassword,
    calls: async (tenants, party) => {
      const body = { refreshToken: await refreshToken(tenants, party) };
      const check = async (): Promise<void> => {
        const { status } = await tenants.server.call('/api/auth/me', as(tenants.owner));
        assert.equal(status, 200, 'The session of the owner goes on.');
      };
      return [{ path: '/api/auth/logout', body, check }];
    },
  },
  'auth.me': {
    success: 200,
    may: anyRole,
    calls: (tenants) => [
      {
        path: '/api/auth/me',
        check: (body, party) => {
          const { workspace, domains, role, kind } = body as Schemas['Me'];
          assert.equal(workspace.id, tenants.workspaceIds[party.workspace]);
          assert.deepEqual([role, kind, domains], [party.role, party.kind, party.domains]);
        },
      },
    ],
  },
  'auth.createEmbedToken': {
    success: 201,
    may: ({ kind, role }) => kind === 'key' || (kind === 'account' && role === 'admin'),
    calls: mintCalls,
  },
  'keys.list': { success: 200, may: managesAll, calls: keyListCalls },
  'keys.create': { success: 201, may: managesAll, calls: keyCreateCalls },
  'keys.get': { success: 200, may: managesAll, calls: keyCalls },
  'keys.rotate': { success: 200, may: managesAll, calls: keyRotateCalls },
  'keys.end': { success: 204, may: managesAll, calls: keyCalls },
  'batch.run': { success: 200, may: anyRole, calls: batchCalls },
  'stats.overview': {
    success: 200,
    may: statistics,
    calls: overviewCalls,
  },
  'stats.timeline': {
    success: 200,
    may: statistics,
    calls: timelineCalls,
  },
  'stats.domains': { success: 200, may: statistics, calls: domainListCalls },
  'stats.domain': { success: 200, may: statistics, calls: domainCalls },
  'stats.models': { success: 200, may: statistics, calls: modelCalls },
  'stats.compareModels': { success: 200, may: statistics, calls: compareCalls },
  'stats.costs': { success: 200, may: statistics, calls: costCalls },
  'stats.tokenHeatmap': { success: 200, may: statistics, calls: heatmapCalls },
  'stats.errors': { success: 200, may: users, calls: errorCalls },
  'stats.users': { success: 200, may: users, calls: userCalls },
  'stats.peaks': { success: 200, may: statistics, calls: peakCalls },
  'stats.latency': { success: 200, may: statistics, calls: latencyCalls },
  'stats.flow': { success: 200, may: statistics, calls: flowCalls },
  'executions.list': { success: 200, may: runs, calls: listCalls },
  'executions.get': { success: 200, may: runs, calls: getCalls },
  'conversations.list': { success: 200, may: conversations, calls: conversationListCalls },
  'conversations.search': { success: 200, may: conversations, calls: searchCalls },
  'conversations.get': { success: 200, may: conversations, calls: conversationGetCalls },
  'conversations.listMessages': { success: 200, may: conversations, calls: messageCalls },
  'conversations.stream': { success: 200, may: conversations, calls: conversationStreamCalls },
  'conversations.export': { success: 200, may: conversations, calls: conversationExportCalls },
  'conversations.exportMany': {
    success: 200,
    may: (party) => conversations(party) && party.kind !== 'embed',
    calls: exportManyCalls,
  },
  'conversations.setTags': { success: 200, may: mayChange, calls: tagCalls },
  'conversations.addFavorite': { success: 204, may: hasFavorites, calls: favoriteCalls },
  'conversations.removeFavorite': { success: 204, may: hasFavorites, calls: favoriteCalls },
  'conversations.deleteMany': { success: 200, may: mayChange, calls: deleteManyCalls },
  'conversations.delete': { success: 204, may: mayChange, calls: deleteCalls },
  'admin.stats': { success: 200, may: people, calls: adminStatsCalls },
  'admin.health': { success: 200, may: roles('admin', 'sysops'), calls: healthCalls },
  'admin.telemetry': { success: 200, may: tells, calls: telemetryCalls },
  'admin.listSessions': { success: 200, may: tells, calls: sessionCalls },
  'admin.listErrors': { success: 200, may: users, calls: listErrorCalls },
  'admin.listErrorGroups': { success: 200, may: users, calls: errorGroupCalls },
  'admin.getError': { success: 200, may: users, calls: getErrorCalls },
  'admin.durableObjects': {
    success: 200,
    may: operates,
    calls: () => [
      {
        path: '/api/admin/durable-objects',
        check: (body) => assert.equal((body as Schemas['DurableObjects']).namespaces, null),
      },
    ],
  },
  'admin.resources': {
    success: 200,
    may: operates,
    calls: () => [{ path: '/api/admin/resources' }],
  },
  'admin.security': { success: 200, may: wholeAdmin, calls: securityCalls },
  'admin.listRefusals': { success: 200, may: wholeAdmin, calls: refusalCalls },
  'admin.listSecurityEvents': { success: 200, may: wholeAdmin, calls: securityEventCalls },
  'admin.listUnusualEvents': { success: 200, may: wholeAdmin, calls: unusualCalls },
  'admin.listAuditEntries': { success: 200, may: wholeAdmin, calls: auditCalls },
  'users.erase': { success: 202, may: managesAll, calls: eraseCalls },
  'users.getErasure': { success: 200, may: wholeAdmin, calls: erasureCalls },
  'cleanup.status': {
    success: 200,
    may: operates,
    calls: (tenants) => [
      {
        path: '/api/cleanup',
        check: (body) => cleanupRun(tenants)((body as Schemas['CleanupStatus']).lastRun),
      },
    ],
  },
  'cleanup.listActions': {
    success: 200,
    may: operates,
    calls: () => [
      {
        path: '/api/cleanup/actions',
        check: (body) => {
          const { data } = body as Schemas['CleanupActionPage'];
          assert.deepEqual(
            data.map(({ path }) => path),
            ['tmp/ours-cleanup'],
          );
        },
      },
    ],
  },
  'cleanup.getRun': {
    success: 200,
    may: operates,
    calls: ({ cleanupRuns: { ours, theirs } }) => [
      { path: `/api/cleanup/runs/${ours}` },
      { path: `/api/cleanup/runs/${theirs}`, status: () => 404 },
    ],
  },
  'cleanup.run': {
    success: 202,
    may: (party) => operates(party) && party.role === 'admin',
    // With the same key whoever asks: an answer that is kept is the caller's own.
    calls: () => [
      {
        path: '/api/cleanup/runs',
        body: { dryRun: true },
        headers: { 'idempotency-key': 'the same' },
      },
    ],
  },
  'business.ingest': {
    success: 200,
    owner: 'an ingest key',
    may: (party) => sends(party) || managesAll(party),
    calls: businessCalls,
  },
  'executive.overview': { success: 200, may: leads, calls: executiveCalls },
  'executive.export': { success: 200, may: leads, calls: exportCalls },
  'live.stream': {
    success: 200,
    may: (party) => statistics(party) || operates(party),
    calls: () => [
      { path: '/api/live' },
      { path: `/api/live?domain=${SHOP}`, status: unlessHidden(SHOP) },
    ],
  },
  'live.socket': {
    success: 101,
    may: (party) => statistics(party) || operates(party),
    calls: () => [
      { path: '/api/ws/metrics' },
      { path: `/api/ws/metrics?domain=${SHOP}`, status: unlessHidden(SHOP) },
    ],
  },
  'live.conversationsSocket': {
    success: 101,
    may: conversations,
    calls: () => [
      { path: '/api/ws/conversations' },
      { path: `/api/ws/conversations?domain=${SHOP}`, status: unlessHidden(SHOP) },
    ],
  },
  'health.get': {
    success: 200,
    may: ({ kind }) => kind !== 'ingest',
    calls: () => [
      {
        path: '/api/health',
        check: (body, party) =>
          operates(party)
            ? assert.equal((body as Schemas['Health']).parts?.length, 5)
            : assert.deepEqual(Object.keys(body as object), ['status']),
      },
    ],
  },
  'health.live': { success: 200, may: () => true, calls: () => [{ path: '/api/health/live' }] },
  'health.metrics': {
    success: 200,
    may: operates,
    calls: () => [{ path: '/metrics' }],
  },
  'otlp.traces': {
    success: 200,
    owner: 'an ingest key',
    may: sends,
    calls: (tenants) => [traceCall(tenants)],
  },
  'otlp.logs': {
    success: 200,
    owner: 'an ingest key',
    may: sends,
    calls: (tenants) => [logCall(tenants)],
  },
  'otlp.metrics': {
    success: 200,
    owner: 'an ingest key',
    may: sends,
    calls: (tenants) => [metricCall(tenants)],
  },
} as const satisfies Record<OperationId, Sample>;
