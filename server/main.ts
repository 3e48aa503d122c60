#!/usr/bin/env node
import { collectDefaultMetrics } from 'prom-client';
import { parseArgs } from 'node:util';
import { commandOptions, UsageError, type CommandValues } from './commands/commands.ts';
import { ConfigError, readConfig, type Config } from './config/config.ts';
import { createLogger } from './monitoring/logger.ts';
import { createMetrics } from './monitoring/metrics.ts';
import { runCommand } from './commands/run.ts';
import { StartError } from './config/start-error.ts';
import { startServer, version, type RunningServer } from './start.ts';
import { serveFiles } from './http/static.ts';
import { ProvisioningError } from './store/tenancy/tenancy.ts';
import { usage } from './config/usage.ts';

const print = (...lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

async function main(args: readonly string[]): Promise<void> {
  const { positionals, values } = read(args);
  const [command = 'serve', ...rest] = positionals;
  if (values.help) {
    print(usage());
  } else if (values.version) {
    print(version);
  } else if (command !== 'serve') {
    print(...(await runCommand(() => readConfig(process.env), positionals, values)));
  } else if (rest.length > 0) {
    throw new UsageError(`'${rest.join(' ')}' is too much.`);
  } else {
    await serve(readConfig(process.env));
  }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...commandOptions,
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    }) satisfies { values: CommandValues };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function serve(config: Config): Promise<void> {
  const logger = createLogger(config.logLevel);
  const metrics = createMetrics();
  collectDefaultMetrics({ register: metrics.registry });
  const server = await startServer(config, { logger, metrics, pages: serveFiles });
  print(...greeting(config, server));

  const stop = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, 'going down');
    // A second signal ends it at once, as it would have without this.
    process.removeAllListeners('SIGTERM').removeAllListeners('SIGINT');
    server.close().catch((error: unknown) => {
      logger.fatal({ error }, 'It did not close cleanly');
      process.exitCode = 1;
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
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
      ? ['', 'Made at this first start, and shown this once:', ...secrets]
      : []),
    '',
    'Send telemetry:',
    `  OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
    `  OTEL_EXPORTER_OTLP_HEADERS=x-api-key=${ingestKey ?? '<ingest key>'}`,
  ];
}

// Whatever is written, by this thread or another, is for this user alone.
process.umask(0o077);

const expected = [ConfigError, StartError, ProvisioningError, UsageError];

try {
  await main(process.argv.slice(2));
} catch (error) {
  const known = expected.some((kind) => error instanceof kind);
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${known ? message : (stack ?? message)}\n`);
  if (error instanceof UsageError) process.stderr.write('See --help.\n');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
