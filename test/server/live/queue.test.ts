import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Message } from '../../../server/live/message.ts';
import { MessageQueue } from '../../../server/live/queue.ts';
import { RecentEvents } from '../../../server/live/recent.ts';

const message = (id: number, key?: string): Message =>
  new Message('execution', id, { text: 'x'.repeat(36) }, key === undefined ? {} : { key });
const ids = (messages: readonly Message[]): number[] => messages.map(({ id }) => id);

/** Of `message`: 47 bytes of data. */
const SIZE = message(1).size;

describe('MessageQueue', () => {
  test('gives messages in the order in which they came', () => {
    const queue = new MessageQueue();
    for (const id of [1, 2, 3]) queue.push(message(id));
    assert.deepEqual(ids(queue.take(Infinity)), [1, 2, 3]);
    assert.equal(queue.size, 0);
    assert.equal(queue.bytes, 0);
  });

  test('replaces a waiting message of the same key, and keeps ids growing', () => {
    const queue = new MessageQueue();
    queue.push(message(1, 'a'));
    queue.push(message(2, 'b'));
    queue.push(message(3, 'a'));
    assert.equal(queue.bytes, 2 * SIZE);
    assert.deepEqual(ids(queue.take(Infinity)), [2, 3]);
  });

  test('gives at least one, and then no more than fit', () => {
    const queue = new MessageQueue();
    for (const id of [1, 2, 3]) queue.push(message(id));
    assert.deepEqual(ids(queue.take(1)), [1]);
    assert.deepEqual(ids(queue.take(2 * SIZE)), [2, 3]);
  });

  test('tells when it holds too many, or too much', () => {
    const queue = new MessageQueue();
    for (const id of [1, 2, 3]) queue.push(message(id));
    assert.equal(queue.exceeds({ events: 3, bytes: 3 * SIZE }), false);
    assert.equal(queue.exceeds({ events: 2, bytes: 3 * SIZE }), true);
    assert.equal(queue.exceeds({ events: 3, bytes: 3 * SIZE - 1 }), true);
  });

  test('drops what no longer passes', () => {
    const queue = new MessageQueue();
    for (const id of [1, 2, 3]) queue.push(message(id));
    queue.retain(({ id }) => id !== 2);
    assert.equal(queue.bytes, 2 * SIZE);
    assert.deepEqual(ids(queue.take(Infinity)), [1, 3]);
  });
});

describe('RecentEvents', () => {
  const filled = (count: number, limits = { events: 10, bytes: Infinity }): RecentEvents => {
    const recent = new RecentEvents(100, limits);
    // Ids have holes: they are given out over all workspaces.
    for (let n = 1; n <= count; n += 1) recent.push(message(100 + n * 3));
    return recent;
  };

  test('gives what came after an id, whether or not the id is one of its own', () => {
    const recent = filled(5);
    assert.equal(recent.start, 100);
    assert.deepEqual(ids(recent.after(100, 2)), [103, 106]);
    assert.deepEqual(ids(recent.after(106, 10)), [109, 112, 115]);
    assert.deepEqual(ids(recent.after(107, 10)), [109, 112, 115]);
    assert.deepEqual(ids(recent.after(115, 10)), []);
  });

  test('forgets the oldest, and says from where on it is whole', () => {
    for (const limits of [
      { events: 10, bytes: Infinity },
      { events: Infinity, bytes: 10 * SIZE },
    ]) {
      const recent = filled(100, limits);
      const kept = ids(recent.after(recent.start, Infinity));
      assert.ok(kept.length >= 10 && kept.length <= 20, `${kept.length} kept`);
      assert.equal(kept[0], recent.start + 3);
      assert.equal(kept.at(-1), 400);
    }
  });
});
