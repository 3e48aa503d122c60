import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivate, NotPrivateError } from './private.ts';
import { StartError } from './start-error.ts';

const reasons: Record<string, string> = {
  EACCES: "it isn't writable",
  EPERM: "it isn't writable",
  EROFS: 'its file system is read-only',
  ENOTDIR: 'it is a file, or is inside one',
  EEXIST: 'it is a file',
  ENOSPC: 'the disk is full',
};

/** Where agents and their builds put what cleanup removes, perhaps as users of their own. */
const SHARED = ['previews', 'objects', 'tmp', 'logs'];

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/**
 * Makes the data directory where it isn't there yet, for this user alone.
 * @throws StartError where it can't be written
 */
export async function prepareDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = codeOf(error);
    const reason = reasons[code] ?? code;
    throw new StartError(`The data directory ${directory} can't be used: ${reason}.`, error);
  }
}

/**
 * Takes the rights of others to the data directory: older versions left parts of it open.
 * @throws StartError where part of it belongs to another user
 */
export async function protectDirectory(directory: string): Promise<void> {
  try {
    await makePrivate(directory, SHARED);
  } catch (error) {
    if (!(error instanceof NotPrivateError)) throw error;
    throw new StartError(`The data directory ${directory} can't be used: ${error.message}.`, error);
  }
}

/**
 * The secret that the directory keeps, so that a restart keeps sessions; generated at the first
 * start, and readable by this user alone.
 * @throws StartError where it is too short to be one
 */
export async function keptSecret(directory: string): Promise<string> {
  const path = join(directory, 'secret');
  try {
    await writeFile(path, `${randomBytes(32).toString('base64url')}\n`, {
      flag: 'wx',
      mode: 0o600,
    });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw new StartError(`The secret can't be kept in ${path}: ${codeOf(error)}.`, error);
    }
  }
  const secret = (await readFile(path, 'utf8')).trim();
  if (secret.length < 32)
    throw new StartError(`${path} contains no secret: remove it to generate a new one.`);
  return secret;
}
