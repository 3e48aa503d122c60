import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mintEmbedToken } from '../mint.ts';

export interface PortalOptions {
  host: string;
  port: number;
  /** Where CloudBrain is, as the browser reaches it. */
  service: string;
  /** Stays here: the page only ever gets the short-lived token that it buys. */
  apiKey: string;
  domains: readonly string[];
  /** Under which the page may be opened. */
  origins: readonly string[];
  /** Whether the service has the hash of its script: one from sources has none. */
  hasIntegrity: boolean;
}

const types = { html: 'text/html', css: 'text/css' } as const;

/**
 * Somebody else's portal: another origin with a small backend of its own. All it knows of
 * CloudBrain is the address, an API key, and the two tags in its page.
 */
export async function startPortal(
  options: PortalOptions,
): Promise<{ url: string; close(): Promise<void> }> {
  const integrity = options.hasIntegrity ? await scriptIntegrity(options.service) : '';
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      response
        .writeHead(502, { 'content-type': 'text/plain' })
        .end(`The portal failed: ${detail}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://${options.host}:${port}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', origin);
    if (request.method === 'GET' && pathname === '/') {
      const page = await readFile(new URL('./index.html', import.meta.url), 'utf8');
      send(
        response,
        'html',
        page.replaceAll('{{service}}', options.service).replaceAll('{{integrity}}', integrity),
      );
    } else if (request.method === 'GET' && pathname === '/portal.css') {
      send(response, 'css', await readFile(new URL('./portal.css', import.meta.url), 'utf8'));
    } else if (request.method === 'GET' && pathname === '/cloudbrain-token') {
      const token = await mintEmbedToken(options);
      response
        .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(token);
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page\n');
    }
  }

  return {
    url: origin,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, type: keyof typeof types, body: string): void {
  response.writeHead(200, { 'content-type': `${types[type]}; charset=utf-8` }).end(body);
}

/** The bundle's hash, so that the portal runs exactly the script it was built against. */
async function scriptIntegrity(service: string): Promise<string> {
  const answer = await fetch(new URL('/cloudbrain.integrity.json', service));
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`);
  const hashes = (await answer.json()) as Record<string, string>;
  return hashes['cloudbrain.js'] ?? '';
}
