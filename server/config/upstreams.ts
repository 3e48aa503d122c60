/** Services that agents depend on: named by the operator, and looked at from here. */
import type { Probe } from '../api/probing.ts';

export interface Upstream {
  name: string;
  url: string;
}

const MOST = 20;

/** Milliseconds that one may take. */
const TIMEOUT_MS = 3_000;

/** Reads `name=https://address, …`. */
export function readUpstreams(
  list: string,
  problem: (name: string, what: string) => void,
): Upstream[] {
  const refuse = (what: string): [] => {
    problem('CLOUDBRAIN_UPSTREAMS', what);
    return [];
  };
  const items = list
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
  if (items.length > MOST) return refuse(`has more than ${MOST} addresses`);
  const upstreams = items.flatMap((item) => {
    const [, name = '', address = ''] = /^([\w.-]{1,40})=(\S{1,500})$/.exec(item) ?? [];
    const url = URL.parse(address);
    // The address may hold a password: only the name is told.
    if (name === '') return refuse('must be name=https://address, separated by commas');
    if (!url || !['http:', 'https:'].includes(url.protocol)) {
      return refuse(`has an address for ${name} that is not http:// or https://`);
    }
    if (url.username !== '' || url.password !== '') {
      return refuse(`has credentials in the address for ${name}`);
    }
    url.hash = '';
    return [{ name, url: url.href }];
  });
  const names = new Set(upstreams.map(({ name }) => name));
  return names.size === upstreams.length ? upstreams : refuse('has a name twice');
}

/** Asks by GET, follows no redirect, and reads none of the answer's body. */
export function upstreamProbe({ name, url }: Upstream): Probe {
  return {
    name,
    timeoutMs: TIMEOUT_MS,
    look: async (signal) => {
      const response = await ask(url, signal);
      // Nobody reads it: the connection is given up with it.
      await response.body?.cancel();
      const { status } = response;
      if (status >= 500) throw new Error(`It answers ${status}.`);
      if (status >= 400) return { status: 'degraded', detail: `It answers ${status}.` };
      if (status >= 300) {
        return { status: 'degraded', detail: `It answers ${status}: redirects are not followed.` };
      }
      return undefined;
    },
  };
}

async function ask(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      signal,
      redirect: 'manual',
      credentials: 'omit',
      headers: { 'user-agent': 'CloudBrain', accept: '*/*' },
    });
  } catch (error) {
    // What fetch says is "fetch failed"; the cause has a code, and no more than that is told.
    const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
    const why = typeof code === 'string' ? ` (${code})` : '';
    throw new Error(`It can't be reached${why}.`, { cause: error });
  }
}
