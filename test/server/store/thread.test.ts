/** What requests that repeat each other have said, and how well it went: worked out by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { qualityOf } from '../../../server/store/read/conversations/quality.ts';
import {
  additionOf,
  LOOK_BACK,
  type Exchange,
} from '../../../server/store/read/conversations/thread.ts';
import { messageHash } from '../../../server/model/message-hash.ts';
import type { Message, MessagePart } from '../../../server/model/message.ts';

const named = (role: Message['role'], ...parts: MessagePart[]): string =>
  messageHash({ role, parts, length: 0 });
const text = (said: string): MessagePart => ({ type: 'text', text: said });
const s = (said: string): string => named('system', text(said));
const u = (said: string): string => named('user', text(said));
const a = (said: string): string => named('assistant', text(said));

const exchange = (input: string[], output: string[] = [], failed = false): Exchange => ({
  input,
  output,
  failed,
});

/** What each of some requests adds, one after the other. */
function additions(requests: readonly Exchange[]): string[][] {
  return requests.map((request, index) => [...additionOf(request, requests.slice(0, index)).asked]);
}

describe('a thread', () => {
  it('tells each message once, where the whole is sent each time', () => {
    assert.deepEqual(
      additions([
        exchange([s('be kind'), u('one')], [a('1')]),
        exchange([s('be kind'), u('one'), a('1'), u('two')], [a('2')]),
        exchange([s('be kind'), u('one'), a('1'), u('two'), a('2'), u('three')], [a('3')]),
      ]),
      [[s('be kind'), u('one')], [u('two')], [u('three')]],
    );
  });

  it('tells a message again where it is said again', () => {
    assert.deepEqual(
      additions([exchange([u('yes')], [a('1')]), exchange([u('yes'), a('1'), u('yes')], [a('2')])]),
      [[u('yes')], [u('yes')]],
    );
  });

  it('tells instructions once where only the last message is sent', () => {
    assert.deepEqual(
      additions([exchange([s('be kind'), u('one')]), exchange([s('be kind'), u('two')])]),
      [[s('be kind'), u('one')], [u('two')]],
    );
  });

  it('is found again without the reasoning, which clients do not send back', () => {
    const thought = named('assistant', { type: 'reasoning', text: 'hm' }, text('1'));
    assert.deepEqual(
      additions([exchange([u('one')], [thought]), exchange([u('one'), a('1'), u('two')])]),
      [[u('one')], [u('two')]],
    );
  });

  it('goes on where the beginning has been cut off', () => {
    assert.deepEqual(
      additions([
        exchange([u('one'), a('1'), u('two')], [a('2')]),
        exchange([u('two'), a('2'), u('three')]),
      ]),
      [[u('one'), a('1'), u('two')], [u('three')]],
    );
  });

  it('keeps agents apart that take turns, as far as it looks back', () => {
    const begin = exchange([u('one')], [a('1')]);
    const others = Array.from({ length: LOOK_BACK - 1 }, (_, index) =>
      exchange([u(`other ${index}`)], [a(`answer ${index}`)]),
    );
    const again = exchange([u('one'), a('1'), u('two')]);
    assert.deepEqual(additionOf(again, [begin, ...others]).asked, [u('two')]);
    assert.equal(additionOf(again, [begin, exchange([u('x')]), ...others]).asked.length, 3);
  });
});

describe('the quality of a conversation', () => {
  const rows = (...requests: Exchange[]) =>
    requests.map((request) => ({ ...request, firstTokenMs: null, nested: false }));

  it('counts turns, but not the results of tools', () => {
    const call = named('assistant', { type: 'tool_call', id: '1', name: 'find', arguments: {} });
    const result = named('user', { type: 'tool_result', id: '1', name: null, result: 'found' });
    const { turns, userRetries } = qualityOf(
      rows(exchange([u('one')], [call]), exchange([u('one'), call, result], [a('1')])),
      [],
      true,
    );
    assert.deepEqual([turns, userRetries], [1, 0]);
  });

  it('counts what the user asked again after an answer, not what the client sent again', () => {
    const once = exchange([u('one')], [a('1')]);
    const told = (...requests: Exchange[]) => qualityOf(rows(...requests), [], true).userRetries;
    assert.equal(told(once, exchange([u('one'), a('1'), u('one')], [a('2')])), 1);
    assert.equal(told(once, exchange([u('one')], [a('2')])), 1);
    assert.equal(told(exchange([u('one')], [], true), once), 0);
    assert.equal(told(once, exchange([u('one'), a('1'), u('two')], [a('2')])), 0);
  });

  it('is abandoned where the end is a failure, once it is over', () => {
    const failed = rows(exchange([u('one')], [], true));
    const fine = rows(exchange([u('one')], [a('1')]));
    assert.equal(qualityOf(failed, [], false).abandoned, true);
    assert.equal(qualityOf(failed, [], true).abandoned, false);
    assert.equal(qualityOf(fine, [], false).abandoned, false);
    assert.equal(qualityOf(fine, ['abandoned', 'completed'], false).abandoned, true);
    assert.equal(qualityOf(fine, ['abandoned', 'completed'], false).abandonedExecutions, 1);
  });

  it('takes runs for turns where nothing is told of what was said', () => {
    const quality = qualityOf(rows(exchange([]), exchange([])), ['completed', 'failed'], true);
    assert.deepEqual([quality.turns, quality.userRetries], [2, null]);
    assert.equal(qualityOf(rows(exchange([])), [], true).turns, null);
  });

  it('interpolates the time to the first token', () => {
    const waits = (...all: (number | null)[]) =>
      qualityOf(
        all.map((firstTokenMs) => ({ ...exchange([]), firstTokenMs, nested: false })),
        [],
        true,
      ).timeToFirstTokenMs;
    assert.deepEqual(waits(100, null, 300), { p50: 200, p95: 290 });
    assert.deepEqual(waits(7), { p50: 7, p95: 7 });
    assert.deepEqual(waits(null), { p50: null, p95: null });
  });
});
