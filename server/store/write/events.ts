/** What a commit tells those who watch. */
import { executionOf } from '../to-contract/execution.ts';
import { fromPico } from '../rollups/money.ts';
import type { NewEvent } from '../outbox.ts';
import type { Deltas, DomainDelta, ModelDelta } from '../rollups/deltas.ts';
import type { ExecutionChanges } from './executions.ts';

/** The contract's `LiveExecution` data: each execution as it is now, or was before it went. */
export function executionEvents({ removed, saved }: ExecutionChanges): NewEvent[] {
  const gone = [...removed];
  for (const { before, after } of saved) {
    // Who may see only its former domain would keep it forever.
    if (before && before.domain !== after.domain) gone.push(before);
  }
  return [
    ...gone.map(({ row }) => ({
      domain: row.domain,
      topic: 'executions' as const,
      payload: { execution: executionOf(row), deleted: true },
    })),
    ...saved.map(({ after: { row } }) => ({
      domain: row.domain,
      topic: 'executions' as const,
      payload: { execution: executionOf(row), deleted: false },
    })),
  ];
}

/** The contract's `StatsDelta`: what to add to the sums of an interval. */
interface StatsDelta {
  requests: number;
  conversations: number;
  executions: {
    total: number;
    completed: number;
    failed: number;
    running: number;
    abandoned: number;
  };
  errors: number;
  tokens: {
    input: number;
    uncachedInput: number;
    cacheRead: number;
    cacheWrite: number;
    output: number;
    reasoning: number;
    total: number;
  };
  cost: { usd: string; unpricedRequests: number };
}

/** The contract's `LiveStats` data, one event per domain. */
export function statsEvents(deltas: Deltas): NewEvent[] {
  const parts = [...deltas.models.values(), ...deltas.domains.values()].filter(
    ({ grain }) => grain === 15,
  );
  return [...Map.groupBy(parts, ({ domain }) => domain)].flatMap(([domain, mine]) => {
    const slots = [...Map.groupBy(mine, ({ slot }) => slot)]
      .sort(([a], [b]) => a - b)
      .flatMap(([slot, ofSlot]) => {
        const delta = deltaOf(ofSlot);
        return isNothing(delta) ? [] : [{ at: new Date(slot).toISOString(), delta }];
      });
    const changed = [
      ...(changes(deltas.sketches, domain, ({ n }) => n) ? ['latencyMs'] : []),
      ...(changes(deltas.users, domain, ({ requests }) => requests) ? ['users'] : []),
    ];
    if (slots.length === 0 && changed.length === 0) return [];
    return [{ domain, topic: 'stats', payload: { domain, deltas: slots, changed } }];
  });
}

function changes<Delta extends { domain: string }>(
  deltas: ReadonlyMap<string, Delta>,
  domain: string,
  count: (delta: Delta) => number,
): boolean {
  return [...deltas.values()].some((delta) => delta.domain === domain && count(delta) !== 0);
}

function deltaOf(parts: readonly (ModelDelta | DomainDelta)[]): StatsDelta {
  const models = parts.filter((part) => 'model' in part);
  const domains = parts.filter((part) => 'executions' in part);
  const ofModels = (value: (part: ModelDelta) => number): number =>
    models.reduce((sum, part) => sum + value(part), 0);
  const ofDomains = (value: (part: DomainDelta) => number): number =>
    domains.reduce((sum, part) => sum + value(part), 0);

  const uncachedInput = ofModels((part) => part.uncachedInput);
  const cacheRead = ofModels((part) => part.cacheRead);
  const cacheWrite = ofModels((part) => part.cacheWrite);
  const input = uncachedInput + cacheRead + cacheWrite;
  const output = ofModels((part) => part.output);
  const reasoning = ofModels((part) => part.reasoning);
  return {
    requests: ofModels((part) => part.requests),
    conversations: ofDomains((part) => part.conversations),
    executions: {
      total: ofDomains((part) => part.executions),
      completed: ofDomains((part) => part.completed),
      failed: ofDomains((part) => part.failed),
      running: ofDomains((part) => part.running),
      abandoned: ofDomains((part) => part.abandoned),
    },
    errors: ofModels((part) => part.errors),
    tokens: {
      input,
      uncachedInput,
      cacheRead,
      cacheWrite,
      output,
      reasoning,
      total: input + output,
    },
    cost: {
      usd: fromPico(models.reduce((sum, { cost }) => sum + cost, 0n)),
      unpricedRequests: ofModels((part) => part.unpriced),
    },
  };
}

function isNothing({ executions, tokens, cost, ...counts }: StatsDelta): boolean {
  return (
    Number(cost.usd) === 0 &&
    cost.unpricedRequests === 0 &&
    [counts, executions, tokens].every((part) => Object.values(part).every((n) => n === 0))
  );
}
