/** Random small fleets of agents, as fast-check makes them. */
import fc from 'fast-check';
import type { Observation, ObservationKind } from '../../../server/model/observation.ts';
import { failure, observation } from './derivation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * 60 * MINUTE;

/** Where the fleets work: 20 days that end here, so that some of it is below the fine floor. */
export const END = Date.parse('2026-11-21T10:00:00Z');
export const SPAN_MS = 20 * DAY;

/** Where figures could go wrong: both floors, and the changes of Berlin's and New York's clocks. */
const TURNS = [
  '2026-11-11T00:00:00Z',
  '2026-08-13T00:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-11-01T06:00:00Z',
].map((text) => Date.parse(text));

/** Anywhere in 120 days, in the last of them, or where figures could go wrong. */
export const moment: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: END - 120 * DAY, max: END + 2 * HOUR }),
  fc.integer({ min: END - 4 * DAY, max: END + 2 * HOUR }),
  ...TURNS.map((turn) => fc.integer({ min: turn - 6 * HOUR, max: turn + 6 * HOUR })),
);

const count = fc.option(fc.nat(5_000), { freq: 4 });

const KINDS: readonly ObservationKind[] = [
  'request',
  'request',
  'request',
  'usage-parent',
  'step',
  'tool',
  'agent',
];

const span = fc.record({
  kind: fc.constantFrom(...KINDS),
  offset: fc.nat(40 * MINUTE),
  length: fc.option(fc.nat(5_000), { freq: 6 }),
  model: fc.constantFrom('gpt-5', 'claude-sonnet-4-5', 'mystery', null),
  provider: fc.constantFrom('openai', 'anthropic', null),
  usage: fc.option(
    fc.record({
      uncachedInput: count,
      cacheRead: count,
      cacheWrite: count,
      output: count,
      reasoning: count,
    }),
    { freq: 5 },
  ),
  firstToken: fc.option(fc.nat(2_000)),
  tool: fc.constantFrom('search', 'mail'),
  helper: fc.constantFrom('planner', 'critic'),
  error: fc.option(fc.constantFrom('rate_limit', 'timeout', 'x'.repeat(300))),
  /** Whether it was also sent while it ran, and otherwise than it turned out. */
  toldBefore: fc.boolean(),
});

const run = fc.record({
  domain: fc.constantFrom('a.example.com', 'b.example.com', 'c.example.com'),
  user: fc.constantFrom('ada', 'grace', 'edsger', null),
  conversation: fc.constantFrom('one', 'two', 'three', null),
  agent: fc.constantFrom('support', 'research', null),
  team: fc.constantFrom('blue', 'red', null),
  /** A CLI session that some of its spans name; the others belong to it by their trace. */
  sessions: fc.array(fc.constantFrom('codex:1', 'codex:2'), { maxLength: 2 }),
  root: fc.constantFrom('none', 'open', 'done', 'failed'),
  spans: fc.array(span, { minLength: 1, maxLength: 6 }),
});

const fleetOf = (began: fc.Arbitrary<number>): fc.Arbitrary<Observation[]> =>
  fc
    .array(fc.tuple(run, began), { minLength: 1, maxLength: 8 })
    .map((runs) => runs.flatMap(([told, at], index) => observationsOf(told, at, index)));

export const fleet = fleetOf(fc.integer({ min: END - SPAN_MS, max: END }));

/** One whose runs are months apart. */
export const longFleet = fleetOf(moment.filter((instant) => instant <= END));

type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;

function observationsOf(told: Run, startedAt: number, index: number): Observation[] {
  const traceId = String(index).padStart(32, '0');
  const { domain, user, conversation, agent, team } = told;
  const shared = { traceId, domain };
  const observations = told.spans.flatMap((part, place) => {
    const final = observation({
      ...shared,
      kind: part.kind,
      spanId: String(place + 1).padStart(16, '0'),
      session: told.sessions[place] ?? null,
      startedAt: startedAt + part.offset,
      endedAt: part.length === null ? null : startedAt + part.offset + part.length,
      data: {
        user,
        conversation,
        agent: part.kind === 'agent' ? part.helper : agent,
        team,
        tool: part.kind === 'tool' ? part.tool : null,
        parentSpanId: 'f'.repeat(16),
        model: part.model,
        provider: part.provider,
        stack: part.error !== null && part.length !== null ? `at ${place}` : null,
        usage: part.usage,
        latencyMs: part.length,
        timeToFirstTokenMs: part.firstToken,
        error: part.error === null ? null : { ...failure, type: part.error },
      },
    });
    const unfinished = {
      ...final,
      // Not even the session need be the same.
      session: told.sessions[1 - place] ?? null,
      endedAt: null,
      data: { ...final.data, model: 'to-be-told' },
    };
    return part.toldBefore ? [unfinished, final] : [final];
  });
  if (told.root === 'none') return observations;
  const root = observation({
    ...shared,
    kind: 'agent',
    spanId: 'f'.repeat(16),
    startedAt,
    endedAt: told.root === 'open' ? null : startedAt + 45 * MINUTE,
    data: { user, conversation, agent, error: told.root === 'failed' ? failure : null },
  });
  return [...observations, root];
}

/** The same observations in another order, in batches, some of them more than once. */
export const arrival = (observations: readonly Observation[]): fc.Arbitrary<Observation[][]> =>
  fc
    .record({
      order: fc.shuffledSubarray([...observations], { minLength: observations.length }),
      again: fc.subarray([...observations]),
      cuts: fc.array(fc.nat(observations.length * 2), { maxLength: 6 }),
    })
    .map(({ order, again, cuts }) => {
      const all = [...order, ...again];
      const ends = [...new Set(cuts.map((cut) => cut % all.length)), all.length].sort(
        (a, b) => a - b,
      );
      return ends.map((end, index) => all.slice(ends[index - 1] ?? 0, end));
    });
