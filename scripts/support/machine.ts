import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './processes.ts';

/** A program that tests need and npm doesn't bring. */
export interface Program {
  name: string;
  /** Debian's package. */
  apt: string;
  /** How to get it elsewhere. */
  elsewhere: string;
  /** Its path, or undefined when the machine lacks it. */
  find: () => string | undefined;
}

function onPath(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (found) return found;
  }
  return undefined;
}

/** Debian keeps PostgreSQL's own programs out of the PATH: the newest version's folder. */
function debianPostgres(): string | undefined {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return undefined;
  const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a));
  return versions.map((v) => join(base, v, 'bin', 'initdb')).find((path) => existsSync(path));
}

export const chromium: Program = {
  name: 'Chromium',
  apt: 'chromium',
  elsewhere: 'Install Chrome or Chromium, or name its program in CHROME_PATH.',
  find: () =>
    process.env.CHROME_PATH ??
    onPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable') ??
    ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].find((p) => existsSync(p)),
};

export const postgres: Program = {
  name: 'PostgreSQL 15 or newer (initdb and postgres)',
  apt: 'postgresql',
  elsewhere:
    'Install it (macOS: `brew install postgresql@18`) with its bin directory in the PATH, ' +
    'or name an empty database in TEST_DATABASE_URL.',
  find: () => onPath('initdb') ?? debianPostgres(),
};

export const redis: Program = {
  name: 'Redis (redis-server)',
  apt: 'redis-server',
  elsewhere: 'Install it (macOS: `brew install redis`), or name a server in TEST_REDIS_URL.',
  find: () => onPath('redis-server', 'valkey-server'),
};

const isRoot = (): boolean => process.getuid?.() === 0;

function hasApt(): boolean {
  try {
    execFileSync('apt-get', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes sure that the machine has these programs: installs what is missing on Debian as root.
 * @throws Error that says what is missing and how to get it, where it can't install.
 */
export async function ensurePrograms(programs: Program[]): Promise<void> {
  const missing = programs.filter((program) => program.find() === undefined);
  if (missing.length === 0) return;
  const packages = missing.map((program) => program.apt);
  if (isRoot() && hasApt()) {
    console.log(`Installing ${packages.join(', ')} …`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env });
    const install = ['install', '-y', '-q', '--no-install-recommends', ...packages];
    const { output } = await run('apt-get', install, { env });
    const still = missing.filter((program) => program.find() === undefined);
    if (still.length === 0) return;
    throw new Error(`apt-get could not install ${still.map((p) => p.apt).join(', ')}:\n${output}`);
  }
  const apt = hasApt() ? [`On Debian: sudo apt-get install ${packages.join(' ')}`] : [];
  const each = missing.map(({ name, elsewhere }) => `- ${name} is missing. ${elsewhere}`);
  throw new Error(['The tests need programs that npm does not bring:', ...each, ...apt].join('\n'));
}
