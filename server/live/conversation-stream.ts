/** One conversation as server-sent events: how it is, and each message that is new. */
import { frameOf, type Message as LiveMessage } from './message.ts';
import { eventStream } from './sse.ts';
import { BATCH_BYTES, type Delivery, type EndReason } from './subscription.ts';

/** A subscription, or what stands for one. */
export interface Deliveries {
  take(): Promise<Delivery>;
  goOn(): boolean;
  end(reason: EndReason): void;
}

interface Found<Position> {
  message: unknown;
  position: Position;
  /** Equal tags: the same message, and nothing new is said in it. */
  tag: string;
}

export interface ConversationSource<Position> {
  /** Of the live messages that are about it (see `conversationKey`). */
  key: string;
  /** A page of what came after a position, in its order; from the beginning where it is `null`. */
  after(position: Position | null): Promise<{ messages: Found<Position>[]; hasMore: boolean }>;
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
    take: inBatches(subscription, framesOf(subscription, source, position)),
  });
}

interface Frames {
  /** What a live message brings, frame by frame. */
  of(message: LiveMessage): AsyncGenerator<string>;
  heartbeat(outboxId: number): string;
}

/** Messages of which a stream knows that it has told them. */
const REMEMBERED = 1_000;

function framesOf<Position>(
  subscription: Deliveries,
  source: ConversationSource<Position>,
  begin: Position | null,
): Frames {
  let position = begin;
  let isGreeted = false;
  const told = new Set<string>();
  const idOf = (outboxId: number): string =>
    position === null ? String(outboxId) : `${outboxId}.${source.write(position)}`;

  /** A request of which more becomes known arrives again: what it has told already is left out. */
  const isNew = (tag: string): boolean => {
    if (told.has(tag)) return false;
    told.add(tag);
    const [oldest] = told;
    if (told.size > REMEMBERED && oldest !== undefined) told.delete(oldest);
    return true;
  };

  async function* newMessages(outboxId: number): AsyncGenerator<string> {
    let hasMore = true;
    while (hasMore) {
      const page = await source.after(position);
      for (const { message, tag, position: at } of page.messages) {
        position = at;
        if (isNew(tag)) yield frameOf('message', idOf(outboxId), JSON.stringify({ message }));
      }
      hasMore = page.hasMore && subscription.goOn();
    }
  }

  return {
    heartbeat: (outboxId) => `: still here\nid: ${idOf(outboxId)}\n\n`,
    async *of(message) {
      switch (message.event) {
        case 'hello':
          yield message.frameAs(idOf(message.id));
          // What is there already comes once; later greetings answer commands, which have none here.
          if (!isGreeted) yield* newMessages(message.id);
          isGreeted = true;
          return;
        case 'reset': {
          // No message is lost, for they are read from the conversation; how it is may have changed.
          const data = await source.now();
          if (data === null) return;
          yield* newMessages(message.id);
          yield frameOf('conversation', idOf(message.id), JSON.stringify(data));
          return;
        }
        case 'conversation':
          if (message.key !== source.key) return;
          if (!message.isGone) yield* newMessages(message.id);
          yield message.frameAs(idOf(message.id));
          return;
        default:
          yield message.frameAs(idOf(message.id));
      }
    },
  };
}

/**
 * What is asked next is what comes next: frames, or how the stream ends. However far behind a reader
 * is, no more is read than it takes; once the stream has ended, no further page is begun.
 */
function inBatches(
  subscription: Deliveries,
  frames: Frames,
): () => Promise<Delivery | { type: 'frames'; text: string }> {
  let waiting: AsyncGenerator<string> | null = null;
  return async () => {
    for (;;) {
      if (waiting) {
        subscription.goOn();
        const text = await nextBatch(waiting);
        if (text !== '') return { type: 'frames', text };
      }
      const delivery = await subscription.take();
      if (delivery.type === 'end') return delivery;
      if (delivery.type === 'heartbeat') {
        return { type: 'frames', text: frames.heartbeat(delivery.position) };
      }
      waiting = framesOfAll(frames, delivery.messages);
    }
  };
}

async function* framesOfAll(
  frames: Frames,
  messages: readonly LiveMessage[],
): AsyncGenerator<string> {
  for (const message of messages) yield* frames.of(message);
}

/** @returns an empty text where there are no more */
async function nextBatch(frames: AsyncGenerator<string>): Promise<string> {
  let text = '';
  while (text.length < BATCH_BYTES) {
    const next = await frames.next();
    if (next.done) break;
    text += next.value;
  }
  return text;
}
