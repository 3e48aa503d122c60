import {
  createServer,
  type IncomingMessage,
  request as ask,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ReloadProxy {
  /** Such as `http://127.0.0.1:4400`. */
  url: string;
  /** Makes every open page load anew. */
  reload: () => void;
  close: () => Promise<void>;
}

const events = '/__dev/events';
const script = '/__dev/reload.js';

/** Of the page's own origin, so that it runs under the page's own policy. */
const reloadScript = `new EventSource('${events}').onmessage = () => location.reload();\n`;

/** Puts the script into a page. */
export const withReload = (page: string): string =>
  page.replace(/<\/head>|$/i, `<script src="${script}"></script>$&`);

/**
 * Stands before a server while it is worked on: hands everything on, and lets pages load anew.
 * @param target the server behind it, such as `http://127.0.0.1:4410`
 */
export async function startReloadProxy(
  target: string,
  listen: { host: string; port: number },
): Promise<ReloadProxy> {
  const { hostname, port } = new URL(target);
  const pages = new Set<ServerResponse>();
  const behind = ({ method, url, headers }: IncomingMessage): RequestOptions => ({
    hostname,
    port,
    method: method ?? 'GET',
    path: url ?? '/',
    headers: { ...headers, 'accept-encoding': 'identity' },
  });

  const server = createServer((incoming, outgoing) => {
    if (incoming.url === script) {
      outgoing.writeHead(200, { 'content-type': 'text/javascript' }).end(reloadScript);
    } else if (incoming.url === events) {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      pages.add(outgoing);
      outgoing.once('close', () => pages.delete(outgoing));
    } else {
      pass(incoming, outgoing, behind(incoming));
    }
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    passUpgrade(incoming, socket, head, behind(incoming));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    url: `http://${listen.host}:${(server.address() as AddressInfo).port}`,
    reload: () => {
      for (const page of pages) page.write('data: reload\n\n');
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, options: RequestOptions): void {
  const onward = ask(options, (answer) => {
    const { statusCode = 502 } = answer;
    // What a browser keeps for a while it would show again after the change.
    const headers = { ...answer.headers, 'cache-control': 'no-cache' };
    if (!headers['content-type']?.startsWith('text/html')) {
      outgoing.writeHead(statusCode, headers);
      answer.pipe(outgoing);
      return;
    }
    let page = '';
    answer.setEncoding('utf8').on('data', (text: string) => (page += text));
    answer.once('end', () => {
      const { 'content-length': length, ...rest } = headers;
      outgoing.writeHead(statusCode, rest).end(withReload(page));
    });
  });
  onward.once('error', () => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(503, { 'retry-after': '1' }).end('The server is starting.\n');
  });
  outgoing.once('close', () => onward.destroy());
  incoming.pipe(onward);
}

function passUpgrade(
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: RequestOptions,
): void {
  const onward = ask(options);
  const drop = () => socket.destroy();
  onward.once('upgrade', (answer: IncomingMessage, other: Duplex, first: Buffer) => {
    const lines = Object.entries(answer.headers).map(
      ([name, value]) => `${name}: ${String(value)}`,
    );
    socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'));
    socket.write(first);
    other.write(head);
    other.pipe(socket).pipe(other);
    other.once('error', drop);
    socket.once('error', () => other.destroy());
  });
  onward.once('response', drop);
  onward.once('error', drop);
  onward.end();
}
