import { settings } from './config.ts';

const COMMANDS: readonly (readonly [string, string])[] = [
  ['serve', 'Run the service (the default).'],
  ['workspace create <name>', 'Create a workspace.'],
  ['account create <email>', 'Create an account; its password is generated, or read from stdin.'],
  ['account password <email>', 'Set a new password, generated or read from stdin.'],
  ['account disable <email>', 'Disable an account and end its sessions.'],
  ['key create', 'Create a key: to send telemetry, or to call the API with a role.'],
  ['key list', 'List the active keys with their ids.'],
  ['key end <id>', 'Revoke a key and the embed tokens made with it.'],
  ['price set <model>', 'Set the price of a model that the price list lacks or has wrong.'],
];

const OPTIONS: readonly (readonly [string, string])[] = [
  ['--workspace <name or id>', "account, key, price: the workspace; defaults to the operator's."],
  ['--role <role>', 'account, key: admin, viewer, support, developer, sysops or executive.'],
  [
    '--domains <a,b>',
    'account, API key: restrict to these domains; defaults to the whole workspace.',
  ],
  ['--name <name>', 'account, key: its display name.'],
  ['--password-stdin', 'account: read the password from stdin.'],
  ['--kind <ingest|api>', 'key: ingest to send telemetry, api to call the API.'],
  ['--domain <domain>', 'ingest key: the domain of everything sent with it.'],
  ['--team <name>', 'ingest key: the team to charge where the telemetry names none.'],
  ['--provider <name>', 'price: only for this provider; * matches any characters.'],
  ['--input <usd>', 'price: per million tokens; --output, --cache-read, --cache-write likewise.'],
  ['--help', 'Show this help.'],
  ['--version', 'Show the version.'],
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
    'Environment variables',
    ...columns(variables),
    '',
  ].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`);
}
