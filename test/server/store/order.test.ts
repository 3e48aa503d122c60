import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { derive, scopeOf } from '../../../server/derive/derive.ts';
import { price } from '../../../server/derive/price.ts';
import type { Observation } from '../../../server/model/observation.ts';
import { runs } from '../../support/effort.ts';
import { arrival, END, fleet } from './fleet.ts';
import { derivation } from './derivation.ts';
import { comparable, Telemetry, type Workspace } from './telemetry.ts';

const readings = {
  'a simple one': derivation,
  'the one of ingest': { derive, scopeOf, priceOf: price },
};

for (const [name, used] of Object.entries(readings)) {
  describe(`whatever order telemetry arrives in, with ${name}`, () => {
    let telemetry: Telemetry;
    before(async () => {
      telemetry = await Telemetry.open({}, { derivation: used });
      telemetry.clock.now = END;
    });
    after(() => telemetry.close());

    async function arrived(batches: readonly Observation[][]): Promise<Workspace> {
      const workspace = telemetry.workspace();
      for (const batch of batches) await workspace.write(...batch);
      return workspace;
    }

    it('ends in the same rows and rollups, and these equal the rows', async () => {
      await fc.assert(
        fc.asyncProperty(
          fleet.chain((all) => fc.tuple(fc.constant(all), arrival(all), arrival(all))),
          async ([all, one, other]) => {
            const expected = comparable(await (await arrived([all])).state());
            for (const batches of [one, other]) {
              const workspace = await arrived(batches);
              assert.deepEqual(comparable(await workspace.state()), expected);
              assert.deepEqual(
                comparable(await workspace.rollups()),
                comparable(await workspace.rollupsFromRows()),
              );
              const { providers = [] } = await workspace.operations();
              assert.deepEqual(providers, await workspace.providersFromRows());
            }
          },
        ),
        { numRuns: runs(30) },
      );
      assert.deepEqual(telemetry.unreadable, []);
    });
  });
}
