/** Prices of a workspace's own: for models that the price list lacks, or that it pays otherwise. */
import type { PriceOverride } from '../../model/price-override.ts';
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../database/database.ts';
import { uuidv7 } from '../database/uuid.ts';

export class PriceStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** From now on requests cost this; those that have been priced keep their price. */
  set(workspaceId: string, price: Omit<PriceOverride, 'version'>): Promise<PriceOverride> {
    return this.#store.inWorkspace(workspaceId, async ({ tx }) => {
      const id = uuidv7();
      const version = `override@${id}`;
      await tx
        .insertInto('price_overrides')
        .values({
          workspace_id: workspaceId,
          id,
          provider: price.provider,
          model: price.model,
          input_per_million: price.inputPerMillion,
          output_per_million: price.outputPerMillion,
          cache_read_per_million: price.cacheReadPerMillion,
          cache_write_per_million: price.cacheWritePerMillion,
          version,
        })
        .execute();
      return { ...price, version };
    });
  }
}

/** The latest first. */
export async function readPriceOverrides(ws: WorkspaceTx): Promise<PriceOverride[]> {
  const { rows } = await sql<PriceOverride>`
    select provider, model, input_per_million as "inputPerMillion",
      output_per_million as "outputPerMillion", cache_read_per_million as "cacheReadPerMillion",
      cache_write_per_million as "cacheWritePerMillion", version
    from price_overrides where ${ws.of()} order by set_at desc`.execute(ws.tx);
  return rows;
}
