/** No live stream brings what belongs to others, while everybody is written to. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Contract, type Schemas } from '../../server/contract/index.ts';
import { Listener, transportOf } from '../support/listener.ts';
import { patience } from '../support/patience.ts';
import { samples, type Sample } from '../support/samples.ts';
import { cells, INPUT_TOKENS, requestsIn } from '../support/cells.ts';
import { as, Tenants, visibleTo, type Party } from '../support/tenants.ts';

type LiveEvent = Schemas['LiveEvent'];

/** What follows one thing alone has tests of its own. */
const streams = [...new Contract().operations.values()].flatMap((operation) => {
  const transport = operation.path.includes('{') ? null : transportOf(operation);
  return transport ? [{ id: operation.id, path: operation.path, transport }] : [];
});

/** Somebody who listens, and from where on. */
interface Hearing {
  party: Party;
  /** Whether it is about conversations alone. */
  ofConversations: boolean;
  name: string;
  fromBeginning: boolean;
  listener: Listener;
}

/** The domain and tokens of each figure that came. */
const figures = (events: readonly LiveEvent[]) =>
  events.flatMap(({ event, data }) =>
    event === 'stats'
      ? data.deltas.map(({ delta }) => ({ domain: data.domain, input: delta.tokens.input }))
      : [],
  );

const tokensOf = (events: readonly LiveEvent[], domain: string): number =>
  figures(events)
    .filter((figure) => figure.domain === domain)
    .reduce((sum, { input }) => sum + input, 0);

const runsOf = (events: readonly LiveEvent[]) =>
  events.flatMap(({ event, data }) => (event === 'execution' ? [data.execution] : []));

const sessionsOf = (events: readonly LiveEvent[]) =>
  events.flatMap(({ event, data }) => (event === 'session' ? [data.session] : []));

const errorsOf = (events: readonly LiveEvent[]) =>
  events.flatMap(({ event, data }) => (event === 'failure' ? [data.error] : []));

const conversationsOf = (events: readonly LiveEvent[]) =>
  events.flatMap(({ event, data }) => (event === 'conversation' ? [data] : []));

type Hears = Pick<Hearing, 'party' | 'ofConversations'>;
const hearsConversations = ({ party: { role } }: Hears): boolean =>
  role !== 'executive' && role !== 'sysops';
const hearsRuns = ({ party: { role }, ofConversations }: Hears): boolean =>
  role !== 'sysops' && !ofConversations;
const hearsSessions = ({ party: { role }, ofConversations }: Hears): boolean =>
  (role === 'admin' || role === 'developer') && !ofConversations;
const hearsErrors = ({ party: { role }, ofConversations }: Hears): boolean =>
  (role === 'admin' || role === 'support' || role === 'executive') && !ofConversations;
const hearsFigures = ({ party: { role }, ofConversations }: Hears): boolean =>
  role !== 'sysops' && !ofConversations;
const hearsCleanup = ({ party: { role, workspace }, ofConversations }: Hears): boolean =>
  workspace === 'ours' && (role === 'admin' || role === 'sysops') && !ofConversations;
const hearsBusiness = ({ party: { role }, ofConversations }: Hears): boolean =>
  (role === 'admin' || role === 'executive') && !ofConversations;

/**
 * Each cell's records have been one event at first and one a round; its spend, which is of no
 * domain, is another for those who see all.
 */
const businessEvents = (hearing: Hearing, rounds: number): number => {
  if (!hearsBusiness(hearing)) return 0;
  const { party, fromBeginning } = hearing;
  const first = party.domains === null ? 2 : 1;
  return visibleTo(party).length * (rounds + (fromBeginning ? first : 0));
};

const countOf = (events: readonly LiveEvent[], name: LiveEvent['event']): number =>
  events.filter(({ event }) => event === name).length;

function streamTests(options: Parameters<typeof Tenants.start>[0]): void {
  let tenants: Tenants;
  const hearings: Hearing[] = [];
  /** Runs that each cell has been sent since the streams began. */
  const rounds = 2;
  before(async () => {
    tenants = await Tenants.start(options);
  });
  after(() => {
    for (const { listener } of hearings) listener.close();
    return tenants.server.close();
  });

  async function open(party: Party, { id, path, transport }: (typeof streams)[number]) {
    for (const fromBeginning of [false, true]) {
      const resume = transport === 'socket' && fromBeginning ? '?lastEventId=0' : '';
      const headers = transport === 'stream' && fromBeginning ? { 'last-event-id': '0' } : {};
      const url = tenants.server.url + path + resume;
      const listener = await Listener[transport](url, { ...party, headers });
      const name = `${id} of ${party.name}${fromBeginning ? ', from the beginning' : ''}`;
      assert.equal(listener.refusal, '', name);
      await listener.until((events) => events.length > 0);
      const ofConversations = id === 'live.conversationsSocket';
      hearings.push({ party, name, fromBeginning, listener, ofConversations });
    }
  }

  /** Writes to everybody at once, then has cleanup run. */
  async function write(round: number): Promise<void> {
    await Promise.all(
      cells.flatMap((cell) => [
        tenants.send(cell, 50 + round, 1),
        tenants.sendSession(cell, 50 + round),
      ]),
    );
    await Promise.all(cells.map((cell) => tenants.useCredits(cell, `round ${round}`)));
    const call = as(tenants.owner, { body: { dryRun: true } });
    const { status } = await tenants.server.call('/api/cleanup/runs', call);
    assert.equal(status, 202);
  }

  /** Whether all that was written for this listener has come. */
  const heardAll =
    (hearing: Hearing) =>
    (events: readonly LiveEvent[]): boolean => {
      const { party, fromBeginning } = hearing;
      const own = visibleTo(party);
      const runs = runsOf(events);
      const conversations = conversationsOf(events);
      const figuresCame = own.every(({ domain, requests }) => {
        const count = rounds + (fromBeginning ? requests : 0);
        return tokensOf(events, domain) >= count * INPUT_TOKENS;
      });
      const runsCame = own.every(
        ({ marker }) =>
          new Set(runs.filter(({ user }) => user === `${marker}-user`).map(({ id }) => id)).size >=
          rounds,
      );
      const conversationsCame = own.every(
        ({ marker }) =>
          new Set(
            conversations
              .filter(({ conversation }) => conversation?.user === `${marker}-user`)
              .map(({ id }) => id),
          ).size >= rounds,
      );
      const ended = events.flatMap(({ event, data }) =>
        event === 'cleanup' && data.run.endedAt !== null ? [data.run.id] : [],
      );
      return (
        (!hearsFigures(hearing) || figuresCame) &&
        (!hearsRuns(hearing) || runsCame) &&
        (!hearsConversations(hearing) || conversationsCame) &&
        (!hearsSessions(hearing) || sessionsOf(events).length >= own.length * rounds) &&
        (!hearsCleanup(hearing) || new Set(ended).size >= rounds) &&
        countOf(events, 'executive') >= businessEvents(hearing, rounds)
      );
    };

  test('each hears of their own, and of nothing else', { timeout: patience(60_000) }, async () => {
    assert.ok(streams.length > 0);
    for (const stream of streams) {
      const sample: Sample = samples[stream.id];
      for (const party of tenants.parties.filter(sample.may)) await open(party, stream);
    }
    // What came of the first round by a wrong way would be there by the end of the second.
    for (let round = 0; round < rounds; round++) await write(round);
    for (const hearing of hearings) await hearing.listener.until(heardAll(hearing));

    for (const hearing of hearings) {
      const { party, name, listener, fromBeginning } = hearing;
      const { events } = listener;
      const own = visibleTo(party);
      const text = JSON.stringify(events);
      for (const secret of tenants.secretsFor(party)) {
        assert.ok(!text.includes(secret), `${name} tells ${secret}`);
      }
      const domains = new Set(own.map(({ domain }) => domain));
      for (const { domain } of figures(events)) assert.ok(domains.has(domain), name);
      const sum = [...domains].reduce((total, domain) => total + tokensOf(events, domain), 0);
      const count = own.length * rounds + (fromBeginning ? requestsIn(own) : 0);
      assert.equal(sum, hearsFigures(hearing) ? count * INPUT_TOKENS : 0, name);
      assert.equal(runsOf(events).length > 0, hearsRuns(hearing) && own.length > 0, name);
      const heard = conversationsOf(events);
      assert.equal(heard.length > 0, hearsConversations(hearing) && own.length > 0, name);
      for (const { domain } of heard) assert.ok(domains.has(domain), name);
      const names = sessionsOf(events).map(({ sessionId }) => sessionId);
      assert.equal(names.length > 0, hearsSessions(hearing) && own.length > 0, name);
      for (const id of names)
        assert.ok(
          own.some(({ marker }) => id.startsWith(marker)),
          name,
        );
      const failures = errorsOf(events);
      const fails = hearsErrors(hearing) && own.length > 0 && fromBeginning;
      assert.equal(failures.length > 0, fails, name);
      for (const { domain } of failures) assert.ok(domains.has(domain), name);
      const cleanups = events.filter(({ event }) => event === 'cleanup');
      assert.equal(cleanups.length > 0, hearsCleanup(hearing), name);
      assert.equal(countOf(events, 'executive'), businessEvents(hearing, rounds), name);
    }
  });

  test('no other workspace begins where ours is', async () => {
    const [last] = hearings.flatMap(({ listener }) => listener.events.at(-1)?.id ?? []);
    const party = tenants.party('another workspace');
    const headers = { 'last-event-id': last ?? '' };
    const listener = await Listener.stream(`${tenants.server.url}/api/live`, { ...party, headers });
    await listener.until((events) => events.length > 0);
    const text = JSON.stringify(listener.events);
    for (const secret of tenants.secretsFor(party)) assert.ok(!text.includes(secret), secret);
    listener.close();
  });
}

describe('live streams', () => streamTests({}));

describe('live streams, whose past is read from the outbox', () =>
  streamTests({ live: { recent: { events: 0, bytes: 0 } } }));

describe("live streams, with the queries' own workspace predicate removed", () =>
  streamTests({ storeOptions: { unsafeWithoutPredicate: true } }));
