import type { RawData, WebSocket } from 'ws';
import type { Schemas } from '../contract/index.ts';
import type { Topic } from './message.ts';
import type { EndReason, Subscription } from './subscription.ts';

/** The contract's close codes. */
const closes: Record<EndReason, [code: number, reason: string]> = {
  token_expired: [4401, 'The token has expired'],
  session_ended: [4401, 'The session has ended'],
  slow: [4408, 'The client reads too slowly'],
  aged: [1001, 'The connection has reached its maximum age: reconnect'],
  shutdown: [1001, 'The service is shutting down'],
  failed: [1011, "Live events can't be read right now"],
  left: [1000, ''],
};

/** Milliseconds that a reader has to answer the closing before it is cut off. */
const CLOSE_GRACE_MS = 5000;

/** Commands that a client may send in so many milliseconds; a page sends one now and then. */
const COMMANDS = { most: 100, perMs: 10_000 };

export interface SocketOptions {
  /** `null` where the contract knows no such command. */
  readCommand: (message: unknown) => Schemas['LiveCommand'] | null;
  /** Whether the caller may listen to the topic. */
  mayHear: (topic: Topic) => boolean;
  /** Told of faults of ours. */
  onError: (message: string, error: unknown) => void;
}

/** Sends a subscription over a WebSocket that has been accepted, until either ends. */
export function carry(socket: WebSocket, subscription: Subscription, options: SocketOptions): void {
  let alive = true;
  let commands = 0;
  let countedFrom = performance.now();

  const close = (code: number, reason: string): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.close(code, reason);
    const cut = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
    socket.once('close', () => clearTimeout(cut));
  };
  const refuse = (code: number, reason: string): void => {
    close(code, reason);
    subscription.end('left');
  };
  const tooMany = (): boolean => {
    if (performance.now() - countedFrom > COMMANDS.perMs) {
      commands = 0;
      countedFrom = performance.now();
    }
    commands += 1;
    return commands > COMMANDS.most;
  };

  const obey = (command: Schemas['LiveCommand']): void => {
    if (command.type === 'ping') {
      subscription.greet();
      return;
    }
    const closed = command.topics.find((topic) => !options.mayHear(topic));
    if (closed) refuse(4403, `The token can't subscribe to ${closed}`);
    else subscription.select(command.topics);
  };

  socket.on('close', () => subscription.end('left'));
  // A broken connection, or a message over the limit, which ws refuses with 1009; 'close' follows.
  socket.on('error', () => {});
  socket.on('pong', () => (alive = true));
  socket.on('message', (data, isBinary) => {
    if (socket.readyState !== socket.OPEN) return;
    alive = true;
    const command = isBinary ? null : options.readCommand(parsed(data));
    if (tooMany()) refuse(4400, 'Too many commands');
    else if (!command) refuse(4400, 'Unknown command');
    else obey(command);
  });

  const send = async (): Promise<void> => {
    for (;;) {
      const delivery = await subscription.take();
      if (delivery.type === 'messages') {
        await sendAll(socket, delivery.messages);
      } else if (delivery.type === 'end') {
        close(...closes[delivery.reason]);
        return;
      } else if (alive) {
        alive = false;
        socket.ping();
      } else {
        socket.terminate();
        return;
      }
    }
  };
  send().catch((error: unknown) => {
    options.onError('A live event could not be sent', error);
    refuse(...closes.failed);
  });
  // A reader that takes nothing never lets `send` come to its end.
  void subscription.ended.then((reason) => {
    if (reason === 'slow') close(...closes.slow);
  });
}

/** Resolves when the last has left this process, or never will. */
function sendAll(socket: WebSocket, messages: readonly { json: string }[]): Promise<void> {
  return new Promise((resolve) => {
    messages.forEach(({ json }, index) => {
      socket.send(json, index === messages.length - 1 ? () => resolve() : undefined);
    });
  });
}

function parsed(data: RawData): unknown {
  try {
    // A text message comes as one buffer.
    return JSON.parse((data as Buffer).toString('utf8'));
  } catch {
    return undefined;
  }
}
