#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { commandOptions, UsageError, type CommandValues } from './commands/commands.ts';
import { ConfigError, readConfig } from './config/config.ts';
import { runCommand } from './commands/run.ts';
import { StartError } from './config/start-error.ts';
import { ProvisioningError } from './store/tenancy/tenancy.ts';
import { usage } from './config/usage.ts';
import { version } from './config/version.ts';

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
    throw new UsageError(`Unexpected argument: '${rest.join(' ')}'.`);
  } else {
    const config = readConfig(process.env);
    // Most of the modules are the service's: a command loads none of them.
    const { serve } = await import('./serve.ts');
    print(...(await serve(config)));
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
