/** Prices of a workspace's own: for models that the price list lacks, or that it pays otherwise. */
import { sql } from 'kysely';
import type { Store, WorkspaceTx } from '../database/database.ts';
import { uuidv7 } from '../database/uuid.ts';

/** USD per million tokens. `*` in the model's or provider's name stands for any characters. */
export interface PriceOverride {
  /** `null`: any. */
  provider: string | null;
  model: string;
  inputPerMillion: number;
  outputPerMillion: number;
  /** `null`: as the input. */
  cacheReadPerMillion: number | null;
  cacheWritePerMillion: number | null;
  /** What is frozen on the row beside the cost. */
  version: string;
}

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
