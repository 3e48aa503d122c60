/** Keeps `agent_sums` current: how many executions each agent with a name had, and how they went. */
import type { WorkspaceTx } from '../database/database.ts';
import type { Grain } from '../database/schema/rollups.ts';
import { addDuration, type DurationSums } from './deltas.ts';
import { addTo, domainKey, durationColumns, slotKeys, type Rollup } from './rollups.ts';
import { slotsOf } from '../time/segments.ts';
import type { CountedExecution } from './counted.ts';
import type { CountedChanges } from './counted.ts';

interface AgentSum extends DurationSums {
  grain: Grain;
  slot: number;
  domain: string;
  agent: string;
  executions: number;
  completed: number;
  failed: number;
}

const agentSums: Rollup<AgentSum> = {
  table: 'agent_sums',
  keys: [...slotKeys, domainKey, ['agent', 'text', ({ agent }) => agent]],
  sums: [
    ['executions', 'bigint', ({ executions }) => executions],
    ['completed', 'bigint', ({ completed }) => completed],
    ['failed', 'bigint', ({ failed }) => failed],
    ...durationColumns,
  ],
  counts: ['executions'],
};

export async function updateAgentSums(
  ws: WorkspaceTx,
  { removed, saved }: CountedChanges,
): Promise<void> {
  const sums = new Map<string, AgentSum>();
  for (const execution of removed) count(sums, execution, -1);
  for (const { before, after } of saved) {
    if (before) count(sums, before, -1);
    count(sums, after, 1);
  }
  await addTo(ws, agentSums, sums.values());
}

function count(
  sums: Map<string, AgentSum>,
  { agent, startedAt, domain, status, durationMs }: CountedExecution,
  sign: 1 | -1,
): void {
  if (!agent) return;
  for (const { grain, slot } of slotsOf(startedAt)) {
    const key = `${grain}\0${slot}\0${domain}\0${agent}`;
    const counts = { executions: 0, completed: 0, failed: 0, timed: 0, durationMs: 0 };
    const nothing = { grain, slot, domain, agent, ...counts };
    const sum = sums.get(key) ?? nothing;
    sums.set(key, sum);
    sum.executions += sign;
    if (status === 'completed' || status === 'failed') sum[status] += sign;
    addDuration(sum, durationMs, sign);
  }
}
