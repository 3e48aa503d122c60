/** The calls of the admin dashboard, with what is a party's own in their answers. */
import assert from 'node:assert/strict';
import type { Schemas } from '../../server/contract/index.ts';
import { cells, DESK, ERRORS, requestsIn, SHOP } from './cells.ts';
import { SAMPLE_KEY } from './key-calls.ts';
import { periods, unlessHidden, type SampleCall } from './sample-calls.ts';
import { visibleTo, type Party, type Tenants } from './tenants.ts';

/** Whether somebody reads what was said. */
const reads = ({ role }: Party): boolean => role !== 'executive';

type Check = (body: unknown, party: Party, domain?: string) => void;

/** The same question as everything and of one domain. */
function places(path: string, check: Check): SampleCall[] {
  const of = (domain: string): SampleCall => ({
    path: `${path}${path.includes('?') ? '&' : '?'}domain=${domain}`,
    status: unlessHidden(domain),
    check: (body, party) => check(body, party, domain),
  });
  return [{ path, check }, of(SHOP), of(DESK)];
}

export const adminStatsCalls = (): SampleCall[] =>
  places('/api/admin/dashboard/stats', (body, party, domain) => {
    const { users, success, models } = body as Schemas['AdminStats'];
    const own = visibleTo(party, domain);
    assert.deepEqual([users.total, users.new7d], [own.length, own.length]);
    assert.equal(success.failed, own.length);
    assert.equal(success.completed, requestsIn(own) - own.length);
    assert.deepEqual(
      models.map(({ model, requests }) => [model, requests]).sort(),
      own.map(({ marker, requests }) => [`${marker}-model`, requests]).sort(),
    );
  });

export const healthCalls = (): SampleCall[] => [
  {
    path: '/api/admin/dashboard/health',
    check: (body, party) => {
      const { parts, providers } = body as Schemas['AdminHealth'];
      assert.equal(parts === null, party.workspace !== 'ours');
      const own = visibleTo(party).map(({ marker }) => `${marker}-provider`);
      assert.deepEqual(providers.map(({ name }) => name).sort(), own.sort());
    },
  },
];

export const telemetryCalls = (): SampleCall[] =>
  periods('/api/admin/dashboard/telemetry', (body, party, domain) => {
    const { sessions, transitions } = body as Schemas['AdminTelemetry'];
    const own = visibleTo(party, domain);
    assert.equal(sessions.total, own.length);
    const expected = own.length === 0 ? [] : [{ from: 'IDLE', to: 'AUTH', count: own.length }];
    assert.deepEqual(transitions, expected);
  });

export const sessionCalls = (): SampleCall[] =>
  periods('/api/admin/sessions', (body, party, domain) => {
    const { data } = body as Schemas['CliSessionPage'];
    const own = visibleTo(party, domain).map(({ marker }) => `${marker}-session-0`);
    assert.deepEqual(data.map(({ sessionId }) => sessionId).sort(), own.sort());
  });

const errorsOf = (tenants: Tenants, party: Party, domain?: string): string[] =>
  visibleTo(party, domain).flatMap(({ marker }) => tenants.errorIds.get(marker) ?? []);

export function listErrorCalls(tenants: Tenants): SampleCall[] {
  const check: Check = (body, party, domain) => {
    const ids = (body as Schemas['LoggedErrorPage']).data.map(({ id }) => id);
    assert.deepEqual(ids.sort(), errorsOf(tenants, party, domain).sort());
    assert.equal(ids.length, ERRORS * visibleTo(party, domain).length);
  };
  return periods('/api/admin/errors', check);
}

export const errorGroupCalls = (): SampleCall[] =>
  periods('/api/admin/errors/groups', (body, party, domain) => {
    const { errors, data: groups } = body as Schemas['ErrorGroupPage'];
    const own = visibleTo(party, domain);
    assert.equal(errors, ERRORS * own.length);
    assert.deepEqual(
      groups.map(({ pattern }) => pattern).sort(),
      own.map(({ marker }) => (reads(party) ? `${marker} took too long` : null)).sort(),
    );
  });

export const getErrorCalls = (tenants: Tenants): SampleCall[] =>
  cells
    .filter(({ workspace }) => workspace === 'ours')
    .flatMap((cell) =>
      (tenants.errorIds.get(cell.marker) ?? []).map((id) => ({
        path: `/api/admin/errors/${id}`,
        status: (party: Party) => (visibleTo(party).includes(cell) ? undefined : 404),
        check: (body: unknown, party: Party) => {
          const { message, domain } = body as Schemas['LoggedErrorDetail'];
          const text = reads(party) ? `${cell.marker} took too long` : null;
          assert.deepEqual([message, domain], [text, cell.domain]);
        },
      })),
    );

/** Keys of a workspace: those who send, and those who ask. */
const KEYS: Record<Party['workspace'], number> = { ours: 4, theirs: 2, strangers: 1 };

export const securityCalls = (): SampleCall[] =>
  ['', '?timeframe=all'].map((query) => ({
    path: `/api/admin/security${query}`,
    check: (body, party) => {
      const { keys } = body as Schemas['AdminSecurity'];
      const others = keys.filter(({ name }) => name !== SAMPLE_KEY);
      assert.equal(others.length, KEYS[party.workspace]);
    },
  }));

export const refusalCalls = (): SampleCall[] =>
  ['', '?timeframe=all&by=subject', '?kind=login&by=address'].map((query) => ({
    path: `/api/admin/security/refusals${query}`,
    check: (body) => {
      const { total, data } = body as Schemas['RefusalPage'];
      assert.equal(
        data.reduce((sum, { count }) => sum + count, 0),
        total,
      );
    },
  }));

export const securityEventCalls = (): SampleCall[] =>
  ['', '?timeframe=all&kind=token'].map((query) => ({
    path: `/api/admin/security/events${query}`,
  }));

export const unusualCalls = (): SampleCall[] =>
  ['', '?timeframe=all'].map((query) => ({ path: `/api/admin/security/unusual${query}` }));

export const auditCalls = (tenants: Tenants): SampleCall[] => [
  {
    path: '/api/admin/audit?limit=200&action=account.create',
    check: (body, party) => {
      const { data } = body as Schemas['AuditPage'];
      const emails = tenants.parties.flatMap(({ workspace, credentials }) =>
        workspace === party.workspace ? (credentials?.email ?? []) : [],
      );
      const told = data.map(({ target }) => target);
      for (const email of emails) assert.ok(told.includes(email), email);
    },
  },
  { path: '/api/admin/audit?timeframe=all' },
];
