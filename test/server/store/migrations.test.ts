/** A database that has telemetry when a migration comes is then as if it had always been there. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { statistics } from '../../../server/store/database/migrations/0009_statistics.ts';
import { migrations } from '../../../server/store/database/migrations/index.ts';
import { END, fleet } from './fleet.ts';
import { comparable, Telemetry } from './telemetry.ts';

/** What the database was before the migration. */
const UNDO = `
  drop table label_sums, error_sums, link_sums, domain_totals;
  delete from sketches where measure = 'first_token';
  alter table api_keys drop column team;
  alter table requests drop column first_token_bucket;
  alter table executions drop column links;
  alter table users drop column last_at;
  alter table model_sums drop column priced_tokens, drop column timed_output, drop column timed_us;
  alter table user_sets drop column errors, drop column unmetered, drop column unpriced,
    drop column uncached_input, drop column cache_read, drop column cache_write,
    drop column output, drop column reasoning, drop column cost_usd`;

describe('the migration of statistics', () => {
  let telemetry: Telemetry;
  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = END;
  });
  after(() => telemetry.close());

  it('fills the new sums from the rows that are there, and they go on from there', async () => {
    const workspaces = [];
    for (const observations of fc.sample(fleet, { numRuns: 20, seed: 42 })) {
      const workspace = telemetry.workspace();
      // The rest comes after the migration, and takes some of this back.
      await workspace.write(...observations.slice(0, Math.ceil(observations.length / 2)));
      workspaces.push({ workspace, observations, was: await workspace.rollups() });
    }
    await telemetry.store.asSystem(async (tx) => {
      for (const statement of UNDO.split(';')) await sql.raw(statement).execute(tx);
      await statistics.up(tx);
    });
    let links = 0;
    for (const { workspace, observations, was } of workspaces) {
      const { linkSums: _links, ...expected } = was;
      const { linkSums = [], ...told } = await workspace.rollups();
      assert.deepEqual(comparable(told), comparable(expected));
      const { linkSums: counted = [] } = await workspace.rollupsFromRows();
      assert.deepEqual(comparable({ linkSums }), comparable({ linkSums: counted }));
      links += linkSums.length;
      await workspace.write(...observations);
      const [rollups, rows] = [await workspace.rollups(), await workspace.rollupsFromRows()];
      assert.deepEqual(comparable(rollups), comparable(rows));
    }
    assert.ok(links > 0, 'Tools that are listed as steps are links.');
  });
});

it('migrations are numbered without a gap: what is added later runs last', () => {
  const numbers = Object.keys(migrations).map((name) => Number(name.slice(0, 4)));
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
});
