/** The frames of a conversation's stream, and how many are read at once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  conversationStream,
  type ConversationSource,
  type Deliveries,
} from '../../../server/live/conversation-stream.ts';
import { conversationKey, hello, Message } from '../../../server/live/message.ts';
import type { Delivery } from '../../../server/live/subscription.ts';

const ID = { domain: 'a.example.com', id: 'one' };

/** What a subscription delivers, then its end. */
function deliveries(...messages: Message[]): Deliveries & { isOpen: boolean } {
  const waiting: Delivery[] = [{ type: 'messages', messages }];
  return {
    isOpen: true,
    take: async () => waiting.shift() ?? { type: 'end', reason: 'left' },
    goOn() {
      return this.isOpen;
    },
    end: () => {},
  };
}

/** So many messages of a size, in pages of ten. */
function source(count: number, bytes: number): ConversationSource<number> & { pages: number } {
  return {
    pages: 0,
    key: conversationKey(ID),
    async after(position) {
      this.pages += 1;
      const begin = (position ?? -1) + 1;
      const messages = Array.from({ length: Math.min(10, count - begin) }, (_, index) => ({
        message: { text: 'x'.repeat(bytes) },
        position: begin + index,
        tag: String(begin + index),
      }));
      return { messages, hasMore: begin + 10 < count };
    },
    now: async () => ({}),
    write: String,
  };
}

const changed = (conversation: object | null): Message =>
  new Message(
    'conversation',
    7,
    { ...ID, conversation },
    {
      key: conversationKey(ID),
      isGone: conversation === null,
    },
  );

/** How each message of a stream begins. */
const MESSAGE = 'event: message\n';

describe('the stream of a conversation', () => {
  it('reads on only as its reader takes it, in small pieces', async () => {
    const long = source(400, 50_000);
    const response = conversationStream(deliveries(hello(1, [], 0)), long, null);
    const reader = response.body?.getReader();
    assert.ok(reader);
    let messages = 0;
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      assert.ok(value.length < 150_000);
      const text = rest + new TextDecoder().decode(value);
      messages += text.split(MESSAGE).length - 1;
      // The next chunk may begin within the words.
      rest = text.slice(1 - MESSAGE.length);
      assert.ok(long.pages <= Math.ceil(messages / 10) + 1, `${long.pages} pages for ${messages}`);
    }
    assert.equal(messages, 400);
  });

  it('begins no page once it has ended', async () => {
    const long = source(400, 50_000);
    const subscription = deliveries(hello(1, [], 0));
    const reader = conversationStream(subscription, long, null).body?.getReader();
    await reader?.read();
    subscription.isOpen = false;
    while (!(await reader?.read())?.done);
    assert.equal(long.pages, 1);
  });

  it('reads nothing of a conversation that is gone', async () => {
    const gone = source(10, 1);
    const text = await conversationStream(deliveries(changed(null)), gone, null).text();
    assert.equal(gone.pages, 0);
    assert.match(text, /"conversation":null/);
    const there = source(10, 1);
    await conversationStream(deliveries(changed({})), there, null).text();
    assert.equal(there.pages, 1);
  });
});
