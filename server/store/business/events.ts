/** What a batch of business data tells those who watch. */
import { sql } from 'kysely';
import type { BusinessChanges } from './business.ts';
import type { WorkspaceTx } from '../database/database.ts';
import type { NewEvent } from '../outbox.ts';
import { WORKSPACE } from '../rollups/deltas.ts';

export type BusinessPart = keyof BusinessChanges;

/** Beyond so many domains everybody is told at once. */
const MAX_DOMAINS = 20;

/**
 * The contract's `LiveExecutive` data: one event for each domain whose customers have changed, so
 * that who may see some domains only is told of these; what is of no domain is heard by those who
 * may see all.
 */
export async function businessEvents(
  ws: WorkspaceTx,
  changes: BusinessChanges,
): Promise<NewEvent[]> {
  const parts = (Object.keys(changes) as BusinessPart[]).filter((part) => changes[part].length > 0);
  if (parts.length === 0) return [];
  const changed = new Map<string, Set<BusinessPart>>();
  const tell = (part: BusinessPart, domains: readonly string[]): void => {
    for (const domain of domains.length > 0 ? domains : [WORKSPACE]) {
      const known = changed.get(domain) ?? new Set();
      changed.set(domain, known.add(part));
    }
  };
  for (const { before, after } of changes.customers) {
    tell('customers', [...(before?.domains ?? []), ...after.domains]);
  }
  if (changes.spend.length > 0) tell('spend', []);
  const domainsOf = await customerDomains(ws, [...changes.subscriptions, ...changes.credits]);
  for (const part of ['subscriptions', 'credits'] as const) {
    for (const change of changes[part]) {
      tell(
        part,
        customersOf(change).flatMap((id) => domainsOf.get(id) ?? []),
      );
    }
  }
  if (changed.size > MAX_DOMAINS) {
    return [{ domain: null, topic: 'executive', payload: { changed: parts } }];
  }
  return [...changed].map(([domain, of]) => ({
    domain,
    topic: 'executive',
    payload: { changed: [...of] },
  }));
}

type CustomersChange = (BusinessChanges['subscriptions'] | BusinessChanges['credits'])[number];

const customersOf = ({ before, after }: CustomersChange): string[] =>
  [before?.customer_id, after.customerId].filter((id) => id != null);

async function customerDomains(
  ws: WorkspaceTx,
  changes: readonly CustomersChange[],
): Promise<Map<string, string[]>> {
  const ids = [...new Set(changes.flatMap(customersOf))];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; domains: string[] }>`
    select id, domains from customers
    where ${ws.of()} and id = any(${ids}::text[])`.execute(ws.tx);
  return new Map(rows.map(({ id, domains }) => [id, domains]));
}
