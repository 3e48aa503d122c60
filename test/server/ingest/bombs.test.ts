/** Requests that cost more to read than to send are refused while they are read. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DecodeError, decodeTraces, LimitError } from '../../../server/ingest/index.ts';
import { parseJson } from '../../../server/ingest/wire/text.ts';
import { bombs } from '../../support/otlp-bombs.ts';

suite('a bomb is refused, and it is said where', () => {
  for (const { name, type, bytes, refusal } of bombs) {
    test(`${type}: ${name}`, () => {
      assert.throws(
        () => decodeTraces(bytes(), type),
        (error) => {
          assert.ok(error instanceof DecodeError, String(error));
          assert.match(error.message, refusal);
          return true;
        },
      );
    });
  }
});

test('the refusal of a limit says which one, as a JSON pointer too', () => {
  const body = Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {},
        { scopeSpans: [{ spans: [{}, { attributes: new Array<object>(10_001).fill({}) }] }] },
      ],
    }),
  );
  assert.throws(
    () => decodeTraces(body, 'json'),
    (error) => {
      assert.ok(error instanceof LimitError);
      assert.equal(
        error.message,
        'resourceSpans[1].scopeSpans[0].spans[1].attributes has more than 10,000 entries',
      );
      assert.equal(error.path, '/resourceSpans/1/scopeSpans/0/spans/1/attributes');
      return true;
    },
  );
});

test('a bomb within a text is a text', () => {
  for (const text of [
    '['.repeat(8_000_000),
    `[${'{},'.repeat(2_500_000)}{}]`,
    '{"a":'.repeat(1e6),
  ]) {
    assert.equal(parseJson(text), undefined);
  }
});
