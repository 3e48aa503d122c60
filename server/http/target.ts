import type { IncomingMessage } from 'node:http';

/**
 * Leaves of a request's address its path and query alone. A client may write a host into it
 * (`GET http://127.0.0.1/metrics`); everything here goes by the Host header, so that there is one
 * host to a request and no check compares another one than the next check does.
 */
export function dropTargetHost(incoming: IncomingMessage): void {
  const { url = '/' } = incoming;
  if (!/^https?:\/\//i.test(url)) return;
  const target = URL.parse(url);
  if (target) incoming.url = target.pathname + target.search;
}
