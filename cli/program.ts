import { Command, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { addBusiness } from './commands/business.ts';
import { addCompletion } from './commands/completion.ts';
import { addConversations } from './commands/conversations.ts';
import { addExecutions } from './commands/executions.ts';
import { addExecutive } from './commands/executive.ts';
import { addKeys } from './commands/keys.ts';
import { addLogin } from './commands/login.ts';
import { addStats } from './commands/stats.ts';
import { addTail } from './commands/tail.ts';
import { addUsers } from './commands/users.ts';
import { type Runs, runsIn, type Shell } from './context.ts';
import { cleanLines } from './output/clean.ts';
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
  addBusiness,
  addKeys,
  addTail,
  addCompletion,
];

const manifest = import.meta.url.endsWith('.ts') ? './package.json' : '../package.json';
const { version } = JSON.parse(readFileSync(new URL(manifest, import.meta.url), 'utf8')) as {
  version: string;
};

const HELP = `
Environment:
  CLOUDBRAIN_URL      the server, where --base-url does not say it
  CLOUDBRAIN_API_KEY  an API key: no login is needed
  NO_COLOR            no colours

Exit codes:
  0  it is done             5    there is no such thing
  1  it failed              6    the server or the network is away or busy
  2  asked wrongly          130  Ctrl+C has ended it
  3  you are not signed in  143  a signal (SIGTERM) has ended it
  4  you may not do this`;

/** Every error begins with who says it, and shows what was typed without acting upon it. */
const asOurs = (text: string): string => cleanLines(text.trim().replace(/^error:/, 'cloudbrain:'));

/** All commands. */
export function createProgram(shell: Shell): Command {
  const { stdout, stderr } = shell;
  const program = new Command('cloudbrain')
    .description(
      'Figures, executions, conversations and live events of your LLM agents, in the shell.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show how a command is used')
    .helpCommand(false)
    .addOption(new Option('--json', 'JSON instead of tables: one value a line'))
    .option('--base-url <url>', 'the server to ask')
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
  for (const add of families) add(program, runsIn(shell));
  return program;
}
