import { connect, type Socket } from 'node:net';

/** A connection on which a test sends bytes as it likes. */
export class RawSocket {
  /** All that came. */
  received = '';
  /** Whether either side has ended it. */
  ended = false;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.received += text));
    // 'close' follows.
    socket.on('error', () => {});
    for (const event of ['end', 'close']) socket.on(event, () => (this.ended = true));
  }

  /** Resolves once it is connected. @param from the address that it comes from */
  static open(url: string, from = '127.0.0.1'): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), localAddress: from });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new RawSocket(socket)));
    });
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Sends one request as it is written and resolves with the whole answer. */
export async function sendRaw(url: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
    });
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}
