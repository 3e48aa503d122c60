/** Services that agents depend on: named by the operator, and looked at from here. */
import { OutboundError } from '../outbound/errors.ts';
import { readUrl } from '../outbound/url.ts';

export interface Upstream {
  name: string;
  url: string;
}

const MOST = 20;

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
    if (name === '') return refuse('must be name=https://address, separated by commas');
    try {
      const url = readUrl(address, 'own-networks');
      url.hash = '';
      return [{ name, url: url.href }];
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      // The address may hold a password: only the name is shown.
      return refuse(`has an address for ${name} that can't be used: ${error.message}`);
    }
  });
  const names = new Set(upstreams.map(({ name }) => name));
  return names.size === upstreams.length ? upstreams : refuse('has a name twice');
}
