import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono } from 'hono';
import { fileURLToPath } from 'node:url';
import type { ContractEnv } from './contract/index.ts';

/** Beside the compiled server as beside its source: the bundle for pages. */
const scripts = fileURLToPath(new URL('../dist/cdn', import.meta.url));
const pages = fileURLToPath(new URL('./pages', import.meta.url));

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
 * `/cloudbrain/`, its hash at `/cloudbrain.integrity.json`) and the host page at `/`.
 */
export function serveFiles(app: Hono<ContractEnv>): void {
  app.get('/cloudbrain.js', bundle(SHORTLY));
  app.get('/cloudbrain/*', bundle(FOREVER));
  app.get('/cloudbrain.integrity.json', bundle(SHORTLY, '/integrity.json'));
  app.get('/', page('/index.html'));
  app.get('/host.css', page('/host.css'));
  app.get('/host.js', page('/host.js'));
}

function bundle(cacheControl: string, path?: string) {
  return serveStatic<ContractEnv>({
    root: scripts,
    ...(path === undefined ? {} : { rewriteRequestPath: () => path }),
    onFound: (_file, c) => {
      c.header('Cache-Control', cacheControl);
      // Public, and meant for everybody's pages: scripts hold no secrets.
      c.header('Access-Control-Allow-Origin', '*');
      c.header('Cross-Origin-Resource-Policy', 'cross-origin');
    },
  });
}

function page(path: string) {
  return serveStatic<ContractEnv>({
    root: pages,
    rewriteRequestPath: () => path,
    onFound: (_file, c) => {
      c.header('Cache-Control', 'no-cache');
      c.header('Content-Security-Policy', PAGE_POLICY);
    },
  });
}
