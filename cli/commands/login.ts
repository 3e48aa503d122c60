import { ConflictError, type Me } from '@cloudbrain/sdk';
import type { Context } from '../context.ts';
import { text } from 'node:stream/consumers';
import { UsageError } from '../exit.ts';
import { time } from '../output/format.ts';
import { pairs } from '../output/table.ts';
import type { AddCommands } from '../program.ts';

interface LoginOptions {
  /** `true`: ask for it. */
  apiKey?: string | true;
  email?: string;
  passwordStdin?: true;
  domain?: string;
}

/** Credentials: `login`, `logout`, `whoami`. */
export const addLogin: AddCommands = (program, runs) => {
  program
    .command('login')
    .description('sign in with email and password, or with an API key')
    .option('--email <email>', 'email of the account; prompted for by default')
    .option('--password-stdin', 'read the password from standard input')
    .option('--domain <domain>', 'domain or name of a workspace, if the email is in several')
    .option('--api-key [key]', 'sign in with a key; prompted for if omitted')
    .addHelpText('after', LOGIN_HELP)
    .action(runs(login));
  program
    .command('logout')
    .description('end the session and remove it from this machine')
    .action(runs(logout));
  program
    .command('whoami')
    .description('show the account or key that is signed in')
    .action(runs(whoami));
};

const LOGIN_HELP = `
The session or the key is kept in a file that only you can read. Later commands
use this server unless --base-url or CLOUDBRAIN_BASE_URL sets another.

Examples:
  cloudbrain login --base-url https://cloudbrain.example.com
  cloudbrain login --email ada@example.com --password-stdin < password.txt
  cloudbrain login --api-key`;

async function login(context: Context, options: LoginOptions): Promise<void> {
  const server = await context.server();
  const me = await (options.apiKey === undefined
    ? loginWithPassword(context, server, options)
    : loginWithKey(context, server, options));
  await context.keep.setLastServer(server);
  await context.output.show(me, () => `Signed in at ${server}.\n${described(me)}`);
  if (context.givenKey !== undefined) {
    context.output.note('CLOUDBRAIN_API_KEY is set, and overrides this login.');
  }
}

async function loginWithPassword(
  context: Context,
  server: string,
  { email: given, passwordStdin, domain }: LoginOptions,
): Promise<Me> {
  if (passwordStdin && given === undefined) {
    throw new UsageError('--password-stdin requires --email.');
  }
  const instead = 'pass --email and --password-stdin, or set CLOUDBRAIN_API_KEY';
  const email = given ?? (await context.ask('Email: ', { instead }));
  const password = passwordStdin
    ? (await text(context.input)).replace(/\r?\n$/, '')
    : await context.ask('Password: ', { hidden: true, instead });
  const cb = context.clientWith(server, context.sessionAt(server));
  try {
    const credentials = { email, password };
    const { me } = await cb.auth.login(
      domain === undefined ? credentials : { ...credentials, domain },
    );
    return me;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    throw new UsageError(
      'This email is in several workspaces. Choose one with --domain: one of its domains, or its name.',
    );
  }
}

async function loginWithKey(context: Context, server: string, options: LoginOptions): Promise<Me> {
  const instead = 'pass the key to --api-key, or set CLOUDBRAIN_API_KEY';
  const key =
    typeof options.apiKey === 'string'
      ? options.apiKey
      : await context.ask('API key: ', { hidden: true, instead });
  const me = await context.clientWith(server, context.keyAuth(key)).auth.me();
  await context.keep.setApiKey(server, key);
  return me;
}

async function logout(context: Context): Promise<void> {
  const server = await context.server();
  const { keep, output } = context;
  const isKey = (await keep.apiKey(server)) !== undefined;
  if (!isKey && !(await keep.hasSession(server))) {
    throw await context.notSignedIn(server);
  }
  if (isKey) await keep.forget(server);
  else await context.clientWith(server, context.sessionAt(server)).auth.logout();
  const done = { baseUrl: server, ended: isKey ? 'key' : 'session' };
  await output.show(done, () =>
    isKey
      ? `Removed the key for ${server}. The key itself is still valid.`
      : `Signed out at ${server}.`,
  );
}

async function whoami(context: Context): Promise<void> {
  const cb = await context.client();
  const server = await context.server();
  await context.output.show(
    await cb.auth.me(),
    (me) => `${described(me)}\n${pairs([['server   ', server]])}`,
  );
}

const described = ({ name, email, kind, role, workspace, domains, expiresAt }: Me): string =>
  pairs([
    ['name', email === null ? name : `${name} <${email}>`],
    ['kind', { account: 'account', key: 'API key', embed: 'embed token' }[kind]],
    ['role', role],
    ['workspace', workspace.name],
    ['domains', domains?.join(', ') ?? 'all'],
    ...(kind === 'account' || expiresAt === null ? [] : [['until', time(expiresAt)] as const]),
  ]);
