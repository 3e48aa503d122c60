import { settings } from './config.ts';

const COMMANDS: readonly (readonly [string, string])[] = [
  ['serve', 'Run the service (the default).'],
  ['workspace create <name>', 'Make a workspace.'],
  ['account create <email>', 'Make an account; its password is generated, or read from stdin.'],
  ['account password <email>', 'Set a new password, generated or read from stdin.'],
  ['account disable <email>', 'End an account and its sessions.'],
  ['key create', 'Make a key: to send telemetry, or to ask as a role.'],
  ['key list', 'List the keys that hold, with their ids.'],
  ['key end <id>', 'End a key, and the embed tokens that it bought.'],
  ['price set <model>', 'Say what a model costs, where the price list does not, or errs.'],
];

const OPTIONS: readonly (readonly [string, string])[] = [
  ['--workspace <name or id>', "account, key, price: where; left out, the operator's workspace."],
  ['--role <role>', 'account, key: admin, viewer, support, developer, sysops or executive.'],
  ['--domains <a,b>', 'account, API key: only these domains; left out, all of the workspace.'],
  ['--name <name>', 'account, key: how it is called.'],
  ['--password-stdin', 'account: read the password from stdin.'],
  ['--kind <ingest|api>', 'key: ingest sends telemetry, api asks.'],
  ['--domain <domain>', 'ingest key: what all that it sends belongs to.'],
  ['--team <name>', 'ingest key: whose costs it makes, where the telemetry names no team.'],
  ['--provider <name>', 'price: only from this provider; * stands for any characters.'],
  ['--input <usd>', 'price: per million tokens; --output, --cache-read, --cache-write likewise.'],
  ['--help', 'This.'],
  ['--version', 'The version.'],
];

/** What `--help` says. */
export function usage(): string {
  const variables = settings.map(
    ({ name, default: value, about }) =>
      [name, value === undefined ? about : `${about} Default: ${value}.`] as const,
  );
  return [
    'Usage: cloudbrain-server [command] [options]',
    '',
    'Commands',
    ...columns(COMMANDS),
    '',
    'Options',
    ...columns(OPTIONS),
    '',
    'Settings, by environment',
    ...columns(variables),
    '',
  ].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`);
}
