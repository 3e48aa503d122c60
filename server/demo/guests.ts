import type { Env, Hono } from 'hono';
import { readFile } from 'node:fs/promises';

const SCRIPT = '<script type="module" src="/demo/guest.js"></script>';

/**
 * Adds to the host page what lets guests in. To be called before the page's own route is there.
 * @param mint gets a guest's token, as JSON
 */
export function welcomeGuests<E extends Env>(app: Hono<E>, mint: () => Promise<string>): void {
  app.get('/', async (c, next) => {
    await next();
    const page = await c.res.text();
    c.res.headers.delete('Content-Length');
    c.res = new Response(page.replace('</head>', `${SCRIPT}</head>`), c.res);
  });
  app.get('/demo/guest.js', async (c) =>
    c.body(await readFile(new URL('./guest.js', import.meta.url), 'utf8'), 200, {
      'Content-Type': 'text/javascript',
    }),
  );
  app.get('/demo/token', async (c) =>
    c.body(await mint(), 200, { 'Content-Type': 'application/json' }),
  );
}
