/** How the answers of a batch become lines: how many at once, in which order, how long. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answerLines } from '../../server/api/batch/answers.ts';
import type { Schemas } from '../../server/contract/index.ts';

type Answer = Schemas['BatchAnswer'];

/** Requests whose answers come when the test says so. */
class Desk {
  readonly asked: number[] = [];
  readonly #answers = new Map<number, (answer: Response) => void>();

  readonly requestId = 'batch';

  readonly ask = (_item: unknown, id: string): Promise<Response> => {
    const index = Number(id.slice('batch.'.length));
    this.asked.push(index);
    return new Promise((resolve) => this.#answers.set(index, resolve));
  };

  answer(index: number, response = Response.json({ index })): void {
    this.#answers.get(index)?.(response);
    this.#answers.delete(index);
  }

  get working(): number {
    return this.#answers.size;
  }
}

const requests = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `/${index}` }));

/** Everything that can happen by itself has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const given = { requestId: 'batch' };

const MIB = 1024 * 1024;

/** An answer of so many bytes. */
const jsonOf = (bytes: number): Response => Response.json('x'.repeat(bytes - 2));

/** All answers, in the order of the requests. */
async function all(lines: AsyncGenerator<string, void>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for await (const line of lines) answers.push(JSON.parse(line) as Answer);
  return answers.sort((one, other) => one.index - other.index);
}

const parsed = ({ value, done }: IteratorResult<string, void>): Answer => {
  assert.ok(!done);
  assert.equal(value.indexOf('\n'), value.length - 1, 'one line');
  return JSON.parse(value) as Answer;
};

describe('the lines of a batch', () => {
  test('come in the order in which the answers are ready, eight at work at once', async () => {
    const desk = new Desk();
    const lines = answerLines(requests(10), desk);
    const order = [7, 3, 0, 9, 8, 1, 2, 4, 5, 6];
    for (const index of order) {
      const next = lines.next();
      await settled();
      assert.ok(desk.working <= 8);
      desk.answer(index);
      assert.equal(parsed(await next).index, index);
    }
    assert.deepEqual(await lines.next(), { value: undefined, done: true });
    assert.deepEqual(desk.asked, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('hold back what is to come while nobody takes them', async () => {
    const desk = new Desk();
    const lines = answerLines(requests(100), desk);
    const first = lines.next();
    await settled();
    for (let index = 0; index < 8; index++) desk.answer(index);
    await first;
    await settled();
    assert.equal(desk.asked.length, 8, 'seven answers wait, and nothing new is asked');
    const second = lines.next();
    await settled();
    assert.equal(desk.asked.length, 9);
    await second;
  });

  test('end when nobody takes them any more: no further request runs', async () => {
    const desk = new Desk();
    const lines = answerLines(requests(100), desk);
    const first = lines.next();
    await settled();
    desk.answer(0);
    await first;
    await lines.return();
    await settled();
    assert.equal(desk.asked.length, 8);
  });

  test('have the answer as it is, on one line, with an id and some headers', async () => {
    const text = '{\n  "text": "a\\nb"\n}';
    const answer = new Response(text, {
      status: 404,
      headers: {
        ...{ 'content-type': 'application/problem+json', 'x-request-id': 'r.0' },
        ...{ 'retry-after': '3', 'set-cookie': 'secret', vary: 'Origin' },
      },
    });
    const lines = answerLines([{ id: 'one', path: '/' }], { ...given, ask: async () => answer });
    assert.deepEqual(parsed(await lines.next()), {
      ...{ index: 0, id: 'one', status: 404, body: { text: 'a\nb' } },
      headers: {
        ...{ 'content-type': 'application/problem+json', 'x-request-id': 'r.0' },
        'retry-after': '3',
      },
    });
  });

  test('replace an answer that is too large, and no other', async () => {
    const answers = new Map([
      ['batch.0', jsonOf(4 * MIB)],
      ['batch.1', jsonOf(4 * MIB + 1)],
      // Bytes count, not characters.
      ['batch.2', Response.json('ä'.repeat(2 * MIB))],
    ]);
    const lines = answerLines(requests(3), {
      ...given,
      ask: async (_, id) => answers.get(id) ?? Response.error(),
    });
    const [fits, ...others] = await all(lines);
    assert.equal((fits?.body as string).length, 4 * MIB - 2);
    for (const { status, body, headers } of others) {
      const { code, requestId } = body as Schemas['Problem'];
      assert.deepEqual([status, code], [422, 'answer_too_large']);
      assert.equal(headers['content-type'], 'application/problem+json');
      assert.equal(headers['x-request-id'], requestId);
    }
  });

  test('hold no more in all than the limit: what comes then is refused, and nothing more runs', async () => {
    const asked: string[] = [];
    const lines = answerLines(requests(100), {
      ...given,
      limits: { one: MIB, all: 3 * MIB + 100 },
      ask: async (_, id) => {
        asked.push(id);
        return jsonOf(MIB);
      },
    });
    const answers = await all(lines);
    assert.equal(answers.length, 100);
    const statuses = answers.map(({ status }) => status);
    assert.deepEqual([statuses.filter((it) => it === 200).length, new Set(statuses).size], [3, 2]);
    assert.ok(asked.length <= 12, `${asked.length} ran`);
  });

  test('have a body of null where there is none', async () => {
    const lines = answerLines(requests(1), {
      ...given,
      ask: async () => new Response(null, { status: 204 }),
    });
    assert.equal(parsed(await lines.next()).body, null);
  });
});
