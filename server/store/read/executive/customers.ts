/** Which customers a question is about. */
import { sql, type RawBuilder } from 'kysely';
import type { WorkspaceTx } from '../../database/database.ts';
import { isAmong, type Domains } from '../../rollups/windows.ts';

/**
 * Whether the customer that a column names is one of them: some domains have the customers that
 * have one of these, and all have also what names a customer that nobody has told of yet.
 */
export function ofCustomers(
  ws: WorkspaceTx,
  domains: Domains,
  column: string,
): RawBuilder<boolean> {
  return domains === null
    ? sql`not exists (select from customers customer
        where ${ws.of('customer.workspace_id')} and customer.id = ${sql.ref(column)}
          and customer.deleted)`
    : sql`${sql.ref(column)} in (select of_domain.customer_id from customer_domains of_domain
        where ${ws.of('of_domain.workspace_id')} and ${isAmong(domains, 'of_domain.domain')})`;
}
