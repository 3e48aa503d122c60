import { type AddHelpTextContext, Command, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { addAdmin } from './commands/admin.ts';
import { addApi } from './commands/api.ts';
import { addBusiness } from './commands/business.ts';
import { addCleanup } from './commands/cleanup.ts';
import { addCompletion } from './commands/completion.ts';
import { addConversations } from './commands/conversations.ts';
import { addExecutions } from './commands/executions.ts';
import { addExecutive } from './commands/executive.ts';
import { addHelp } from './commands/help.ts';
import { addKeys } from './commands/keys.ts';
import { addLogin } from './commands/login.ts';
import { addStats } from './commands/stats.ts';
import { addTail } from './commands/tail.ts';
import { addUsers } from './commands/users.ts';
import { type Runs, runsIn, type Shell } from './context.ts';
import { cleanLines } from './output/clean.ts';
import { checkHelp } from './unknown-command.ts';
import { paintFor } from './output/paint.ts';

/** Adds a family of commands. */
export type AddCommands = (program: Command, runs: Runs) => void;

/** In the order in which `--help` lists them. */
const families: readonly AddCommands[] = [
  addLogin,
  addStats,
  addExecutions,
  addConversations,
  addUsers,
  addExecutive,
  addAdmin,
  addCleanup,
  addBusiness,
  addKeys,
  addTail,
  addApi,
  addCompletion,
  addHelp,
];

const manifest = import.meta.url.endsWith('.ts') ? './package.json' : '../package.json';
const { version } = JSON.parse(readFileSync(new URL(manifest, import.meta.url), 'utf8')) as {
  version: string;
};

const HELP = `
Environment:
  CLOUDBRAIN_BASE_URL  address of the server; --base-url overrides it
  CLOUDBRAIN_API_KEY   an API key; overrides a stored login
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
                       proxy for https and http, and hosts without one
  NO_COLOR             no colours

Options override the environment, and the environment a stored login. A login is
used only for the server that it was made at.

Exit codes:
  0  success               5    not found
  1  failure               6    the server or the network is unavailable or busy
  2  wrong usage           130  ended by Ctrl+C
  3  not signed in         143  ended by a signal (SIGTERM)
  4  not permitted`;

/** Puts the program's name before an error, and makes what was typed harmless to a terminal. */
const asOurs = (text: string): string => cleanLines(text.trim().replace(/^error:/, 'cloudbrain:'));

/** All commands. */
export function createProgram(shell: Shell): Command {
  const { stdout, stderr } = shell;
  const program = new Command('cloudbrain')
    .description(
      'Figures, executions, conversations and live events of your LLM agents, in the shell.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .addOption(new Option('--json', 'JSON instead of tables, one value per line'))
    .option('--base-url <url>', 'address of the server')
    .option('--verbose', 'report requests and full errors on standard error')
    .addHelpText('after', HELP)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(`${paintFor(stderr)('red', asOurs(text))}\n`),
    })
    .showHelpAfterError('See --help.')
    .exitOverride();
  program.on('beforeAllHelp', ({ command, error }: AddHelpTextContext) => {
    if (!error) checkHelp(command);
  });
  for (const add of families) add(program, runsIn(shell));
  return program;
}
