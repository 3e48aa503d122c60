import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { readCommand, type CommandValues } from './commands.ts';
import { StartError } from '../config/start-error.ts';
import type { Store } from '../store/database/database.ts';
import { socketIn } from '../store/database/pglite/socket.ts';
import { ProvisioningError, TenancyStore } from '../store/tenancy/tenancy.ts';

/** A command, as it was typed. */
interface Command {
  words: readonly string[];
  values: CommandValues;
  password?: string | undefined;
}

type Answer = { lines: string[] } | { refused: string } | { failed: true };

const NAME = 'commands.sock';
const TIMEOUT_MS = 30_000;

/**
 * Answers commands of the command line: one process holds an embedded database, so others ask it.
 * The socket may be opened by this user alone, who could write the database as well.
 */
export async function answerCommands(
  directory: string,
  store: Store,
  onError: (message: string, error: unknown) => void,
): Promise<() => Promise<void>> {
  const { path, close } = await socketIn(directory, NAME);
  // Whoever holds the directory alone owns what a killed process left there.
  await rm(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    answer(socket).catch((error: unknown) => onError('A command could not be answered', error));
  });

  async function answer(socket: Socket): Promise<void> {
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.end(JSON.stringify(await work(JSON.parse(await text(socket)) as Command)));
  }

  async function work({ words, values, password }: Command): Promise<Answer> {
    try {
      const tenancy = new TenancyStore(store);
      return { lines: await readCommand(words, values)({ store, tenancy, password }) };
    } catch (error) {
      if (error instanceof ProvisioningError) return { refused: error.message };
      onError('A command failed', error);
      return { failed: true };
    }
  }

  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o600);
  return async () => {
    await new Promise((resolve) => server.close(resolve));
    await close();
  };
}

/**
 * Lets the process that holds the directory do it.
 * @throws ProvisioningError as it says; StartError where it doesn't answer
 */
export async function askHolder(directory: string, command: Command): Promise<string[]> {
  const { path, close } = await socketIn(directory, NAME);
  try {
    const socket = connect({ path, allowHalfOpen: true });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('It timed out')));
    socket.end(JSON.stringify(command));
    const answer = JSON.parse(await text(socket)) as Answer;
    if ('lines' in answer) return answer.lines;
    if ('refused' in answer) throw new ProvisioningError(answer.refused);
    throw new StartError('The command failed; see the log of the service.');
  } catch (error) {
    if (error instanceof ProvisioningError || error instanceof StartError) throw error;
    throw new StartError(
      `The data directory ${directory} is in use by a process that isn't accepting commands right now: try again.`,
      error,
    );
  } finally {
    await close();
  }
}
