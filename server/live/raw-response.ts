import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Writes an answer to a socket that nothing else answers on, and closes it. */
export async function writeResponse(socket: Duplex, response: Response): Promise<void> {
  const { status } = response;
  const body = Buffer.from(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  headers.set('content-length', String(body.length));
  headers.set('connection', 'close');
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  const top = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`;
  // Not left to the client, who may keep its half open for ever.
  socket.end(Buffer.concat([Buffer.from(top, 'latin1'), body]), () => socket.destroy());
}
