/** One conversation as server-sent events: how it is, and each message that is new. */
import { frameOf, type Message as LiveMessage } from './message.ts';
import { eventStream } from './sse.ts';
import type { Delivery, EndReason } from './subscription.ts';

/** A subscription, or what stands for one. */
export interface Deliveries {
  take(): Promise<Delivery>;
  end(reason: EndReason): void;
}

export interface ConversationSource<Position> {
  /** Of the live messages that are about it (see `conversationKey`). */
  key: string;
  /** The messages after a position, oldest first; from the beginning where it is `null`. */
  after(position: Position | null): Promise<{ message: unknown; position: Position }[]>;
  /** How it is now, as the data of a `conversation` event; `null` where it is gone. */
  now(): Promise<unknown>;
  /** A position as part of an event's id. */
  write(position: Position): string;
}

/**
 * @param position of the last message that the reader has; `null`: it has none
 */
export function conversationStream<Position>(
  subscription: Deliveries,
  source: ConversationSource<Position>,
  position: Position | null,
): Response {
  return eventStream({
    end: (reason) => subscription.end(reason),
    take: frames(subscription, source, position),
  });
}

/** What is asked next is what comes next: messages, or how the stream ends. */
function frames<Position>(
  subscription: Deliveries,
  source: ConversationSource<Position>,
  begin: Position | null,
): () => Promise<Delivery | { type: 'frames'; text: string }> {
  let position = begin;
  let isGreeted = false;
  const idOf = (outboxId: number): string =>
    position === null ? String(outboxId) : `${outboxId}.${source.write(position)}`;

  const newMessages = async (outboxId: number): Promise<string> => {
    let text = '';
    for (const found of await source.after(position)) {
      position = found.position;
      text += frameOf('message', idOf(outboxId), JSON.stringify({ message: found.message }));
    }
    return text;
  };

  const textFor = async (message: LiveMessage): Promise<string> => {
    switch (message.event) {
      case 'hello': {
        const text = message.frameAs(idOf(message.id));
        // What is there already comes once; later greetings answer commands, which have none here.
        if (isGreeted) return text;
        isGreeted = true;
        return text + (await newMessages(message.id));
      }
      case 'reset': {
        // No message is lost, for they are read from the conversation; how it is may have changed.
        const data = await source.now();
        if (data === null) return '';
        const messages = await newMessages(message.id);
        return messages + frameOf('conversation', idOf(message.id), JSON.stringify(data));
      }
      case 'conversation': {
        if (message.key !== source.key) return '';
        const messages = await newMessages(message.id);
        return messages + message.frameAs(idOf(message.id));
      }
      default:
        return message.frameAs(idOf(message.id));
    }
  };

  return async () => {
    for (;;) {
      const delivery = await subscription.take();
      if (delivery.type === 'heartbeat') {
        return { type: 'frames', text: `: still here\nid: ${idOf(delivery.position)}\n\n` };
      }
      if (delivery.type === 'end') return delivery;
      let text = '';
      for (const message of delivery.messages) text += await textFor(message);
      if (text !== '') return { type: 'frames', text };
    }
  };
}
