import type { Context, Hono } from 'hono';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ContractEnv } from '../contract/index.ts';
import { compiled } from '../contract/compiled.ts';
import { readText } from '../contract/source.ts';
import { PAGE_HEADERS } from './policy.ts';
import { referencePage, type PageOptions } from './page.ts';

/**
 * Shows the contract to anybody: as a page at `/api/docs`, as it is at `/api/openapi.yaml` and
 * `/api/openapi.json`. It is made at the first request, once.
 */
export function serveReference(app: Hono<ContractEnv>, options: PageOptions): void {
  const text = () => readText();
  const source = () => compiled().source;
  const serve = (path: string, type: string, make: () => string): void => {
    const kept = once(() => keep(type, make()));
    app.get(path, (c) => answer(c, kept()));
  };
  serve('/api/docs', 'text/html; charset=utf-8', () => String(referencePage(source(), options)));
  serve('/api/openapi.yaml', 'application/yaml', text);
  serve('/api/openapi.json', 'application/json', () => JSON.stringify(source()));
}

interface Kept {
  body: Uint8Array<ArrayBuffer>;
  gzipped: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
}

function keep(type: string, text: string): Kept {
  const body = new TextEncoder().encode(text);
  const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  const headers = {
    ...PAGE_HEADERS,
    'Content-Type': type,
    ETag: etag,
    Vary: 'Accept-Encoding',
  };
  return { body, gzipped: new Uint8Array(gzipSync(body)), headers };
}

function answer(c: Context<ContractEnv>, { body, gzipped, headers }: Kept): Response {
  if (c.req.header('if-none-match') === headers.ETag) {
    return new Response(null, { status: 304, headers });
  }
  if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? ''))
    return new Response(body, { headers });
  return new Response(gzipped, { headers: { ...headers, 'Content-Encoding': 'gzip' } });
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
