/** Answers of the contract, for tests that need some. */
import type { Execution, Me, Session, StatsOverview } from '@cloudbrain/sdk';

export const me: Me = {
  id: '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b11',
  kind: 'account',
  name: 'Ada',
  email: 'ada@example.com',
  role: 'admin',
  workspace: { id: '0197f3c2-7f1e-7c53-9d0a-3f3d2a6f1b10', name: 'Default', operator: true },
  domains: null,
  expiresAt: '2026-11-21T10:15:00Z',
};

/** The nth session of a login: its tokens say so. */
export const session = (n: number, more: Partial<Session> = {}): Session => ({
  accessToken: `access-${n}`,
  expiresIn: 900,
  refreshToken: `refresh-${n}`,
  refreshExpiresIn: 1_209_600,
  me,
  ...more,
});

export const execution = (n: number, more: Partial<Execution> = {}): Execution => ({
  id: `0197f3c2-7f1e-7c53-9d0a-${String(n).padStart(12, '0')}`,
  status: 'completed',
  domain: 'app.example.com',
  user: 'ada@example.com',
  agent: 'support-agent',
  model: 'claude-sonnet-4-5',
  conversationId: null,
  startedAt: '2026-11-21T09:59:48Z',
  endedAt: '2026-11-21T10:00:00Z',
  lastEventAt: '2026-11-21T10:00:00Z',
  durationMs: 12_000,
  steps: { done: 1, total: 1 },
  tokens: { input: 4200, output: 310 },
  cost: { usd: '0.021400', unpricedRequests: 0 },
  requests: 1,
  error: null,
  ...more,
});

const tokens = {
  input: 90,
  uncachedInput: 40,
  cacheRead: 50,
  cacheWrite: 0,
  output: 10,
  reasoning: 0,
  total: 100,
};

const sums = { requests: 12, errors: 1, tokens, cost: { usd: '0.120000', unpricedRequests: 0 } };

export const overview: StatsOverview = {
  period: { from: '2026-11-20T10:00:00Z', to: '2026-11-21T10:00:00Z', timezone: 'UTC' },
  requests: 12,
  conversations: 3,
  executions: { total: 4, completed: 3, failed: 1, running: 0, abandoned: 0, successRate: 0.75 },
  errors: 1,
  errorRate: 1 / 12,
  tokens,
  cost: { usd: '0.120000', unpricedRequests: 0 },
  latencyMs: { p50: 800, p95: 2400, p99: 6000 },
  users: { active: 2, new: 1 },
  totals: { today: sums, month: sums, all: sums },
  change: {
    requests: 0.1,
    conversations: null,
    executions: {
      total: null,
      completed: null,
      failed: null,
      running: null,
      abandoned: null,
      successRate: null,
    },
    errors: null,
    errorRate: null,
    tokens: {
      input: null,
      uncachedInput: null,
      cacheRead: null,
      cacheWrite: null,
      output: null,
      reasoning: null,
      total: null,
    },
    cost: { usd: null, unpricedRequests: null },
    latencyMs: { p50: null, p95: null, p99: null },
    users: { active: null, new: null },
  },
  unavailable: [],
};
