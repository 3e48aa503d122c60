/** Which customers a question is about. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../database.ts';
import type { Domains } from '../stats/pieces.ts';

/**
 * Whether the customer that a column names is one of them: some domains have the customers that
 * have one of these, and all have also what names a customer that nobody has told of yet.
 */
export function ofCustomers(
  ws: WorkspaceTx,
  domains: Domains,
  column: string,
): RawBuilder<boolean> {
  const same = sql`${ws.of('customer.workspace_id')} and customer.id = ${sql.ref(column)}`;
  return domains === null
    ? sql`not exists (select from customers customer where ${same} and customer.deleted)`
    : sql`exists (select from customers customer where ${same} and not customer.deleted
        and customer.domains && ${domains}::text[])`;
}
