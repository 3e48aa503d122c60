import { apiKey } from '../auth/bearer.ts';
import type { ClientOptions } from '../client.ts';
import { VERSION } from '../version.ts';
import { absolute } from './request.ts';

/** What runtimes have, each some of it. */
interface Runtime {
  process?: {
    env?: Record<string, string | undefined>;
    /** Deno and Bun have Node's version as well. */
    versions?: { node?: string; deno?: string; bun?: string };
  };
  navigator?: { userAgent?: string };
}

const runtime = globalThis as unknown as Runtime;

/**
 * A variable of the environment, without white space around it. `undefined` where it is not set or
 * empty, where there is no environment, as in browsers, or where it may not be read.
 */
function readEnv(name: string): string | undefined {
  try {
    return runtime.process?.env?.[name]?.trim() || undefined;
  } catch {
    // Deno throws without --allow-env.
    return undefined;
  }
}

/**
 * Who sends a request, such as `cloudbrain-sdk/0.1.0 node/24.1.0`. `undefined` in browsers and their
 * workers: there the header is the browser's own, or makes it ask for permission first.
 */
export function userAgent(): string | undefined {
  const { process, navigator } = runtime;
  const own = navigator?.userAgent ?? '';
  if (own.startsWith('Mozilla/')) return undefined;
  const versions: Record<string, string | undefined> = process?.versions ?? {};
  const runner = ['deno', 'bun', 'node'].find((name) => versions[name]);
  const name = runner ? `${runner}/${versions[runner]}` : own.toLowerCase();
  return name ? `cloudbrain-sdk/${VERSION} ${name}` : undefined;
}

/**
 * Settings with the server and the key of the environment, where they name none.
 *
 * @throws CloudBrainError where the environment's address isn't one
 */
export function withEnvironment(options: ClientOptions): ClientOptions {
  const { baseUrl = addressOf('CLOUDBRAIN_BASE_URL'), auth } = options;
  const key = auth === undefined && readEnv('CLOUDBRAIN_API_KEY');
  return { ...options, baseUrl, auth: key ? apiKey(key) : auth };
}

function addressOf(name: string): string | undefined {
  const address = readEnv(name);
  return address && absolute(address, name);
}
