/** Keeps `agent_sums` current: how many executions each agent with a name had, and how they went. */
import type { WorkspaceTx } from '../database.ts';
import type { Grain } from '../schema/telemetry.ts';
import { time } from '../unnest.ts';
import type { CountedExecution, ExecutionChanges } from './executions.ts';
import { addSums, slotsOf, type SumTable } from './sums.ts';

interface AgentSum {
  grain: Grain;
  slot: number;
  domain: string;
  agent: string;
  executions: number;
  completed: number;
  failed: number;
}

const agentSums: SumTable<AgentSum> = {
  table: 'agent_sums',
  keys: [
    ['grain', 'smallint', ({ grain }) => grain],
    ['slot', 'timestamptz', ({ slot }) => time(slot)],
    ['domain', 'text', ({ domain }) => domain],
    ['agent', 'text', ({ agent }) => agent],
  ],
  sums: [
    ['executions', 'bigint', ({ executions }) => executions],
    ['completed', 'bigint', ({ completed }) => completed],
    ['failed', 'bigint', ({ failed }) => failed],
  ],
  counter: 'executions',
};

export async function updateAgentSums(
  ws: WorkspaceTx,
  { removed, saved }: ExecutionChanges,
): Promise<void> {
  const sums = new Map<string, AgentSum>();
  for (const execution of removed) count(sums, execution, -1);
  for (const { before, after } of saved) {
    if (before) count(sums, before, -1);
    count(sums, after, 1);
  }
  const rows = [...sums.values()].filter(
    ({ executions, completed, failed }) => executions !== 0 || completed !== 0 || failed !== 0,
  );
  await addSums(ws, agentSums, rows);
}

function count(
  sums: Map<string, AgentSum>,
  { agent, startedAt, domain, status }: CountedExecution,
  sign: 1 | -1,
): void {
  if (!agent) return;
  for (const { grain, slot } of slotsOf(startedAt)) {
    const key = `${grain}\0${slot}\0${domain}\0${agent}`;
    const nothing = { grain, slot, domain, agent, executions: 0, completed: 0, failed: 0 };
    const sum = sums.get(key) ?? nothing;
    sums.set(key, sum);
    sum.executions += sign;
    if (status === 'completed' || status === 'failed') sum[status] += sign;
  }
}
