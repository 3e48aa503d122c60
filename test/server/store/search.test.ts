/** What a search finds, against a naive search through all texts. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import {
  searchFunctions,
  type SearchLimits,
} from '../../../server/store/database/migrations/search-functions.ts';
import { messageHash } from '../../../server/model/message-hash.ts';
import type { Message } from '../../../server/model/message.ts';
import { ConversationStore } from '../../../server/store/read/conversations.ts';
import { ConversationActions } from '../../../server/store/write/conversation-actions.ts';
import type { Page, Place } from '../../../server/store/database/pages.ts';
import type { Hit } from '../../../server/store/read/conversations/search.ts';
import { observation } from './derivation.ts';
import { Telemetry, type Workspace } from './telemetry.ts';
import * as effort from '../../support/effort.ts';

const START = Date.parse('2026-11-20T09:00:00Z');
const MINUTE = 60_000;
const DOMAINS = ['app.example.com', 'shop.example.com', 'tiny.example.com'];

/** Forms of words that are the same to a reader. */
const FORMS: readonly (readonly string[])[] = [
  ['order', 'orders', 'Order', 'ORDERS', 'ｏｒｄｅｒ', 'or\u00adder'],
  ['café', 'cafe', 'CAFÉ', 'cafe\u0301', 'Cafés'],
  ['straße', 'STRASSE'],
  ['müller', 'Muller', 'Mu\u0308ller'],
  ['заказ', 'ЗАКАЗ', 'Заказ'],
  ['ёлка', 'елка'],
  ['ΣΊΣΥΦΟΣ', 'σίσυφος', 'σισυφοσ'],
  ['שָׁלוֹם', 'שלום', '\u200fשלום'],
  ['مُحَمَّد', 'محمد'],
  ['हिन्दी'],
  ['refund', 'refunded', 'refunding'],
  ['zeppelin'],
  ['4242', '４２４２'],
  ['the'],
];

/** Texts of scripts without spaces: parts of one are found. */
const RUNS = [
  ...[
    '人工智能',
    '智能手机',
    '我要退款',
    '退款',
    '猫',
    '𠮷野家',
    'ガイド',
    'ｶﾞｲﾄﾞ',
    'かき',
    'がき',
  ],
  ...['東京都', '京都', '주문을', '주문', '한국어'.normalize('NFD'), '한국', 'สวัสดี', 'สวัส'],
];

/** As they are compared, with bounds: words between spaces, characters of a run side by side. */
const plain = (run: string): string => run.normalize('NFKC');

interface Part {
  text: string;
  /** Bounded on both sides for a word; open for a run. */
  key: string;
  isRun: boolean;
}

const words: Part[] = FORMS.flatMap((forms, index) =>
  forms.map((text) => ({ text, key: `w${index}`, isRun: false })),
);
const runs: Part[] = RUNS.map((text) => ({ text, key: plain(text), isRun: true }));
const part = fc.constantFrom(...words, ...runs);

/** All parts with something between them: `|` stands for it. */
const keyOf = (parts: readonly Part[]): string => `|${parts.map(({ key }) => key).join('|')}|`;

/** How a phrase of parts is looked for in a key. */
function needle(parts: readonly Part[]): string {
  const [first, last] = [parts[0], parts.at(-1)];
  const key = parts.map((each) => each.key).join('|');
  return `${first?.isRun ? '' : '|'}${key}${last?.isRun ? '' : '|'}`;
}

interface Wanted {
  phrase: Part[];
  isExcluded: boolean;
}

const term: fc.Arbitrary<Wanted> = fc.record({
  phrase: fc.oneof(
    { weight: 3, arbitrary: part.map((one) => [one]) },
    fc.array(part, { minLength: 2, maxLength: 3 }),
  ),
  isExcluded: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
});
const query = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(fc.array(term, { minLength: 1, maxLength: 1 }), {
      minLength: 1,
      maxLength: 1,
    }),
  },
  fc.array(fc.array(term, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
);

const writtenOf = (alternatives: readonly (readonly Wanted[])[]): string =>
  alternatives
    .map((terms) =>
      terms
        .map(({ phrase, isExcluded }) => {
          const text = phrase.map((each) => each.text).join(' ');
          return `${isExcluded ? '-' : ''}${phrase.length > 1 ? `"${text}"` : text}`;
        })
        .join(' '),
    )
    .join(' or ');

interface Said {
  conversation: string;
  domain: string;
  at: number;
  text: string;
  key: string;
}

const fits = (alternatives: readonly (readonly Wanted[])[], { key }: Said): boolean =>
  alternatives.some((terms) =>
    terms.every(({ phrase, isExcluded }) => key.includes(needle(phrase)) !== isExcluded),
  );

describe('a search', () => {
  let telemetry: Telemetry;
  let workspace: Workspace;
  let store: ConversationStore;
  const said: Said[] = [];
  const reader = () => ({ accountId: null, now: telemetry.clock.now });

  async function write(all: readonly Said[]): Promise<void> {
    const messages = new Map<string, Message>();
    const observations = all.map(({ conversation, domain, at, text }) => {
      const message: Message = {
        role: 'user',
        parts: [{ type: 'text', text }],
        length: text.length,
      };
      const hash = messageHash(message);
      messages.set(hash, message);
      const id = conversation.replace(/\D/g, '').padStart(16, '0');
      const data = { conversation, inputMessages: [hash], model: 'gpt-5' };
      return observation({ startedAt: at, domain, spanId: id, traceId: `${id}${id}`, data });
    });
    await workspace.writeWith(messages, ...observations);
  }

  const found = async (
    q: string,
    more: Partial<Parameters<ConversationStore['search']>[1]> = {},
  ) => {
    const page = { from: null, limit: 1_000 };
    const all = { q, domains: null, from: null, to: null, page, ...more };
    return store.search(workspace.id, all, reader());
  };
  const names = (hits: readonly Hit[]): string[] => hits.map(({ conversation }) => conversation.id);
  const latestFirst = (all: readonly Said[]): string[] =>
    all.toSorted((a, b) => b.at - a.at).map(({ conversation }) => conversation);

  before(async () => {
    telemetry = await Telemetry.open();
    telemetry.clock.now = START + 10_000 * MINUTE;
    workspace = telemetry.workspace();
    store = new ConversationStore(telemetry.store);
    const texts = fc.sample(fc.array(part, { maxLength: 8 }), { numRuns: 350, seed: 20261130 });
    for (const [index, parts] of texts.entries()) {
      const separator = [' ', ', ', '。', '\n', ' 🚀 '][index % 5] ?? ' ';
      const unique = { text: `n${index}`, key: `n${index}`, isRun: false };
      const all = [...parts, unique];
      said.push({
        conversation: `c${index}`,
        domain: DOMAINS[index % 97 === 0 ? 2 : index % 2] ?? '',
        at: START + index * MINUTE,
        text: all.map(({ text }) => text).join(separator),
        key: keyOf(all),
      });
    }
    await write(said);
  });
  after(() => telemetry.close());

  const agrees = async (all: number): Promise<void> => {
    const narrowed = fc.record({
      domains: fc.constantFrom(null, [DOMAINS[0] ?? ''], [DOMAINS[2] ?? ''], [], DOMAINS),
      from: fc.option(fc.integer({ min: 0, max: 350 })),
      to: fc.option(fc.integer({ min: 0, max: 350 })),
    });
    const property = fc.asyncProperty(query, narrowed, async (wanted, { domains, from, to }) => {
      const q = writtenOf(wanted);
      const period = {
        from: from === null ? null : START + from * MINUTE,
        to: to === null ? null : START + to * MINUTE,
      };
      const mine = said.filter(
        (one) => fits(wanted, one) && (domains === null || domains.includes(one.domain)),
      );
      const expected = latestFirst(
        mine.filter(({ at }) => at >= (period.from ?? -Infinity) && at < (period.to ?? Infinity)),
      );
      const { entries: hits } = await found(q, { domains, ...period });
      assert.deepEqual(names(hits), expected, q);
      for (const { snippet, conversation } of hits.slice(0, 20)) {
        const { text = '' } = said.find((one) => one.conversation === conversation.id) ?? {};
        assert.ok(text.includes(snippet.map((piece) => piece.text).join('')), q);
        const isWanted = wanted.every((terms) => terms.some(({ isExcluded }) => !isExcluded));
        if (isWanted)
          assert.ok(
            snippet.some(({ match }) => match),
            `${q} in ${text}`,
          );
      }
      const filter = { domains, from: null, to: null, q };
      const page = { sort: 'started', order: 'desc', from: null, limit: 1_000 } as const;
      const { entries: conversations, count } = await store.list(
        workspace.id,
        filter,
        page,
        reader(),
      );
      assert.deepEqual(
        conversations.map(({ id }) => id),
        latestFirst(mine),
        q,
      );
      assert.deepEqual(count, { value: mine.length, isExact: true }, q);
    });
    await fc.assert(property, { numRuns: effort.runs(all) });
  };

  it('finds what a naive one finds, in any script', () => agrees(80));

  it('goes on where a page ended while others write', async () => {
    const q = 'order or 退款';
    const wanted = said.filter(({ key }) => /\|w0\||退款/.test(key));
    const seen: string[] = [];
    let from: Place | null = null;
    let last: Place | null;
    let more = 10_000;
    do {
      const {
        entries: hits,
        next,
        previous,
      }: Page<Hit> = await found(q, {
        page: { from, limit: 7 },
      });
      seen.push(...names(hits));
      // Some that are later than all, some that come late, right beside where the page ended.
      const at = hits.at(-1)?.at ?? '';
      const each = (time: number) => ({
        ...{ conversation: `c${++more}`, domain: DOMAINS[0] ?? '', at: time },
        ...{ text: `order n${more}`, key: `|w0|n${more}|` },
      });
      const late = [Date.parse(at), Date.parse(at) + MINUTE, START + 5_000 * MINUTE].map(each);
      await write(late);
      from = next;
      last = previous;
    } while (from);
    assert.deepEqual(new Set(seen).size, seen.length, 'none comes twice');
    const before = seen.slice(0, Math.floor((seen.length - 1) / 7) * 7);
    const back: string[] = [];
    for (let place = last; place;) {
      const page = await found(q, { page: { from: place, limit: 7 } });
      back.unshift(...names(page.entries));
      place = page.previous;
    }
    // Others came meanwhile; what was there already is in its place, and none is left out.
    assert.deepEqual(new Set(back).size, back.length, 'none comes twice on the way back');
    assert.deepEqual(
      back.filter((id) => before.includes(id)),
      before,
    );
    const kept = seen.filter((id) => Number(id.slice(1)) < 10_000);
    assert.deepEqual(kept, latestFirst(wanted), 'none is left out');
    const late = `n${more}`;
    assert.deepEqual(names((await found(late)).entries), [`c${more}`]);
    const { rows } = await telemetry.store.inWorkspace(workspace.id, ({ tx }) =>
      sql<{ id: string }>`select key as id from conversations where key like 'c1____'`.execute(tx),
    );
    const places = rows.map(({ id: key }) => ({
      key,
      domain: DOMAINS[0] ?? '',
    }));
    const entry = { actor: { kind: 'system', id: null, name: 'test' } as const };
    await new ConversationActions(telemetry.store).delete(
      workspace.id,
      places,
      entry,
      telemetry.clock.now,
    );
    assert.deepEqual(names((await found(late)).entries), [], 'nothing of a deleted conversation');
    assert.deepEqual(names((await found(q)).entries), latestFirst(wanted));
  });

  it('finds the same by whichever way the database goes', async () => {
    const mine = (table: string) => `${table}.workspace_id = mine`;
    const ways: SearchLimits[] = [
      // The index of words, after a look at the latest messages.
      { first: 5, most: 0, oftenOfFirst: 6, often: 20_000, few: 0, fewOften: 0 },
      // Messages one after the other to the end.
      { first: 5, most: 20_000, oftenOfFirst: 1, often: 0, few: 0, fewOften: 0 },
      // All of a domain after a look at the latest messages, and conversations one by one.
      { first: 5, most: 10, oftenOfFirst: 6, often: 3, few: 0, fewOften: 20_000 },
      // All of a domain at once.
      { first: 5, most: 10, oftenOfFirst: 6, often: 20_000, few: 20_000, fewOften: 0 },
    ];
    try {
      for (const limits of ways) {
        for (const statement of searchFunctions(mine, limits))
          await telemetry.store.exec(statement);
        await agrees(40);
      }
    } finally {
      for (const statement of searchFunctions()) await telemetry.store.exec(statement);
    }
  });

  it('finds the end of a long text, and phrases there', async () => {
    const filler = { en: 'so it went on and on. ', zh: '天地玄黄宇宙洪荒。' };
    for (const [index, [end, phrase]] of [
      ['my lost umbrella', '"lost umbrella"'],
      ['雨伞丢失了', '雨伞丢失'],
    ].entries()) {
      const text = `${(index === 0 ? filler.en : filler.zh).repeat(20_000).slice(0, 99_000)} ${end}`;
      const conversation = `c9${index}000`;
      const at = START + 9_000 * MINUTE + index;
      await write([{ conversation, domain: DOMAINS[0] ?? '', at, text, key: '' }]);
      const { entries: hits } = await found(phrase ?? '');
      assert.deepEqual(names(hits), [conversation]);
      const [hit] = hits;
      assert.ok(hit?.snippet.some(({ match, text: it }) => match && end?.includes(it)));
      assert.ok((hit?.snippet.map(({ text: it }) => it).join('').length ?? 0) < 400);
      assert.deepEqual(names((await found('"umbrella lost" or 失丢')).entries), []);
    }
  });

  it('leaves words out, and marks nothing that only looks like a mark', async () => {
    const text = '<b>\ue000balloon\ue001</b> & <script>alert("balloon")</script>';
    const at = START + 9_500 * MINUTE;
    await write([{ conversation: 'c99999', domain: DOMAINS[0] ?? '', at, text, key: '' }]);
    const [hit] = (await found('balloon')).entries;
    assert.deepEqual(hit?.snippet, [
      { text: '<b>\ue000', match: false },
      { text: 'balloon', match: true },
      { text: '\ue001</b> & <script>alert("', match: false },
      { text: 'balloon', match: true },
      { text: '")</script>', match: false },
    ]);
    assert.deepEqual(names((await found('balloon -alert')).entries), []);
    assert.deepEqual(names((await found('balloon -alarm')).entries), ['c99999']);
  });
});
