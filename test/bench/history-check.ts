/** Proves on a sample that a made history is what the write path would have made of its rows. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../../server/store/database/database.ts';
import { readFloors } from '../../server/store/time/retention-floors.ts';
import { fromPico, plainUsd } from '../../server/store/rollups/money.ts';
import type { ConversationSchema } from '../../server/store/database/schema/conversations.ts';
import type { LinkRecord } from '../../server/model/execution.ts';
import type { TelemetrySchema } from '../../server/store/database/schema/telemetry.ts';
import { bucketOf } from '../../server/store/rollups/sketch.ts';
import { time } from '../../server/store/database/batch-columns.ts';
import { Deltas } from '../../server/store/rollups/deltas.ts';
import { DAY } from '../../server/store/time/zones.ts';
import { DAYS, type History } from './history.ts';

/** Days before the end: one that has every grain, and one that is too old for the finest. */
const SAMPLE = [3, DAYS - 10];

/** @throws AssertionError where a rollup is not the sum of its rows */
export async function checkHistory(store: Store, { workspaceId, until }: History): Promise<void> {
  for (const daysAgo of SAMPLE) {
    const from = Math.floor(until / DAY - daysAgo) * DAY;
    await store.inWorkspace(workspaceId, (ws) => checkDay(ws, from, from + DAY));
  }
}

async function checkDay(ws: WorkspaceTx, from: number, to: number): Promise<void> {
  const rows = <T extends keyof (TelemetrySchema & ConversationSchema)>(table: T, column: string) =>
    sql<
      Record<string, string | number | Date | null> & { links?: LinkRecord[] }
    >`select * from ${sql.table(table)}
      where ${ws.of()} and ${sql.ref(column)} >= ${time(from)} and ${sql.ref(column)} < ${time(to)}`
      .execute(ws.tx)
      .then((result) => result.rows);
  const floors = await readFloors(ws);
  assert(floors, 'The history has no floors');
  const deltas = new Deltas(floors);

  for (const row of await rows('requests', 'started_at')) {
    assert.equal(row.latency_bucket, bucketOf(Number(row.latency_ms)));
    const number = (name: string) => (row[name] === null ? null : Number(row[name]));
    const usage = {
      uncachedInput: number('uncached_input'),
      cacheRead: number('cache_read'),
      cacheWrite: number('cache_write'),
      output: number('output'),
      reasoning: number('reasoning'),
    };
    deltas.addRequest(
      {
        key: String(row.key),
        startedAt: Number(row.started_at),
        domain: String(row.domain),
        model: String(row.model),
        provider: null,
        user: String(row.user_id),
        conversation: String(row.conversation),
        link: 'client',
        branch: null,
        agent: String(row.agent),
        team: String(row.team),
        failed: row.error_type !== null,
        errorType: row.error_type === null ? null : String(row.error_type),
        latencyMs: Number(row.latency_ms),
        latencyBucket: row.latency_bucket,
        firstTokenBucket: row.first_token_bucket === null ? null : Number(row.first_token_bucket),
        usage: usage.output === null ? null : usage,
        costUsd: row.cost_usd === null ? null : String(row.cost_usd),
        priceVersion: null,
      },
      1,
    );
  }
  for (const row of await rows('executions', 'started_at')) {
    const [startedAt, endedAt] = [Number(row.started_at), row.ended_at];
    deltas.addExecution(
      {
        startedAt,
        domain: String(row.domain),
        status: row.status as 'completed',
        agent: String(row.agent),
        durationMs: endedAt === null ? null : Number(endedAt) - startedAt,
        links: row.links ?? [],
      },
      1,
    );
  }
  for (const row of await rows('conversations', 'first_at')) {
    deltas.addConversation({ firstAt: Number(row.first_at), domain: String(row.domain) }, 1);
  }

  const priced = <Sums extends { cost: bigint }>(sums: ReadonlyMap<string, Sums>) =>
    [...sums.values()].map(({ cost, ...rest }) => ({ ...rest, cost: fromPico(cost) }));
  const users = priced(deltas.users).map(({ requests: n, ...rest }) => ({ ...rest, n }));
  compare('model_sums', priced(deltas.models), await rows('model_sums', 'slot'));
  compare('domain_sums', [...deltas.domains.values()], await rows('domain_sums', 'slot'));
  compare('sketches', [...deltas.sketches.values()], await rows('sketches', 'slot'));
  compare('user_sets', users, await rows('user_sets', 'slot'));
  compare('label_sums', priced(deltas.labels), await rows('label_sums', 'slot'));
  compare('error_sums', [...deltas.errors.values()], await rows('error_sums', 'slot'));
  compare('link_sums', [...deltas.links.values()], await rows('link_sums', 'slot'));
}

/** The same rows, whatever their order and the names of their columns. */
function compare(table: string, expected: readonly object[], found: readonly object[]): void {
  assert.ok(expected.length > 0, `${table} is empty`);
  assert.deepEqual(found.map(line).sort(), expected.map(line).sort(), table);
}

const names: Record<string, string> = {
  uncached_input: 'uncachedInput',
  cache_read: 'cacheRead',
  cache_write: 'cacheWrite',
  cost_usd: 'cost',
  user_id: 'user',
  error_type: 'type',
  priced_tokens: 'pricedTokens',
  timed_output: 'timedOutput',
  timed_us: 'timedUs',
  duration_ms: 'durationMs',
};

function line(row: object): string {
  const cells = Object.entries(row)
    .filter(([name]) => name !== 'workspace_id')
    .map(([name, value]: [string, unknown]) => {
      const plain = value instanceof Date ? value.getTime() : value;
      return `${names[name] ?? name}=${name.includes('cost') ? plainUsd(String(plain)) : String(plain)}`;
    });
  return cells.sort().join(' ');
}
