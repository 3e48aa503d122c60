import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, readConfig, settings } from '../../server/config/config.ts';
import { usage } from '../../server/config/usage.ts';

function problems(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

describe('settings', () => {
  test('have defaults that work on a bare machine', () => {
    const config = readConfig({});
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.port, 4400);
    assert.match(config.dataDir, /\/\.cloudbrain$/);
    assert.equal(config.adminEmail, 'admin@localhost');
    assert.deepEqual(config.cleanup, {
      enabled: true,
      dryRun: false,
      tmpDirTtlMinutes: 60,
      previewBundleTtlHours: 24,
      logRetentionDays: 7,
    });
    const unset = ['databaseUrl', 'redisUrl', 'secret', 'adminPassword', 'ingestKey'] as const;
    for (const name of unset) assert.equal(config[name], undefined, name);
  });

  test('count as left out where they are empty', () => {
    const empty = Object.fromEntries(settings.map(({ name }) => [name, '']));
    assert.deepEqual(readConfig(empty), readConfig({}));
  });

  test('are taken as they are meant', () => {
    const config = readConfig({
      PORT: ' 0 ',
      CLEANUP_ENABLED: 'False',
      CLEANUP_DRY_RUN: '1',
      CLOUDBRAIN_ORIGINS: 'https://a.example.com, http://localhost:3000/ ,',
      CLOUDBRAIN_UPSTREAMS: 'gateway=https://gateway.example.com/health',
      CLOUDFLARE_ACCOUNT_ID: '0123456789abcdef0123456789abcdef',
      CLOUDFLARE_API_TOKEN: ' a-token-of-at-least-20-characters ',
      CLOUDBRAIN_ADMIN_EMAIL: 'Ada@Example.com',
      CLOUDBRAIN_ADMIN_PASSWORD: ' with spaces ',
    });
    assert.equal(config.port, 0);
    assert.equal(config.cleanup.enabled, false);
    assert.equal(config.cleanup.dryRun, true);
    assert.deepEqual(config.origins, ['https://a.example.com', 'http://localhost:3000']);
    assert.deepEqual(config.upstreams, [
      { name: 'gateway', url: 'https://gateway.example.com/health' },
    ]);
    assert.deepEqual(config.cloudflare, {
      accountId: '0123456789abcdef0123456789abcdef',
      apiToken: 'a-token-of-at-least-20-characters',
    });
    // The variables are those of Cloudflare's own tools.
    assert.equal(readConfig({ CLOUDFLARE_API_TOKEN: 'x' }).cloudflare, undefined);
    assert.equal(config.adminEmail, 'ada@example.com');
    assert.equal(config.adminPassword, ' with spaces ');
  });

  test('that can not be used are named, all at once, and no secret is shown', () => {
    const found = problems({
      PORT: '70000',
      CLEANUP_ENABLED: 'maybe',
      LOG_RETENTION_DAYS: '-1',
      OUTBOUND_ALLOW: '10.0.0.0/8, 10.0.0.0/33, localhost',
      CLOUDBRAIN_PREVIOUS_SECRETS: 'sh0rt',
      DATABASE_URL: 'mysql://localhost',
      REDIS_URL: 'localhost:6379',
      CLOUDBRAIN_SECRET: 'sh0rt',
      CLOUDBRAIN_ADMIN_EMAIL: 'admin',
      CLOUDBRAIN_ADMIN_PASSWORD: 'hunter2',
      CLOUDBRAIN_ORIGINS: '*,portal.example.com,https://a.example.com/path',
      CLOUDBRAIN_UPSTREAMS: 'a=https://user:hunter2@a.example,b=file:///etc/passwd',
      CLOUDFLARE_ACCOUNT_ID: 'my account',
      CLOUDFLARE_API_TOKEN: 'hunter2',
      LOG_LEVEL: 'loud',
    });
    assert.deepEqual(found.map((line) => line.split(' ')[0]).sort(), [
      'CLEANUP_ENABLED',
      'CLOUDBRAIN_ADMIN_EMAIL',
      'CLOUDBRAIN_ADMIN_PASSWORD',
      'CLOUDBRAIN_ORIGINS',
      'CLOUDBRAIN_ORIGINS',
      'CLOUDBRAIN_ORIGINS',
      'CLOUDBRAIN_PREVIOUS_SECRETS',
      'CLOUDBRAIN_SECRET',
      'CLOUDBRAIN_UPSTREAMS',
      'CLOUDBRAIN_UPSTREAMS',
      'CLOUDFLARE_ACCOUNT_ID',
      'CLOUDFLARE_API_TOKEN',
      'DATABASE_URL',
      'LOG_LEVEL',
      'LOG_RETENTION_DAYS',
      'OUTBOUND_ALLOW',
      'OUTBOUND_ALLOW',
      'PORT',
      'REDIS_URL',
    ]);
    assert.ok(found.some((line) => line.endsWith('did you mean https://a.example.com?')));
    assert.doesNotMatch(found.join('\n'), /sh0rt|hunter2/);
  });

  test('take no secret that the list of earlier ones could not name', () => {
    const plain = 'x'.repeat(40);
    for (const space of [',', ' ', '\t', '\n', '\u00a0', '\ufeff']) {
      for (const CLOUDBRAIN_SECRET of [space + plain, plain + space]) {
        const [found = '', ...more] = problems({ CLOUDBRAIN_SECRET });
        assert.match(
          found,
          /^CLOUDBRAIN_SECRET can't contain a comma, or start or end with a space: set another one\./,
        );
        assert.doesNotMatch(found, /xxx/);
        assert.deepEqual(more, []);
      }
    }
    assert.equal(problems({ CLOUDBRAIN_SECRET: `${plain},${plain}` }).length, 1);
    const inner = `${plain} ${plain}`;
    assert.equal(readConfig({ CLOUDBRAIN_SECRET: inner }).secret, inner);
    const list = `${inner}, ${plain}`;
    const { previousSecrets } = readConfig({ CLOUDBRAIN_PREVIOUS_SECRETS: list });
    assert.deepEqual(previousSecrets.slice(0, 2), [inner, plain]);
    // One that was taken before opens what it closed.
    for (const used of [` ${plain}`, `${plain}\t`, `${plain},${plain}`, `a,${plain}`]) {
      const config = readConfig({ CLOUDBRAIN_PREVIOUS_SECRETS: used });
      assert.ok(config.previousSecrets.includes(used));
    }
  });

  test('are all in the help', () => {
    const help = usage();
    for (const { name } of settings) assert.match(help, new RegExp(`^  ${name} `, 'm'));
  });
});
