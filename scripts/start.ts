/**
 * `npm start`: the service with a fleet of demo agents, and a portal of another origin that
 * embeds an element. `--elements=URL` builds none, and has the portal take them from there.
 */
import { CloudBrain, passwordAuth } from '@cloudbrain/sdk';
import type { Hono } from 'hono';
import { digest, newApiKey, newPassword } from '../server/auth/credentials.ts';
import { ConfigError, readConfig } from '../server/config/config.ts';
import type { ContractEnv } from '../server/contract/index.ts';
import { agents } from '../server/demo/cast.ts';
import { leaveFiles } from '../server/demo/files.ts';
import { startFleet } from '../server/demo/fleet.ts';
import { welcomeGuests } from '../server/demo/guests.ts';
import { knock } from '../server/demo/knock.ts';
import { mintEmbedToken } from '../server/demo/mint.ts';
import { startPortal } from '../server/demo/portal/portal.ts';
import { readState, writeState } from '../server/demo/state.ts';
import { createLogger } from '../server/monitoring/logger.ts';
import { StartError } from '../server/config/start-error.ts';
import { startServer } from '../server/start.ts';
import { serveFiles } from '../server/http/static.ts';
import { TenancyStore } from '../server/store/tenancy/tenancy.ts';
import { buildElements } from './build-elements.ts';
import { progressBar } from './support/progress.ts';

const elementsFrom = process.argv.find((it) => it.startsWith('--elements='))?.split('=')[1];

const closers: (() => Promise<void>)[] = [];

async function close(): Promise<void> {
  for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
}

async function start(): Promise<void> {
  if (elementsFrom === undefined) {
    console.log('Building the elements …');
    await buildElements();
  }

  const { dataDir, host, port } = readConfig(process.env);
  const state = await readState(dataDir, Date.now(), () => ({
    password: newPassword(),
    ingestKey: newApiKey('ingest'),
  }));
  const isFirst = !state.sent;
  const portalPort = port + 1;
  const hosts = [...new Set([host, 'localhost', '127.0.0.1'])];
  const own = hosts.map((name) => `http://${name}:${port}`);
  const portal = hosts.map((name) => `http://${name}:${portalPort}`);
  const config = readConfig({
    ...process.env,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    CLOUDBRAIN_ORIGINS: [process.env.CLOUDBRAIN_ORIGINS, ...own, ...portal]
      .filter(Boolean)
      .join(','),
    CLOUDBRAIN_UPSTREAMS: process.env.CLOUDBRAIN_UPSTREAMS ?? `portal=${portal[0] ?? ''}`,
    CLOUDBRAIN_ADMIN_PASSWORD: process.env.CLOUDBRAIN_ADMIN_PASSWORD ?? state.password,
    CLOUDBRAIN_INGEST_KEY: process.env.CLOUDBRAIN_INGEST_KEY ?? state.ingestKey,
  });
  // Guests of the host page get a token of the demo's own, and see what a viewer sees. Who comes
  // before the key is there waits for it.
  const guestKey = Promise.withResolvers<string>();
  const server = await startServer(config, {
    logger: createLogger(config.logLevel),
    pages: (app: Hono<ContractEnv>) => {
      welcomeGuests(app, async () =>
        mintEmbedToken({
          service: server.url,
          apiKey: await guestKey.promise,
          domains,
          origins: config.origins,
        }),
      );
      serveFiles(app);
    },
  });
  closers.push(() => server.close());
  await writeState(dataDir, state);

  const tenancy = new TenancyStore(server.store);
  const ownKey = async (kind: 'ingest' | 'api', name: string): Promise<string> => {
    const key = newApiKey(kind);
    const hash = digest(key);
    const id = await tenancy.createKey(
      server.workspaceId,
      kind === 'ingest'
        ? { kind, name, domain: null, hash }
        : { kind, name, role: 'viewer', domains: null, hash },
    );
    closers.push(() => tenancy.endKey(id));
    return key;
  };
  guestKey.resolve(await ownKey('api', 'Demo guests'));
  const portalServer = await startPortal({
    host,
    port: portalPort,
    service: elementsFrom ?? server.url,
    hasIntegrity: elementsFrom === undefined,
    apiKey: await ownKey('api', 'Demo portal'),
    domains: domains.slice(0, 2),
    origins: portal,
  });
  closers.push(() => portalServer.close());

  const password = config.adminPassword ?? server.generated.password;
  const key = config.ingestKey ?? server.generated.ingestKey;
  if (isFirst) {
    await leaveFiles(dataDir, Date.now());
    await knock(server.url, config.adminEmail);
    if (password) await listExpired(server.url, config.adminEmail, password);
  }
  const ready = (): void => {
    console.log(`
  Host page   ${server.url}
  Embedded    ${portalServer.url}   (another origin)
  Sign in     ${config.adminEmail}   ${password ?? '(with the password it has)'}

  Send your own telemetry:
    OTEL_EXPORTER_OTLP_ENDPOINT=${server.url}
    OTEL_EXPORTER_OTLP_HEADERS=x-api-key=${key ?? '<an ingest key>'}

  Ctrl+C stops it.
`);
  };
  const bar = progressBar('30 days of history');
  const fleet = startFleet({
    url: server.url,
    key: await ownKey('ingest', 'Demo fleet'),
    until: isFirst ? state.until : undefined,
    onMessage: (message) => {
      if (message.type === 'progress') bar.show(message.sent, message.total);
      else if (message.type === 'history') {
        bar.end(
          `${message.requests} requests of agents in ${message.spans} spans, ${message.logs} log records`,
        );
        void writeState(dataDir, { ...state, sent: true });
      } else ready();
    },
  });
  closers.push(() => fleet.close());
}

/** A dry run of cleanup: what it lists is there to see, and to be deleted by whoever tries it. */
async function listExpired(baseUrl: string, email: string, password: string): Promise<void> {
  const cb = new CloudBrain({ baseUrl, auth: passwordAuth() });
  await cb.auth.login({ email, password });
  await cb.cleanup.run({ dryRun: true });
  await cb.auth.logout();
}

const domains = [...new Set(agents.map((agent) => agent.domain))];

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    close().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  });
}
try {
  await start();
} catch (error) {
  await close();
  const known = error instanceof StartError || error instanceof ConfigError;
  console.error(known ? error.message : error);
  process.exitCode = 1;
}
