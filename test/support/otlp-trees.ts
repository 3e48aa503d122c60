/** OTLP requests as JSON values: real ones, real ones with something wrong, and made-up ones. */
import fc from 'fast-check';
import { claudeCodeSession, claudeCodeSpans } from '../server/ingest/captures/claude-code.ts';
import { codexSession, codexSpans } from '../server/ingest/captures/codex.ts';
import { geminiSession, geminiSpans } from '../server/ingest/captures/gemini.ts';
import {
  anthropicSdk,
  openAiWithLogs,
  retriedAndFailedRuns,
  steppedRun,
} from '../server/ingest/captures/genai.ts';
import { graphRun, loneCalls } from '../server/ingest/captures/openinference.ts';
import { decoratedWorkflow } from '../server/ingest/captures/openllmetry.ts';
import { vercelRuns } from '../server/ingest/captures/vercel.ts';
import { requestBody, type Capture } from '../server/ingest/otlp.ts';
import { anyJson, NASTY, nasty } from './arbitrary.ts';

export type Signal = 'traces' | 'logs' | 'metrics';
export type Tree = Record<string, unknown>;

const { traces, logs } = openAiWithLogs();

const families: Record<'traces' | 'logs', Capture[][]> = {
  traces: [
    traces,
    steppedRun(),
    retriedAndFailedRuns(),
    anthropicSdk(),
    vercelRuns(),
    graphRun(),
    loneCalls(),
    decoratedWorkflow(),
    codexSpans(),
    geminiSpans(),
    claudeCodeSpans(),
  ],
  logs: [logs, codexSession(), geminiSession(), claudeCodeSession()],
};

const treeOf = (captures: readonly Capture[]): Tree =>
  JSON.parse(new TextDecoder().decode(requestBody(captures))) as Tree;

const realTraces = families.traces.map(treeOf);
const realLogs = families.logs.map(treeOf);
const realMetrics: Tree[] = [
  { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'gen_ai.client.token.usage' }] }] }] },
];
const real: Record<Signal, Tree[]> = {
  traces: realTraces,
  logs: realLogs,
  metrics: realMetrics,
};

/** A request that a client has sent. */
export const realTree = (signal: Signal): fc.Arbitrary<Tree> => fc.constantFrom(...real[signal]);

const records = [...families.traces, ...families.logs].flat().map(({ record }) => record);

/** All that clients name their attributes, spans and events. */
const attributeKeys = [
  ...new Set(
    records.flatMap(({ attributes }) => (attributes as { key: string }[]).map(({ key }) => key)),
  ),
];
const names = [...new Set(records.flatMap(({ name }) => (typeof name === 'string' ? [name] : [])))];

/** Numbers at the ends of what the wire and the database hold. */
const NUMBERS = ['0', '-1', '1', '1000000000', '1000000001', '2147483648', '9007199254740993'];
const ENDS = ['9223372036854775807', '-9223372036854775808'];

const messages = fc.constantFrom(
  JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'What is it?' }] }]),
  JSON.stringify([{ role: 'tool', content: [{ type: 'tool_result', result: { a: [null] } }] }]),
  '[{"role":"user","content":"cut o',
  '{"role":{"role":[]}}',
  `${'['.repeat(200)}${']'.repeat(200)}`,
);

interface Values {
  value: unknown;
  scalar: unknown;
}

/** Well-formed values of attributes, whatever their attribute would have them be. */
const { value } = fc.letrec<Values>((tie) => ({
  scalar: fc.oneof(
    fc.oneof(fc.constantFrom(...NASTY), fc.string(), messages).map((text) => ({
      stringValue: text.toWellFormed(),
    })),
    fc.constantFrom(...NUMBERS, ...ENDS).map((intValue) => ({ intValue })),
    fc.nat(100_000).map((count) => ({ intValue: String(count) })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
    fc.constantFrom('NaN', 'Infinity', '-Infinity').map((doubleValue) => ({ doubleValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.constantFrom({}, { bytesValue: 'AAEC/w==' }),
  ),
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('scalar'),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: fc.string(), value: tie('value') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}));

const attributes = fc.array(
  fc.record({
    key: fc.oneof(
      { arbitrary: fc.constantFrom(...attributeKeys), weight: 8 },
      { arbitrary: nasty().map((text) => text.toWellFormed()), weight: 1 },
    ),
    value,
  }),
  { maxLength: 12 },
);

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.oneof(
    // Few, so that they meet.
    { arbitrary: fc.nat(6).map((n) => (n + 1).toString(16).padStart(digits, '0')), weight: 8 },
    { arbitrary: fc.constantFrom('', '0'.repeat(digits), 'ab'), weight: 1 },
  );

const SECOND = 1_000_000_000n;

/** Now, long ago, in the future, and when no clock was ever set. */
const time = (now: number): fc.Arbitrary<string> =>
  fc.oneof(
    {
      arbitrary: fc
        .integer({ min: -100_000, max: 10 })
        .map((seconds) => String(BigInt(now) * 1_000_000n + BigInt(seconds) * SECOND)),
      weight: 6,
    },
    {
      arbitrary: fc.constantFrom('0', '1', '18446744073709551615', '4102444800000000000'),
      weight: 1,
    },
    {
      arbitrary: fc.constantFrom('2016', '2020', '2024').map((year) => {
        return `${Date.parse(`${year}-03-27T00:59:59.999Z`)}999999`;
      }),
      weight: 1,
    },
  );

const span = (now: number): fc.Arbitrary<Tree> =>
  fc.record(
    {
      traceId: hex(32),
      spanId: hex(16),
      parentSpanId: hex(16),
      name: fc.oneof(fc.constantFrom(...names), nasty()).map((text) => text.toWellFormed()),
      startTimeUnixNano: time(now),
      endTimeUnixNano: time(now),
      attributes,
      events: fc.array(
        fc.record({ name: fc.constantFrom('exception', 'e'), timeUnixNano: time(now), attributes }),
        { maxLength: 2 },
      ),
      status: fc.constantFrom({}, { code: 2, message: 'It \0failed' }, { code: 1 }, { code: 99 }),
    },
    { requiredKeys: ['traceId', 'spanId', 'startTimeUnixNano'] },
  );

const log = (now: number): fc.Arbitrary<Tree> =>
  fc.record(
    {
      traceId: hex(32),
      spanId: hex(16),
      timeUnixNano: time(now),
      observedTimeUnixNano: time(now),
      eventName: fc.constantFrom(...names, ''),
      body: value,
      attributes,
    },
    { requiredKeys: [] },
  );

/** Well-formed, and made up. */
export function madeUpTree(signal: Signal, now = Date.now()): fc.Arbitrary<Tree> {
  const [resources, scopes, records, record] = {
    traces: ['resourceSpans', 'scopeSpans', 'spans', span(now)] as const,
    logs: ['resourceLogs', 'scopeLogs', 'logRecords', log(now)] as const,
    metrics: [
      'resourceMetrics',
      'scopeMetrics',
      'metrics',
      fc.record({ name: fc.string() }) as fc.Arbitrary<Tree>,
    ] as const,
  }[signal];
  const scoped = fc.record({
    scope: fc.record({ name: fc.constantFrom('ai', 'codex', 'gemini-cli', 'my.tracer') }),
    [records]: fc.array(record, { maxLength: 6 }),
  });
  const resource = fc.record({
    resource: fc.record({ attributes }),
    [scopes]: fc.array(scoped, { maxLength: 2 }),
  });
  return fc.record({ [resources]: fc.array(resource, { maxLength: 2 }) });
}

/** Where something is changed, as a number among all places, and how. */
interface Change {
  place: number;
  how: 'replace' | 'remove' | 'repeat' | 'add';
  value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'remove', 'repeat', 'add'),
  value: fc.oneof(anyJson(), fc.constantFrom<unknown>(...NUMBERS, ...ENDS, ...ENDS.map(Number))),
});

type Place = [holder: Tree | unknown[], key: string];

function placesIn(node: unknown): Place[] {
  if (typeof node !== 'object' || node === null) return [];
  const holder = node as Tree;
  return Object.keys(holder).flatMap((key): Place[] => [[holder, key], ...placesIn(holder[key])]);
}

function changed(tree: Tree, changes: readonly Change[]): Tree {
  const copy = structuredClone(tree);
  for (const { place, how, value } of changes) {
    const places = placesIn(copy);
    const [holder, key] = places[place % Math.max(1, places.length)] ?? [copy, 'resourceSpans'];
    const at = holder as Tree;
    if (how === 'replace') at[key] = value;
    else if (how === 'add') at[`${key} more`] = value;
    else if (how === 'repeat' && Array.isArray(holder)) holder.push(structuredClone(at[key]));
    else if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else Reflect.deleteProperty(at, key);
  }
  return copy;
}

/** A real request in which something was changed: of a field, or of the whole below it. */
export const brokenTree = (signal: Signal): fc.Arbitrary<Tree> =>
  fc
    .tuple(realTree(signal), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([tree, changes]) => changed(tree, changes));
