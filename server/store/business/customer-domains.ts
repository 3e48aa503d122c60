/** Keeps `customer_domains` current: which customers have a domain. */
import { sql } from 'kysely';
import type { WorkspaceTx } from '../database/database.ts';
import { matching, namesOf, unnest, type Column } from '../database/batch-columns.ts';
import type { Change } from './keep.ts';
import type { StoredCustomer } from './kinds.ts';
import type { CustomerRow } from './records.ts';

interface Pair {
  domain: string;
  id: string;
}

const keys: readonly Column<Pair>[] = [
  ['domain', 'text', ({ domain }) => domain],
  ['customer_id', 'text', ({ id }) => id],
];

/** Customers who are taken back have none. */
export async function updateCustomerDomains(
  ws: WorkspaceTx,
  changes: readonly Change<CustomerRow, StoredCustomer>[],
): Promise<void> {
  const gone: Pair[] = [];
  const come: Pair[] = [];
  for (const { before, after } of changes) {
    const [had, has] = [domainsOf(before), domainsOf(after)];
    const pair = (domain: string): Pair => ({ domain, id: after.id });
    gone.push(...had.filter((domain) => !has.includes(domain)).map(pair));
    come.push(...has.filter((domain) => !had.includes(domain)).map(pair));
  }
  if (gone.length > 0) {
    await sql`delete from customer_domains t using ${unnest(keys, gone)}
      where ${ws.of('t.workspace_id')} and ${matching(keys)}`.execute(ws.tx);
  }
  if (come.length > 0) {
    await sql`insert into customer_domains (workspace_id, ${namesOf(keys)})
      select ${ws.workspaceId}::uuid, v.* from ${unnest(keys, come)}`.execute(ws.tx);
  }
}

const domainsOf = (customer: Pick<CustomerRow, 'domains' | 'deleted'> | null): readonly string[] =>
  customer && !customer.deleted ? [...new Set(customer.domains)] : [];
