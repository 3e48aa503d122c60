/** What is said of a field that is wrong: in our words, whatever is sent. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compiled } from '../../server/contract/compiled.ts';
import { compilerOf } from '../../server/contract/compile.ts';
import { documentOf, type JsonSchema } from '../../server/contract/document.ts';
import { faultsOf, knownKeywords } from '../../server/contract/faults.ts';
import { fieldError } from '../../server/contract/field-error.ts';
import { Contract, Problem, type FieldError } from '../../server/contract/index.ts';
import { almost, anyJson } from '../support/arbitrary.ts';
import { runs } from '../support/effort.ts';

const { source, checks } = compiled();
const contract = new Contract();

/** Keywords that say nothing of a value by themselves. */
const SILENT = new Set([
  ...['$ref', 'description', 'default', 'examples', 'writeOnly', 'properties', 'items'],
  ...['discriminator', 'contentEncoding'],
]);

/** Every keyword of a schema, behind its references. */
function keywordsOf(schema: unknown, seen = new Set<string>()): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { $ref, ...own } = schema as Record<string, unknown>;
  const name = typeof $ref === 'string' ? ($ref.split('/').at(-1) ?? '') : '';
  const isNew = name !== '' && !seen.has(name);
  if (isNew) seen.add(name);
  const inner: unknown[] = [
    ...Object.values((own.properties ?? {}) as Record<string, unknown>),
    own.items,
    ...[own.oneOf, own.anyOf, own.allOf].flatMap((choice) => (choice ?? []) as unknown[]),
    own.additionalProperties,
    isNew ? source.components.schemas[name] : undefined,
  ];
  return [...Object.keys(own), ...inner.flatMap((it) => keywordsOf(it, seen))];
}

/** Texts of Ajv, as far as they are no English of ours. */
const AJV =
  /must NOT|must match|must pass|must be (?:<|>|=)|must be equal to|must have required|fewer than|more than \d+ (?:items|characters|properties)|\bschema\b/;

function assertOurs({ path, code, message }: FieldError): void {
  assert.match(message, /^(?:`[^]*`|The body) [^]*\.$/, 'it is a sentence about the field');
  assert.ok(path === '' ? message.startsWith('The body ') : message.startsWith(`\`${path}\` `));
  assert.ok(message.length < 900, `${message.length} characters`);
  assert.match(code, /^[a-z_]+$/);
}

describe('a field that is wrong', () => {
  test('has words of ours for every keyword that the contract uses of requests', () => {
    const used = new Set(
      Object.keys(checks.requests).flatMap((key) => keywordsOf(JSON.parse(key))),
    );
    assert.deepEqual(
      [...used].filter((keyword) => !SILENT.has(keyword) && !knownKeywords.has(keyword)),
      [],
    );
  });

  test('shows an example where its pattern is not enough', () => {
    const patterns = (schema: unknown, path: string): string[] => {
      if (typeof schema !== 'object' || schema === null) return [];
      const { pattern, examples } = schema as Record<string, unknown>;
      return [
        ...(pattern !== undefined && examples === undefined ? [path] : []),
        ...Object.entries(schema).flatMap(([key, inner]) => patterns(inner, `${path}/${key}`)),
      ];
    };
    const { CreditRecord, UsdAmount } = source.components.schemas;
    assert.deepEqual(patterns({ CreditRecord, UsdAmount }, ''), []);
  });

  test('is never described by Ajv, whatever is sent', () => {
    const compile = compilerOf(documentOf(source), { verbose: true });
    let found = 0;
    for (const key of Object.keys(checks.requests)) {
      const schema = JSON.parse(key) as JsonSchema;
      const check = compile(schema);
      fc.assert(
        fc.property(fc.oneof(almost(schema), anyJson()), (value) => {
          if (check(structuredClone(value))) return;
          const errors = check.errors ?? [];
          for (const fault of faultsOf(errors)) {
            found++;
            const error = fieldError('body', fault);
            assertOurs(error);
            // What the caller sent may be anything, also a text of Ajv's.
            const [said = ''] = error.message.slice(error.path.length).split(' (got ');
            assert.doesNotMatch(said, AJV);
            for (const { message = '' } of errors) {
              // Of some it is the same English.
              if (AJV.test(message)) assert.ok(!said.includes(message), error.message);
            }
          }
        }),
        { numRuns: runs(30) },
      );
    }
    assert.ok(found > runs(1_000), `${found} faults`);
  });

  const json = async (id: 'auth.login' | 'business.ingest', value: unknown): Promise<Problem> => {
    const body = typeof value === 'string' ? value : JSON.stringify(value);
    const headers = { 'content-type': 'application/json' };
    const request = new Request('http://localhost/', { method: 'POST', headers, body });
    try {
      await contract.operations.get(id)?.readBody(request);
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
    assert.fail('it is taken');
  };

  test('shows what was sent, bounded, and never a secret', async () => {
    const password = 'hunter2 '.repeat(200);
    const long = await json('auth.login', { email: 'a'.repeat(300), password });
    assert.deepEqual(
      long.errors.map(({ path, code, message }) => [path, code, message]),
      [
        ['/email', 'too_long', '`/email` must have at most 254 characters (got 300 characters).'],
        ['/password', 'too_long', '`/password` must have at most 1,024 characters.'],
      ],
    );
    const typed = await json('auth.login', { email: 7, password: { hunter2: true } });
    assert.deepEqual(
      typed.errors.map(({ message }) => message),
      ['`/email` must be text (got 7).', '`/password` must be text.'],
    );
    for (const problem of [long, typed]) assert.doesNotMatch(JSON.stringify(problem), /hunter2/);
    const spend = { id: 'a', from: 'yesterday', to: '2026-11-21', amountUsd: '$3', updatedAt: 1 };
    const { errors } = await json('business.ingest', { spend: [spend] });
    assert.deepEqual(
      errors.map(({ code, message }) => [code, message]),
      [
        [
          'wrong_format',
          '`/spend/0/from` must be a time such as 2026-11-21T10:00:00Z (got "yesterday").',
        ],
        [
          'wrong_format',
          '`/spend/0/to` must be a time such as 2026-11-21T10:00:00Z (got "2026-11-21").',
        ],
        ['wrong_format', '`/spend/0/amountUsd` must be written like 99.00 (got "$3").'],
        ['wrong_type', '`/spend/0/updatedAt` must be text (got 1).'],
      ],
    );
  });

  test('with an endless name is named in short', async () => {
    const { errors, message } = await json('auth.login', `{"${'x'.repeat(50_000)}":1}`);
    assert.equal(errors.length, 3);
    assert.ok(JSON.stringify(errors).length < 1_000);
    assert.ok(message.length < 200);
    const query = new URLSearchParams({ ['y'.repeat(9_000)]: '1' });
    try {
      contract.operations
        .get('executions.list')
        ?.readParameters({ path: {}, query, header: new Headers() });
      assert.fail('it is taken');
    } catch (error) {
      assert.ok(error instanceof Problem);
      assert.equal(error.errors[0]?.code, 'unknown_parameter');
      assert.ok(JSON.stringify(error.errors).length < 500);
    }
  });
});
