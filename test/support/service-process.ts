import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readyWhen, sparePort } from '../../scripts/support/databases.ts';
import { start, stop } from '../../scripts/support/processes.ts';
import { inRoot } from '../../scripts/support/root.ts';
import type { StoreOptions } from '../../server/store/database/database.ts';
import { databaseIn } from './data-directory.ts';

const ADMIN = { email: 'admin@localhost', password: 'correct horse battery staple' };

/**
 * The product as an operator runs it, a process of its own that can be ended and started again: at
 * the same address, on the same database. Each has a directory, a port and a database for itself.
 */
export class ServiceProcess {
  readonly url: string;
  /** An ingest key. */
  readonly key = 'the-ingest-key-of-a-test';
  /** What opens its database while it is down. */
  readonly database: Pick<StoreOptions, 'dataDir' | 'databaseUrl'>;
  /** Of everything that it keeps. */
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  readonly #remove: () => Promise<void>;
  #child: ChildProcess | undefined;

  private constructor(url: string, env: Record<string, string>, remove: () => Promise<void>) {
    this.url = url;
    this.#env = env;
    this.#remove = remove;
    const { DATABASE_URL: databaseUrl, CLOUDBRAIN_DATA: dataDir = '' } = env;
    this.dataDir = dataDir;
    this.database = databaseUrl ? { databaseUrl } : { dataDir };
  }

  /** Makes the place, and starts it. */
  static async start(env: Record<string, string> = {}): Promise<ServiceProcess> {
    const dataDir = await mkdtemp(join(tmpdir(), 'cloudbrain-test-'));
    const { databaseUrl = '', drop } = await databaseIn(dataDir);
    const port = await sparePort();
    const remove = async () => {
      await drop();
      await rm(dataDir, { recursive: true, force: true });
    };
    const settings = {
      HOST: '127.0.0.1',
      PORT: String(port),
      CLOUDBRAIN_DATA: dataDir,
      DATABASE_URL: databaseUrl,
      CLOUDBRAIN_ADMIN_PASSWORD: ADMIN.password,
      CLOUDBRAIN_INGEST_KEY: 'the-ingest-key-of-a-test',
      LOG_LEVEL: 'error',
      RATE_LIMIT_INGEST: '1000000',
      ...env,
    };
    const service = new ServiceProcess(`http://127.0.0.1:${port}`, settings, remove);
    await service.start();
    return service;
  }

  /** Resolves once it listens. */
  async start(): Promise<void> {
    const main = inRoot('server', 'main.ts');
    this.#child = start(process.execPath, ['--conditions=@cloudbrain/source', main], {
      env: this.#env,
    });
    await readyWhen(this.#child, /is ready at/);
  }

  /** Ends it at once, as a machine that fails would: nothing is finished, nobody is told. */
  async kill(): Promise<void> {
    if (this.#child) await stop(this.#child, 'SIGKILL');
  }

  /** Ends it as an operator does. */
  async stop(): Promise<void> {
    if (this.#child) await stop(this.#child, 'SIGTERM', 30_000);
  }

  /** An access token of the admin. */
  async login(): Promise<string> {
    const answer = await fetch(`${this.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMIN),
    });
    if (!answer.ok) throw new Error(`The login was answered with ${answer.status}.`);
    return ((await answer.json()) as { accessToken: string }).accessToken;
  }

  /** Ends it, and removes all that it kept. */
  async close(): Promise<void> {
    await this.stop();
    await this.#remove();
  }
}
