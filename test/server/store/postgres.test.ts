/** What only a PostgreSQL of somebody else's does. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { openConfigured } from '../../../server/open-store.ts';
import { exclusively } from '../../../server/jobs/exclusive.ts';
import { openStore, type Store } from '../../../server/store/database/database.ts';
import { isUnavailable } from '../../../server/store/database/errors.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';

const embedded = !process.env.TEST_DATABASE_URL;

describe('a PostgreSQL server', { skip: embedded && 'needs PostgreSQL' }, () => {
  let database: TestDatabase;
  let store: Store;
  let admin: pg.Client;
  before(async () => {
    database = await createTestDatabase();
    store = await openStore(database);
    admin = new pg.Client({ connectionString: database.databaseUrl });
    await admin.connect();
  });
  after(async () => {
    await store.close();
    await admin.end();
    await database.drop();
  });

  /** Ends a connection from outside, as a failover does, and waits until it is gone. */
  const cut = async (pid: number) => {
    await admin.query('select pg_terminate_backend($1)', [pid]);
    await eventually('it is gone', async () => {
      const { rowCount } = await admin.query('select from pg_stat_activity where pid = $1', [pid]);
      return rowCount === 0;
    });
  };
  const pidOf = { raw: 'select pg_backend_pid() as pid' };

  test('that drops a connection in the middle of a transaction fails it, and nothing else', async () => {
    const work = store.asSystem(async (tx) => {
      const { rows } = await sql.raw<{ pid: number }>(pidOf.raw).execute(tx);
      await cut(rows[0]?.pid ?? 0);
      await sql`select 1`.execute(tx);
    });
    await assert.rejects(work, isUnavailable);
    assert.equal((await store.query('select 1 as one')).rows[0]?.one, 1);
  });

  test('that drops the connection which holds a lock lets the work go on', async () => {
    let done = false;
    const ran = await exclusively(store, 'test', async () => {
      const { rows } = await admin.query<{ pid: number }>(
        `select l.pid from pg_locks l join pg_database d on d.oid = l.database
        where l.locktype = 'advisory' and l.granted and d.datname = current_database()`,
      );
      for (const { pid } of rows) await cut(pid);
      done = true;
    });
    assert.ok(ran && done);
  });

  test('whose login may make no role takes the one that was made for it', async (t) => {
    const login = `login_${randomUUID().replaceAll('-', '')}`;
    await admin.query(`create role ${login} login password 'secret'`);
    await admin.query(`create database ${login} owner ${login}`);
    await admin.query(`grant cloudbrain_app to ${login}`);
    t.after(async () => {
      await admin.query(`drop database ${login} with (force)`);
      await admin.query(`drop role ${login}`);
    });
    const url = new URL(database.databaseUrl ?? '');
    Object.assign(url, { username: login, password: 'secret', pathname: `/${login}` });
    const own = await openConfigured({ databaseUrl: url.href, dataDir: '' });
    await own.close();
  });

  test('that has no such database is a setting that is wrong, in a line without a secret', async () => {
    const url = new URL(database.databaseUrl ?? '');
    Object.assign(url, { password: 'hidden', pathname: '/nowhere' });
    await assert.rejects(openConfigured({ databaseUrl: url.href, dataDir: '' }), {
      name: 'StartError',
      message: `The database at ${url.host} has no such database: database "nowhere" does not exist (DATABASE_URL).`,
    });
  });
});
