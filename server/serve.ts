import { collectDefaultMetrics } from 'prom-client';
import type { Config } from './config/config.ts';
import { serveFiles } from './http/static.ts';
import { createLogger } from './monitoring/logger.ts';
import { createMetrics } from './monitoring/metrics.ts';
import { startServer, type RunningServer } from './start.ts';

/** Runs the service until a signal ends it. @returns what to say once it is ready */
export async function serve(config: Config): Promise<string[]> {
  const logger = createLogger(config.logLevel);
  const metrics = createMetrics();
  collectDefaultMetrics({ register: metrics.registry });
  const server = await startServer(config, { logger, metrics, pages: serveFiles });
  const stop = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, 'going down');
    // A second signal ends it at once, as it would have without this.
    process.removeAllListeners('SIGTERM').removeAllListeners('SIGINT');
    server.close().catch((error: unknown) => {
      logger.fatal({ error }, 'The shutdown was not clean');
      process.exitCode = 1;
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  return greeting(config, server);
}

function greeting(config: Config, { url, generated }: RunningServer): string[] {
  const { password, ingestKey } = generated;
  const secrets = [
    ...(password === undefined
      ? []
      : [`  Admin       ${config.adminEmail}`, `  Password    ${password}`]),
    ...(ingestKey === undefined ? [] : [`  Ingest key  ${ingestKey}`]),
  ];
  return [
    `CloudBrain is ready at ${url}`,
    ...(secrets.length > 0
      ? ['', 'Created at this first start and shown only once:', ...secrets]
      : []),
    '',
    'Send telemetry:',
    `  OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
    `  OTEL_EXPORTER_OTLP_HEADERS=x-api-key=${ingestKey ?? '<ingest key>'}`,
  ];
}
