/** Requests without an id of their client's, tied by the history that they repeat. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { deleteConversations } from '../../../server/store/write/deletion/deletion.ts';
import { purgeDeleted } from '../../../server/store/write/deletion/purge.ts';
import { messageHash } from '../../../server/model/message-hash.ts';
import type { Message } from '../../../server/model/message.ts';
import type { Observation } from '../../../server/model/observation.ts';
import { historyOf, replaceHistories } from '../../../server/store/write/history-rows.ts';
import { uniqueThreads } from '../../../server/store/write/threads.ts';
import { runs } from '../../support/effort.ts';
import { observation } from './derivation.ts';
import { Telemetry, type Workspace } from './telemetry.ts';

const START = Date.parse('2026-11-21T09:00:00Z');

const said = (role: Message['role'], text: string): Message => ({
  role,
  parts: [{ type: 'text', text }],
  length: text.length,
});
const u = (text: string): string => messageHash(said('user', text));
const a = (text: string): string => messageHash(said('assistant', text));
const thinking = (text: string): string =>
  messageHash({
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text },
    ],
    length: 0,
  });
const redacted = messageHash({ role: 'user', parts: null, length: 5 });

interface Call {
  trace: number;
  span?: number;
  /** Seconds after the start. */
  at: number;
  input: string[];
  output?: string[];
  user?: string;
  domain?: string;
  conversation?: string;
}

const traceId = (trace: number): string => trace.toString(16).padStart(32, '0');

function call({ trace, span = 1, at, input, output = [], ...told }: Call): Observation {
  const { user = null, domain = 'app.example.com', conversation = null } = told;
  const data = { user, conversation, model: 'gpt-5', inputMessages: input, outputMessages: output };
  const spanId = span.toString(16).padStart(16, '0');
  const startedAt = START + at * 1_000;
  const endedAt = startedAt + 500;
  return observation({ traceId: traceId(trace), spanId, domain, startedAt, endedAt, data });
}

/** Every message is found where requests say it, and nowhere else. */
async function checkPlaces(workspace: Workspace): Promise<void> {
  assert.deepEqual(await workspace.messagePlaces(), await workspace.messagePlacesFromRows());
}

/** Each request as `trace.span: conversation (link) branch`, traces by their numbers. */
async function ties(workspace: Workspace): Promise<string[]> {
  const rows = await workspace.query<
    Record<'trace_id' | 'span_id' | 'conversation' | 'link', string> & { branch: string | null }
  >(
    'select trace_id, span_id, conversation, link, branch from requests order by trace_id, span_id',
  );
  const number = (text: string): string => text.replace(/^trace:/, '').replace(/^0+/, '');
  return rows.map(
    ({ trace_id, span_id, conversation, link, branch }) =>
      `${number(trace_id)}.${number(span_id)}: ${number(conversation)} ${link}${branch === null ? '' : ` branch ${number(branch)}`}`,
  );
}

describe('requests without an id', () => {
  let telemetry: Telemetry;
  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = START + 3_600_000;
  });
  after(() => telemetry.close());

  async function tied(calls: readonly Call[]): Promise<string[]> {
    const workspace = telemetry.workspace();
    for (const each of calls) await workspace.write(call(each));
    const state = await ties(workspace);
    await checkPlaces(workspace);
    const reverse = telemetry.workspace();
    for (const each of calls.toReversed()) await reverse.write(call(each));
    assert.deepEqual(await ties(reverse), state, 'The other way round');
    await checkPlaces(reverse);
    const together = telemetry.workspace();
    await together.write(...calls.map(call));
    assert.deepEqual(await ties(together), state, 'All at once');
    await checkPlaces(together);
    return state;
  }

  it('are one conversation where they repeat its messages', async () => {
    const calls = [
      { trace: 1, at: 0, input: [u('hello')], output: [a('hi')] },
      { trace: 2, at: 10, input: [u('hello'), a('hi'), u('more')], output: [thinking('yes')] },
      { trace: 3, at: 20, input: [u('hello'), a('hi'), u('more'), a('yes'), u('and?')] },
      { trace: 4, at: 30, input: [u('hello')], output: [a('hi')] },
    ];
    assert.deepEqual(await tied(calls), [
      '1.1: 1 trace',
      '2.1: 1 history',
      '3.1: 1 history',
      '4.1: 4 trace',
    ]);
  });

  it('go on even where an answer in between is lost', async () => {
    const calls = [
      { trace: 1, at: 0, input: [u('hello')] },
      { trace: 3, at: 20, input: [u('hello'), a('hi'), u('more'), a('yes'), u('and?')] },
    ];
    assert.deepEqual(await tied(calls), ['1.1: 1 trace', '3.1: 1 history']);
  });

  it('branch where a point is continued a second time', async () => {
    const first = [u('hello'), a('hi')];
    const calls = [
      { trace: 1, at: 0, input: [u('hello')], output: [a('hi')] },
      { trace: 2, at: 10, input: [...first, u('one')], output: [a('1')] },
      { trace: 3, at: 20, input: [...first, u('two')], output: [a('2')] },
      { trace: 4, at: 30, input: [...first, u('two'), a('2'), u('three')], output: [a('3')] },
      { trace: 5, at: 40, input: [...first, u('one'), a('1'), u('four')], output: [a('4')] },
    ];
    assert.deepEqual(await tied(calls), [
      '1.1: 1 trace',
      '2.1: 1 history',
      '3.1: 1 history branch 3',
      '4.1: 1 history branch 3',
      '5.1: 1 history',
    ]);
  });

  it("of a sub-agent are its parent's", async () => {
    const calls = [
      { trace: 1, at: 0, input: [u('hello')], output: [a('hi')] },
      { trace: 2, span: 1, at: 10, input: [u('hello'), a('hi'), u('go')], output: [a('ask')] },
      { trace: 2, span: 2, at: 11, input: [u('you are a helper')], output: [a('done')] },
    ];
    assert.deepEqual(await tied(calls), ['1.1: 1 trace', '2.1: 1 history', '2.2: 1 history']);
  });

  it('stay apart over domains, users and redacted content', async () => {
    const whole = [u('hello'), a('hi'), u('more')];
    const begin = { at: 0, input: [u('hello')], output: [a('hi')] };
    assert.deepEqual(
      await tied([
        { trace: 1, ...begin },
        { trace: 2, at: 10, input: whole, domain: 'other.example.com' },
      ]),
      ['1.1: 1 trace', '2.1: 2 trace'],
    );
    assert.deepEqual(
      await tied([
        { trace: 1, ...begin, user: 'ada' },
        { trace: 2, at: 10, input: whole, user: 'bob' },
        { trace: 3, at: 20, input: whole, user: 'ada' },
      ]),
      ['1.1: 1 trace', '2.1: 2 trace', '3.1: 1 history'],
    );
    assert.deepEqual(
      await tied([
        { trace: 1, at: 0, input: [redacted], output: [a('hi')] },
        { trace: 2, at: 10, input: [redacted, a('hi'), u('more')] },
      ]),
      ['1.1: 1 trace', '2.1: 2 trace'],
    );
  });

  it("keep their client's id where there is one", async () => {
    const calls = [
      { trace: 1, at: 0, input: [u('hello')], output: [a('hi')], conversation: 'mine' },
      { trace: 2, at: 10, input: [u('hello'), a('hi'), u('more')], conversation: 'mine' },
    ];
    assert.deepEqual(await tied(calls), ['1.1: mine client', '2.1: mine client']);
  });

  it('are one conversation in the sums, with its tags, once the late beginning has come', async () => {
    const workspace = telemetry.workspace();
    const late = call({ trace: 1, at: 0, input: [u('hello')], output: [a('hi')] });
    await workspace.write(call({ trace: 2, at: 10, input: [u('hello'), a('hi'), u('more')] }));
    await workspace.query(`insert into conversation_tags (workspace_id, domain, conversation, tag)
      values ('${workspace.id}', 'app.example.com', 'trace:${traceId(2)}', 'keep')`);
    await workspace.write(late);
    assert.deepEqual(
      await workspace.query('select key, requests, linked, link from conversations'),
      [{ key: `trace:${traceId(1)}`, requests: 2, linked: 1, link: 'history' }],
    );
    assert.deepEqual(await workspace.query('select conversation from conversation_tags'), [
      { conversation: `trace:${traceId(1)}` },
    ]);
    const sums = await workspace.query(
      'select sum(conversations)::int as n from domain_sums where grain = 15',
    );
    assert.deepEqual(sums, [{ n: 1 }]);
    await checkPlaces(workspace);
  });

  it('take their words along when they go on from one that came late', async () => {
    const workspace = telemetry.workspace();
    const begin = { input: [u('hello')], output: [a('hi')] };
    await workspace.write(call({ trace: 1, at: 0, ...begin }));
    await workspace.write(call({ trace: 3, at: 20, input: [u('hello'), a('hi'), u('secret')] }));
    await workspace.write(call({ trace: 2, at: 10, ...begin }));
    assert.deepEqual(await ties(workspace), ['1.1: 1 trace', '2.1: 2 trace', '3.1: 2 history']);
    await checkPlaces(workspace);
  });

  it('say what they said last: what a span no longer tells is not found', async () => {
    const workspace = telemetry.workspace();
    const text = said('user', 'never mind');
    const hash = messageHash(text);
    const span = call({ trace: 1, at: 0, input: [u('hello'), hash], output: [a('hi')] });
    await workspace.writeWith(new Map([[hash, text]]), { ...span, endedAt: null });
    assert.equal(await workspace.count('message_bodies'), 1);
    await workspace.write(call({ trace: 1, at: 0, input: [u('hello')], output: [a('hi')] }));
    await checkPlaces(workspace);
    assert.equal(await workspace.count('message_bodies'), 0);
  });

  it('of writers at the same time end as those of one', async () => {
    const first = [u('hello'), a('hi')];
    const calls = Array.from({ length: 12 }, (_, index) => ({
      trace: index + 2,
      at: 10 + index,
      input: [...first, u(`question ${index}`)],
      output: [a(`answer ${index}`)],
    }));
    const begin = { trace: 1, at: 0, input: [u('hello')], output: [a('hi')] };
    const workspace = telemetry.workspace();
    const writers = Array.from({ length: 4 }, () => telemetry.anotherWriter());
    await Promise.all(
      [...calls, begin].map((each, index) =>
        (writers[index % 4] ?? telemetry.writer).write(workspace.id, {
          observations: [call(each)],
          messages: new Map(),
        }),
      ),
    );
    const expected = telemetry.workspace();
    await expected.write(...[begin, ...calls].map(call));
    assert.deepEqual(await ties(workspace), await ties(expected));
    const branches = (await ties(workspace)).filter((tie) => tie.includes('branch'));
    assert.equal(branches.length, 11);
  });
});

describe('many who say the same', () => {
  let telemetry: Telemetry;
  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = START + 3_600_000;
  });
  after(() => telemetry.close());

  /** The same two turns again, as a monitor has them. */
  const dialogue = (index: number): Call[] => [
    { trace: 2 * index + 1, at: 10 * index, input: [u('hello')], output: [a('hi')] },
    {
      trace: 2 * index + 2,
      at: 10 * index + 5,
      input: [u('hello'), a('hi'), u('time?')],
      output: [a('now')],
    },
  ];

  /** How many threads are looked at again when this call comes, which is not kept. */
  async function lookedAtFor(workspace: Workspace, { trace, at, ...said }: Call): Promise<number> {
    const key = `new ${trace}`;
    const { input, output = [], user = null, domain = 'app.example.com' } = said;
    const thread = `trace:${traceId(trace)}`;
    const startedAt = START + at * 1_000;
    const history = historyOf({ key, thread, startedAt, input, output, user, domain });
    let count = 0;
    await assert.rejects(
      telemetry.store.inWorkspace(workspace.id, async (ws) => {
        count = uniqueThreads(await replaceHistories(ws, [], [history])).length;
        throw new Error('Not kept');
      }),
      /Not kept/,
    );
    return count;
  }

  it('are not looked at again when one more does', async () => {
    const workspace = telemetry.workspace();
    const count = 200;
    await workspace.write(
      ...Array.from({ length: count }, (_, index) => dialogue(index).map(call)).flat(),
    );
    const expected = Array.from({ length: count }, (_, index) => {
      const [first, second] = [2 * index + 1, 2 * index + 2].map((trace) => trace.toString(16));
      return [`${first}.1: ${first} trace`, `${second}.1: ${first} history`];
    }).flat();
    assert.deepEqual((await ties(workspace)).toSorted(), expected.toSorted());
    for (const [name, at] of Object.entries({ latest: 10 * count, between: 1_002, first: -100 })) {
      const [first, second] = dialogue(0);
      assert.ok(first && second);
      const begin = await lookedAtFor(workspace, { ...first, trace: 5_000, at });
      const goOn = await lookedAtFor(workspace, { ...second, trace: 5_001, at: at + 5 });
      assert.ok(begin <= 3, `${name}: ${begin}`);
      assert.ok(goOn <= 3, `${name}: ${goOn}`);
    }
  });

  it('branch from one another without a look at all branches', async () => {
    const workspace = telemetry.workspace();
    const [begin] = dialogue(0);
    assert.ok(begin);
    const branch = (index: number): Call => ({
      trace: index + 2,
      at: index + 10,
      input: [u('hello'), a('hi'), u(`question ${index}`)],
    });
    const calls = [begin, ...Array.from({ length: 200 }, (_, index) => branch(index))];
    await workspace.write(...calls.map(call));
    assert.equal((await ties(workspace)).filter((tie) => tie.includes('branch')).length, 199);
    assert.ok((await lookedAtFor(workspace, branch(500))) <= 3);
    const more = { ...branch(50), at: 300 };
    assert.ok((await lookedAtFor(workspace, more)) <= 3, 'One more request of a branch');
    const first = { ...branch(501), at: 5 };
    assert.ok((await lookedAtFor(workspace, first)) <= 3);
    await workspace.write(call(first));
    const state = await ties(workspace);
    assert.equal(state.filter((tie) => tie.includes('branch')).length, 200);
    assert.ok(state.includes(`${(503).toString(16)}.1: 1 history`));
  });

  const words = fc.constantFrom('x', 'y');
  const calls = fc.array(
    fc.record({
      trace: fc.integer({ min: 1, max: 6 }),
      at: fc.integer({ min: 0, max: 12 }),
      input: fc.array(words, { minLength: 1, maxLength: 3 }),
      output: fc.option(words),
      user: fc.constantFrom(null, null, 'ada', 'bob'),
    }),
    { minLength: 2, maxLength: 9 },
  );

  it('are told alike in whatever order they come, of whichever user and trace', async () => {
    const arrivals = calls.chain((made) => {
      const told = made.map(({ input, output, user, ...rest }, index): Call => ({
        ...rest,
        span: index + 1,
        input: input.flatMap((word, place) => (place === 0 ? [u(word)] : [a('hi'), u(word)])),
        output: output === null ? [] : [a('hi')],
        ...(user !== null && { user }),
      }));
      const all = { minLength: told.length, maxLength: told.length };
      return fc.tuple(
        fc.constant(told),
        fc.shuffledSubarray(told, all),
        fc.integer({ min: 1, max: 4 }),
      );
    });
    await fc.assert(
      fc.asyncProperty(arrivals, async ([told, shuffled, size]) => {
        const expected = telemetry.workspace();
        for (const each of told.toSorted((one, other) => one.at - other.at)) {
          await expected.write(call(each));
        }
        const workspace = telemetry.workspace();
        for (let at = 0; at < shuffled.length; at += size) {
          await workspace.write(...shuffled.slice(at, at + size).map(call));
        }
        assert.deepEqual(await ties(workspace), await ties(expected));
      }),
      { numRuns: runs(60) },
    );
  });
});

/** A tree of turns: each goes on from an earlier one of its own conversation, or begins one. */
const trees = fc
  .array(fc.record({ from: fc.option(fc.nat(30)), word: fc.constantFrom('x', 'y') }), {
    minLength: 1,
    maxLength: 9,
  })
  .map((turns) => {
    const made: { call: Call; history: string[]; conversation: number; branch: number | null }[] =
      [];
    for (const [index, { from, word }] of turns.entries()) {
      const parent = from === null ? undefined : made[from % made.length];
      const trace = index + 1;
      const input = [...(parent?.history ?? []), u(`${word}${parent ? '' : index}`)];
      const output = [a(`answer ${index}`)];
      const isSecond = made.some(
        ({ call: { input: other } }) =>
          parent !== undefined &&
          other.length > parent.history.length &&
          parent.history.every((hash, at) => other[at] === hash),
      );
      made.push({
        call: { trace, at: index, input, output },
        history: [...input, ...output],
        conversation: parent?.conversation ?? trace,
        branch: isSecond ? trace : (parent?.branch ?? null),
      });
    }
    return made;
  });

describe('a tree of turns', () => {
  let telemetry: Telemetry;
  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = START + 3_600_000;
  });
  after(() => telemetry.close());

  it('is told alike in whatever order its requests come', async () => {
    const arrivals = trees.chain((made) =>
      fc.tuple(
        fc.constant(made),
        fc.shuffledSubarray(made, { minLength: made.length, maxLength: made.length }),
        fc.integer({ min: 1, max: 4 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(arrivals, async ([made, shuffled, size]) => {
        const workspace = telemetry.workspace();
        for (let at = 0; at < shuffled.length; at += size) {
          await workspace.write(...shuffled.slice(at, at + size).map((turn) => call(turn.call)));
        }
        const hex = (trace: number): string => trace.toString(16);
        const expected = made
          .map(
            ({ call: { trace }, conversation, branch }) =>
              `${hex(trace)}.1: ${hex(conversation)} ${conversation === trace ? 'trace' : 'history'}${branch === null ? '' : ` branch ${hex(branch)}`}`,
          )
          .toSorted();
        assert.deepEqual((await ties(workspace)).toSorted(), expected);
        const counted = await workspace.query<{ n: number }>(
          'select sum(requests)::int as n from conversations',
        );
        assert.equal(counted[0]?.n, made.length);
        await checkPlaces(workspace);
      }),
      { numRuns: runs(60) },
    );
  });

  it('stays deleted, whatever comes of it and in whatever order', async () => {
    const arrivals = trees.chain((made) =>
      fc.record({
        made: fc.constant(made),
        shuffled: fc.shuffledSubarray(made, { minLength: made.length, maxLength: made.length }),
        // When it is deleted, and purged; and which of those that there are then.
        deletedAfter: fc.integer({ min: 1, max: made.length }),
        purgedAfter: fc.option(fc.nat(made.length)),
        which: fc.nat(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ made, shuffled, deletedAfter, purgedAfter, which }) => {
        const workspace = telemetry.workspace();
        const purge = () => purgeDeleted(telemetry.store, telemetry.clock.now);
        const visible = `(domain, conversation) in
          (select domain, key from conversations where deleted_at is null)`;
        let hidden: string[] = [];
        for (const [index, turn] of shuffled.entries()) {
          await workspace.write(call(turn.call));
          if (index + 1 === deletedAfter) {
            hidden = await deleteOne(workspace, which);
            assert.ok(hidden.length > 0);
          }
          if (index + 1 >= deletedAfter && index === purgedAfter) await purge();
          await checkPlaces(workspace);
        }
        const tiedBefore = await ties(workspace);
        // Read again, as for a span that comes late: for each trace an agent around its call.
        for (const { call: each } of made) {
          const root = call({ ...each, span: 2, input: [], output: [] });
          await workspace.write({ ...root, kind: 'agent', data: { ...root.data, model: null } });
        }
        assert.deepEqual(await ties(workspace), tiedBefore);
        const seen = await workspace.query<{ key: string }>(
          `select key from requests where ${visible}`,
        );
        assert.deepEqual(
          seen.filter(({ key }) => hidden.includes(key)),
          [],
        );
        await purge();
        await checkPlaces(workspace);
        const told = await workspace.query<{ n: number }>(`select count(*)::int as n from requests
          where not ${visible} and (input_messages <> '[]' or output_messages <> '[]')`);
        assert.equal(told[0]?.n, 0);
        const counted = await workspace.query<{ n: number }>(
          'select sum(requests)::int as n from conversations',
        );
        assert.equal(counted[0]?.n, made.length, 'Figures stay');
      }),
      { numRuns: runs(40) },
    );
  });

  /** @returns the keys of the requests that were in it */
  async function deleteOne(workspace: Workspace, which: number): Promise<string[]> {
    const places = await workspace.query<{ domain: string; key: string }>(
      'select domain, key from conversations where deleted_at is null order by key',
    );
    const place = places[which % places.length];
    if (!place) return [];
    const rows = await workspace.query<{ key: string }>(
      `select key from requests where conversation = '${place.key}'`,
    );
    const actor = { kind: 'account' as const, id: null, name: 'Ada' };
    await telemetry.store.inWorkspace(workspace.id, (ws) =>
      deleteConversations(ws, [place], { actor }, telemetry.clock.now),
    );
    return rows.map(({ key }) => key);
  }
});
