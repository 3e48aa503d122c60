/** One conversation as it goes on, in whatever order its telemetry comes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Schemas } from '../../../server/contract/index.ts';
import { Listener } from '../../support/listener.ts';
import { patience } from '../../support/patience.ts';
import { TestServer } from '../../support/server.ts';
import { DOMAIN, sendTurns, spanIdOf, traceIdOf, type Turn } from '../../support/turns.ts';

type Message = Schemas['Message'];

const textOf = ({ parts }: Message): string => {
  const part = parts?.[0];
  return part && 'text' in part ? part.text : '?';
};

describe('the stream of a conversation', { timeout: patience(60_000) }, () => {
  let server: TestServer;
  let ingest: string;
  let viewer: string;
  const now = Date.now();

  const send = (...turns: Turn[]): Promise<void> => sendTurns(server, ingest, turns);
  const follow = (conversation: string, lastEventId?: string): Promise<Listener> =>
    Listener.stream(`${server.url}/api/conversations/${conversation}/stream`, {
      token: viewer,
      ...(lastEventId !== undefined && { headers: { 'last-event-id': lastEventId } }),
    });
  const heard = ({ events }: Listener) =>
    (events as unknown as Schemas['ConversationEvent'][]).flatMap((it) =>
      it.event === 'message' ? [{ ...it.data.message, eventId: it.id }] : [],
    );
  const texts = (listener: Listener): string[] => heard(listener).map(textOf);
  const greeted = async (conversation: string): Promise<Listener> => {
    const listener = await follow(conversation);
    await listener.until((events) => events.length > 0);
    return listener;
  };
  const messagesOf = async (conversation: string): Promise<Message[]> => {
    const path = `/api/conversations/${conversation}/messages`;
    const { body } = await server.call<Schemas['MessagePage']>(path, { token: viewer });
    return body.data;
  };

  before(async () => {
    server = await TestServer.start();
    ingest = await server.ingestKey();
    viewer = (await server.account('viewer')).accessToken;
  });
  after(() => server.close());

  it('goes on without a gap', async () => {
    const first = {
      said: [['user', 'one']] as [string, string][],
      answer: '1',
      at: now - 5_000,
      conversation: 'live',
    };
    await send(first);
    const fresh = await greeted('live');
    const replayed = await Listener.stream(`${server.url}/api/conversations/live/stream?replay=1`, {
      token: viewer,
    });
    await replayed.until(() => heard(replayed).length === 1);
    await send({
      said: [...first.said, ['assistant', '1'], ['user', 'two']],
      answer: '2',
      at: now - 3_000,
      conversation: 'live',
    });
    await send({ said: [['user', 'elsewhere']], at: now - 2_000, conversation: 'other' });
    await fresh.until(() => heard(fresh).length === 2);
    await replayed.until(() => heard(replayed).length === 3);
    assert.deepEqual(texts(fresh), ['two', '2']);
    assert.deepEqual(texts(replayed), ['1', 'two', '2']);
    const resumed = await follow('live', heard(fresh)[0]?.eventId);
    await resumed.until(() => heard(resumed).length === 1);
    assert.deepEqual(texts(resumed), ['2']);
    for (const each of [fresh, replayed, resumed]) each.close();
  });

  it('tells what began before what it has told, and came after', async () => {
    const begin: Turn['said'] = [['user', 'start']];
    await send({ at: now - 60_000, conversation: 'late', said: begin, answer: 'ok' });
    const listener = await greeted('late');
    await send({
      at: now - 20_000,
      ms: 1_000,
      conversation: 'late',
      agent: 'helper',
      said: [['user', 'part']],
      answer: 'part done',
    });
    await listener.until(() => heard(listener).length === 2);
    await send({
      at: now - 25_000,
      ms: 10_000,
      conversation: 'late',
      said: [...begin, ['assistant', 'ok'], ['user', 'long question']],
      answer: 'long answer',
    });
    await listener.until(() => heard(listener).length === 4);
    assert.deepEqual(texts(listener), ['part', 'part done', 'long question', 'long answer']);
    const resumed = await follow('late', heard(listener)[0]?.eventId);
    await resumed.until(() => heard(resumed).length === 3);
    assert.deepEqual(texts(resumed), ['part done', 'long question', 'long answer']);
    assert.deepEqual(
      new Set((await messagesOf('late')).slice(2).map(({ id }) => id)),
      new Set(heard(listener).map(({ id }) => id)),
    );
    listener.close();
    resumed.close();
  });

  it('tells what was said in a request when it comes, and no id names another message', async () => {
    const [trace, span] = [0xc0ffee, 1];
    const log = async (event: string, body: object): Promise<void> => {
      const told = {
        timeUnixNano: `${now - 19_000}000000`,
        eventName: event,
        traceId: traceIdOf(trace),
        spanId: spanIdOf(span),
        attributes: [
          { key: 'event.name', value: { stringValue: event } },
          { key: 'gen_ai.system', value: { stringValue: 'openai' } },
        ],
        body,
      };
      const attributes = [{ key: 'service.name', value: { stringValue: DOMAIN } }];
      const { status } = await server.call('/v1/logs', {
        token: ingest,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          resourceLogs: [
            {
              resource: { attributes },
              scopeLogs: [{ scope: { name: 'test' }, logRecords: [told] }],
            },
          ],
        }),
      });
      assert.equal(status, 200);
    };
    const said = (content: string) => ({
      kvlistValue: { values: [{ key: 'content', value: { stringValue: content } }] },
    });
    const begin: Turn['said'] = [['user', 'start']];
    await send({ at: now - 60_000, conversation: 'logs', said: begin, answer: 'ok' });
    const listener = await greeted('logs');
    await send({ trace, span, at: now - 20_000, conversation: 'logs' });
    await listener.until(() => heard(listener).length === 1);
    await log('gen_ai.user.message', said('question'));
    await listener.until(() => heard(listener).length === 2);
    await log('gen_ai.choice', {
      kvlistValue: {
        values: [
          { key: 'index', value: { intValue: '0' } },
          { key: 'message', value: said('answer') },
        ],
      },
    });
    await listener.until(() => heard(listener).length === 3);
    assert.deepEqual(texts(listener), ['?', 'question', 'answer']);
    const [unknown, question, answer] = heard(listener);
    assert.equal(answer?.id, unknown?.id, 'The answer that was not known yet');
    assert.notEqual(question?.id, answer?.id);
    assert.deepEqual(
      (await messagesOf('logs')).slice(2).map(({ id }) => id),
      [question?.id, answer?.id],
    );
    listener.close();
  });

  it('brings all to a reader that is far behind, without another event', async () => {
    const turns = Array.from({ length: 550 }, (_, index): Turn => ({
      at: now - 3_600_000 + index * 1_000,
      ms: 100,
      conversation: 'long',
      said: [['user', `question ${index}`]],
      answer: `answer ${index}`,
    }));
    await send(...turns);
    const listener = await follow('long', '0');
    await listener.until(() => heard(listener).length === 1_100);
    assert.deepEqual(
      texts(listener),
      turns.flatMap((_, index) => [`question ${index}`, `answer ${index}`]),
    );
    listener.close();
  });

  it('refuses to go on after an event that it never told', async () => {
    await send({ at: now - 5_000, conversation: 'ids', said: [['user', 'hello']], answer: 'hi' });
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const instant = '2026-11-21T10:00:00.000Z';
    for (const id of [
      'nonsense',
      '-1',
      '3.garbage',
      `3.${encode([instant, 'span:1', 0])}`,
      `3.${encode([1, '0000-01-01T00:00:00.000Z', 'span:1', 'answer'])}`,
      `3.${encode([1, instant, 'span:1\0', 'answer'])}`,
    ]) {
      const { status, refusal } = await follow('ids', id);
      assert.equal(status, 400, id);
      const { errors } = JSON.parse(refusal) as Schemas['Problem'];
      assert.equal(errors[0]?.path, 'Last-Event-ID');
    }
  });
});
