/** What stories show is what a server of today answers. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { inRoot } from '../../scripts/support/root.ts';
import { Contract } from '../../server/contract/index.ts';
import type { Recording } from '../../stories/support/recording.ts';

const contract = new Contract();

function operationOf(key: string) {
  const [method = '', target = ''] = key.split(' ');
  const [path] = target.split('?');
  const found = [...contract.operations.values()].find(
    (operation) => operation.method.toUpperCase() === method && operation.path === path,
  );
  return found ?? assert.fail(`There is no operation ${key}.`);
}

describe('recorded answers', () => {
  for (const file of readdirSync(inRoot('stories/recorded'))) {
    test(`of ${file} hold the contract`, async () => {
      const text = readFileSync(inRoot('stories/recorded', file), 'utf8');
      const { answers, events } = JSON.parse(text) as Recording;
      assert.ok(Object.keys(answers).length > 0);
      for (const [key, { status, body }] of Object.entries(answers)) {
        const type = status < 400 ? 'application/json' : 'application/problem+json';
        const headers = { 'content-type': type };
        const response = new Response(JSON.stringify(body), { status, headers });
        await contract.responses.check(operationOf(key), response, (violation) => {
          throw new Error(key, { cause: violation });
        });
      }
      for (const { event } of events) contract.responses.checkEvent(event);
    });
  }
});
