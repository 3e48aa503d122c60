/** What the probes find where a part does not work. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { look } from '../../../server/monitoring/probing.ts';
import type { Schemas } from '../../../server/contract/index.ts';
import { probes, type Parts } from '../../../server/monitoring/probes.ts';
import { eventually } from '../../support/eventually.ts';
import { TestServer } from '../../support/server.ts';

const redisUrl = process.env.TEST_REDIS_URL ?? '';

const healthOf = async (server: TestServer): Promise<Schemas['AdminHealth']> => {
  const token = await server.apiKey('sysops');
  const path = '/api/admin/dashboard/health';
  return (await server.call<Schemas['AdminHealth']>(path, { token })).body;
};

const part = ({ parts }: Schemas['AdminHealth'], wanted: string) => {
  const found = parts?.find(({ name }) => name === wanted);
  return [found?.status, found?.detail];
};

describe('the probe of', () => {
  it('storage writes a file, reads it back and leaves none behind', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'cloudbrain-probe-'));
    const storage = probes({ dataDir } as Parts).find(({ name }) => name === 'storage');
    assert.ok(storage);
    assert.equal((await look(storage)).status, 'healthy');
    assert.deepEqual(await readdir(dataDir), []);
    await rm(dataDir, { recursive: true });
    const gone = await look(storage);
    assert.equal(gone.status, 'down');
    assert.match(gone.detail ?? '', /ENOENT/);
  });

  it('the bus tells that Redis is unavailable, and that all else works', async () => {
    const server = await TestServer.start({ env: { REDIS_URL: 'redis://127.0.0.1:1' } });
    try {
      const health = await healthOf(server);
      const detail = 'Redis is unavailable: replicas poll the database instead.';
      assert.deepEqual(part(health, 'bus'), ['degraded', detail]);
      assert.deepEqual([health.status, health.reasons], ['degraded', [`service bus: ${detail}`]]);
    } finally {
      await server.close();
    }
  });

  it(
    'the bus tells that Redis is available',
    { skip: redisUrl === '' && 'needs TEST_REDIS_URL' },
    async () => {
      const server = await TestServer.start({ env: { REDIS_URL: redisUrl } });
      try {
        const connected = await eventually('the bus is connected', async () => {
          const { body } = await server.call<Schemas['Health']>('/api/health', {
            token: await server.apiKey('sysops'),
          });
          return body.parts?.find(({ name, status }) => name === 'bus' && status === 'healthy');
        });
        assert.equal(connected.detail, null);
        assert.deepEqual(part(await healthOf(server), 'bus'), ['healthy', null]);
      } finally {
        await server.close();
      }
    },
  );

  it('the queue tells of jobs that failed', async () => {
    const server = await TestServer.start();
    try {
      const token = await server.apiKey('admin');
      await server.call('/api/cleanup/runs', { token, body: { dryRun: true } });
      await eventually('a job is done', async () => {
        const { rows } = await server.store.query(
          `update cloudbrain_jobs.job set state = 'failed'
          where name = 'cleanup' and state = 'completed' returning 1`,
        );
        return rows.length === 1;
      });
      assert.deepEqual(part(await healthOf(server), 'queue'), ['degraded', '1 failed in cleanup']);
    } finally {
      await server.close();
    }
  });
});
