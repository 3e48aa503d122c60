import type { Schemas } from '../contract/index.ts';
import { payloadWithoutContent } from '../store/to-contract/without-content.ts';
import type { OutboxEvent } from '../store/read/live.ts';

export type Topic = Schemas['Topic'];
export type EventName = Schemas['LiveEvent']['event'];

const eventOf: Record<Topic, EventName> = {
  executions: 'execution',
  stats: 'stats',
  conversations: 'conversation',
  cleanup: 'cleanup',
  sessions: 'session',
  errors: 'failure',
  executive: 'executive',
};

/** One event on its way to its readers, written down once for all of them. */
export class Message {
  readonly event: EventName;
  readonly id: number;
  /** `null`: about the stream itself. */
  readonly topic: Topic | null;
  readonly domain: string | null;
  /** Of two messages with one key that wait for a reader, only the later is worth sending. */
  readonly key: string;
  /** The conversation that it is of (see `conversationKey`); `null`: none. */
  readonly conversation: string | null;
  /** That there is nothing more to be told of what it is about. */
  readonly isGone: boolean;
  readonly #data: string;
  readonly #about: About;
  #frame: string | undefined;
  #json: string | undefined;
  #withoutContent: Message | null | undefined;

  constructor(event: EventName, id: number, data: unknown, about: About = {}) {
    this.event = event;
    this.id = id;
    this.topic = about.topic ?? null;
    this.domain = about.domain ?? null;
    this.key = about.key ?? `${event} ${id}`;
    this.conversation = about.conversation ?? null;
    this.isGone = about.isGone ?? false;
    this.#about = about;
    this.#data = JSON.stringify(data);
  }

  /** For readers who may not read what was said; `null`: it is not for them. */
  get withoutContent(): Message | null {
    if (this.topic === null) return this;
    if (this.#withoutContent === undefined) this.#withoutContent = this.#strip(this.topic);
    return this.#withoutContent;
  }

  /** About what it weighs in a queue, in bytes. */
  get size(): number {
    return this.#data.length + 64;
  }

  /** As a server-sent event; JSON has no line breaks. */
  get frame(): string {
    this.#frame ??= this.frameAs(String(this.id));
    return this.#frame;
  }

  /** The same with an id that says more than where the outbox is. */
  frameAs(id: string): string {
    return frameOf(this.event, id, this.#data);
  }

  /** As a WebSocket message. */
  get json(): string {
    this.#json ??= `{"event":"${this.event}","id":"${this.id}","data":${this.#data}}`;
    return this.#json;
  }

  #strip(topic: Topic): Message | null {
    const payload = payloadWithoutContent(topic, JSON.parse(this.#data));
    return payload && new Message(this.event, this.id, payload, this.#about);
  }
}

interface About {
  topic?: Topic;
  domain?: string | null;
  key?: string;
  conversation?: string;
  isGone?: boolean;
}

/** A server-sent event. */
export const frameOf = (event: string, id: string, data: string): string =>
  `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;

/** The message of an outbox event. The state of a thing replaces its earlier one. */
export function messageOf(event: OutboxEvent): Message {
  const { id, domain, topic, payload } = event;
  const { execution, session, error, ...rest } = payload as Partial<Payload>;
  const told = execution ?? session ?? error;
  const of = topic === 'conversations' ? rest.id : (execution ?? error)?.conversationId;
  const conversation = of && domain !== null ? conversationKey({ domain, id: of }) : undefined;
  const key = told ? `thing ${told.id}` : conversation;
  return new Message(eventOf[topic], id, payload, {
    topic,
    domain,
    ...(key && { key }),
    ...(conversation && { conversation }),
    isGone: saysGone(event),
  });
}

/** Whether an event says that a conversation is not to be seen any more. */
export const saysGone = ({ topic, payload }: OutboxEvent): boolean =>
  topic === 'conversations' &&
  (payload as Schemas['LiveConversation']['data']).conversation === null;

/** Whether users have changed though no request has: one may be erased, whom events name. */
export function saysErased({ topic, payload }: OutboxEvent): boolean {
  if (topic !== 'stats') return false;
  const { deltas, changed } = payload as Schemas['LiveStats']['data'];
  return deltas.length === 0 && changed.includes('users');
}

/** What is told as it is now, once more with each change. */
interface Payload {
  execution: Pick<Schemas['Execution'], 'id' | 'conversationId'>;
  error: Pick<Schemas['LoggedError'], 'id' | 'conversationId'>;
  session: { id: string };
  /** A conversation's. */
  id: string;
}

/** What a conversation's messages have in common. */
export const conversationKey = ({ domain, id }: { domain: string; id: string }): string =>
  `conversation ${JSON.stringify([domain, id])}`;

export const hello = (id: number, topics: Iterable<Topic>, now: number): Message =>
  new Message('hello', id, { topics: [...topics], serverTime: new Date(now).toISOString() });

export const reset = (id: number, reason: Schemas['LiveReset']['data']['reason']): Message =>
  new Message('reset', id, { reason });

export const expired = (id: number, reason: Schemas['LiveExpired']['data']['reason']): Message =>
  new Message('expired', id, { reason });
