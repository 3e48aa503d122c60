import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono, MiddlewareHandler } from 'hono';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ContractEnv } from '../contract/index.ts';
import { serveReference } from '../reference/serve.ts';

/** Beside the compiled server as beside its source: the bundle for pages. */
const scripts = fileURLToPath(new URL('../../dist/cdn', import.meta.url));
const pages = fileURLToPath(new URL('../pages', import.meta.url));

/** What our own pages may do: nothing inline, nothing from elsewhere. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A chunk's name has its hash in it: it never changes. */
const FOREVER = 'public, max-age=31536000, immutable';
const SHORTLY = 'public, max-age=300';

/**
 * Serves the elements' bundle to any page (`/cloudbrain.js`, what it fetches later below
 * `/cloudbrain/`, its theme at `/cloudbrain.theme.css`, its hash at `/cloudbrain.integrity.json`),
 * the host page at `/` and the contract's reference at `/api/docs`.
 */
export function serveFiles(app: Hono<ContractEnv>): void {
  const bundle = (cacheControl: string): MiddlewareHandler<ContractEnv> =>
    withHeaders({
      'Cache-Control': cacheControl,
      // Public, and meant for everybody's pages: scripts hold no secrets.
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
  const script = (file: string) =>
    serveStatic<ContractEnv>({ root: scripts, rewriteRequestPath: () => file });
  // Started from source without a build there is none: its addresses answer 404.
  const isBuilt = existsSync(scripts);
  if (isBuilt) {
    app.get('/cloudbrain.js', bundle(SHORTLY), script('/cloudbrain.js'));
    app.get('/cloudbrain.theme.css', bundle(SHORTLY), script('/theme.css'));
    app.get('/cloudbrain.integrity.json', bundle(SHORTLY), script('/integrity.json'));
    app.get('/cloudbrain/*', bundle(FOREVER), serveStatic({ root: scripts }));
  }

  const page = withHeaders({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': PAGE_POLICY });
  const file = (name: string) =>
    serveStatic<ContractEnv>({ root: pages, rewriteRequestPath: () => name });
  app.get('/', page, file('/index.html'));
  app.get('/host.css', page, file('/host.css'));

  app.get('/api/docs/reference.css', page, file('/reference.css'));
  app.get('/api/docs/reference.js', page, file('/reference.js'));
  serveReference(app, {
    styles: [...(isBuilt ? ['../cloudbrain.theme.css'] : []), 'docs/reference.css'],
    script: 'docs/reference.js',
  });
}

/** Sets headers on what was found; a 404 keeps its own. */
function withHeaders(headers: Record<string, string>): MiddlewareHandler<ContractEnv> {
  return async (c, next) => {
    await next();
    if (c.res.status >= 400) return;
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  };
}
