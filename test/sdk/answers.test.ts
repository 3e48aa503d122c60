/** Answers that are none of a CloudBrain server, or that come in no time. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, describe, test } from 'node:test';
import {
  CloudBrain,
  type ClientOptions,
  ConnectionError,
  InvalidResponseError,
  TimeoutError,
} from '@cloudbrain/sdk';
import { type Reply, startLoopback, until } from '../support/loopback.ts';
import { patience } from '../support/patience.ts';
import { me } from './samples.ts';

async function start(t: TestContext, reply: Reply, options: ClientOptions = {}) {
  const server = await startLoopback(t, () => reply);
  const cb = new CloudBrain({ baseUrl: server.url, logLevel: 'off', ...options });
  return { server, cb };
}

const page: Reply = {
  text: '<!doctype html><title>Sign in</title>',
  headers: { 'content-type': 'text/html; charset=utf-8' },
};

/** It fails at once, is sent once, and says which request of which server got what. */
async function fails(promise: PromiseLike<unknown>, ...says: (string | RegExp)[]) {
  let response: Response | undefined;
  await assert.rejects(Promise.resolve(promise), (error) => {
    assert.ok(error instanceof InvalidResponseError, String(error));
    for (const said of says) assert.match(error.message, new RegExp(said));
    response = error.response;
    return true;
  });
  assert.ok(response);
  return response;
}

describe('an answer of another media type', () => {
  test('fails the call, and its page can be read', async (t) => {
    const { cb, server } = await start(t, page);
    const host = new URL(server.url).host;
    const said = ['GET /api/auth/me', host, 'text/html', 'application/json', '200'];
    const response = await fails(cb.auth.me(), ...said);
    assert.match(await response.text(), /Sign in/);
    await fails(cb.api.GET('/api/auth/me'), ...said);
    await fails(cb.executions.list(), 'GET /api/executions');
    await fails(cb.cleanup.run({ dryRun: true }), 'POST /api/cleanup/runs');
    // By the contract their answers have no body.
    await fails(cb.conversations.delete('x'), 'DELETE /api/conversations/x');
    await fails(cb.conversations.addFavorite('x'), 'PUT /api/conversations/x/favorite');
    assert.equal(server.seen.length, 6);
  });

  test('is none without any: JSON is read, and what is not fails', async (t) => {
    const { cb, server } = await start(t, (response) => response.end(JSON.stringify(me)));
    assert.equal((await cb.auth.me()).name, 'Ada');
    server.handle = () => (response) => response.end('<!doctype html>');
    await fails(cb.auth.me(), 'GET /api/auth/me', 'JSON');
    await fails(cb.executive.export({ format: 'csv' }), 'no media type');
  });

  for (const type of [
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/x+json',
  ]) {
    test(`${type} is JSON`, async (t) => {
      const reply = { text: JSON.stringify(me), headers: { 'content-type': type } };
      const { cb } = await start(t, reply);
      assert.equal((await cb.auth.me()).name, 'Ada');
    });
  }

  test('a text of cb.api may be any', async (t) => {
    const { cb } = await start(t, page);
    const { data } = await cb.api.GET('/metrics', { parseAs: 'text' });
    assert.match(String(data), /Sign in/);
  });

  test('fails a file, before anything of it is handed out', async (t) => {
    const { cb, server } = await start(t, page);
    await fails(cb.conversations.export('x'), 'application/json', 'text/html');
    await fails(cb.conversations.export('x', { format: 'csv' }), 'text/csv');
    await fails(cb.conversations.exportMany({ format: 'ndjson' }), 'application/x-ndjson');
    await fails(cb.conversations.exportEach().next(), 'application/x-ndjson');
    await fails(cb.executive.export({ format: 'pdf' }), 'application/pdf');
    assert.equal(server.seen.length, 5);
  });

  test('of a file is one of another format, too', async (t) => {
    const csv = { text: 'a,b\r\n', headers: { 'content-type': 'text/csv; charset=utf-8' } };
    const { cb } = await start(t, csv);
    assert.equal(await (await cb.executive.export({ format: 'csv' })).text(), 'a,b\r\n');
    await fails(cb.executive.export({ format: 'pdf' }), 'application/pdf');
  });

  test('ends a stream at once, and its connection', async (t) => {
    const endless: Reply = (response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.write('<p>');
    };
    for (const reply of [page, { json: me }, { text: '' }, endless, { status: 204 }]) {
      const { cb, server } = await start(t, reply);
      const streams = [
        cb.live.subscribe({ transport: 'sse' }),
        cb.live.subscribe({ transport: 'auto' }),
        cb.conversations.stream('x'),
      ];
      for (const stream of streams) {
        t.after(() => stream.close());
        await fails(stream[Symbol.asyncIterator]().next(), 'text/event-stream');
        assert.equal(stream.state, 'closed');
      }
      assert.equal(server.seen.filter(({ path }) => !path.includes('/ws/')).length, 3);
      if (reply === endless) await until(async () => (await server.connections()) === 0);
    }
  });

  test('fails a call that is answered with a stream', async (t) => {
    const { cb, server } = await start(t, (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': endless\n');
    });
    await fails(cb.auth.me(), 'text/event-stream');
    await until(async () => (await server.connections()) === 0);
  });
});

describe('an answer without a body', () => {
  const empty: Record<string, Reply> = {
    'of length 0': { headers: { 'content-type': 'application/json' }, text: '' },
    'in chunks': (response: ServerResponse) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
      });
      response.end();
    },
    'of no media type': { text: '' },
    'of status 204': { status: 204 },
  };
  for (const [what, reply] of Object.entries(empty)) {
    test(`${what} fails where the contract has one`, async (t) => {
      const { cb, server } = await start(t, reply);
      await fails(cb.auth.me(), 'GET /api/auth/me', 'no body');
      await fails(cb.cleanup.run({ dryRun: true }), 'POST /api/cleanup/runs');
      await fails(cb.executions.list(), 'GET /api/executions');
      assert.equal(server.seen.length, 3);
      const call = cb.api.GET('/api/auth/me');
      if (what !== 'of status 204') await fails(call, 'GET /api/auth/me');
      else assert.equal((await call).data, undefined);
    });
  }

  test('is right where the contract has none', async (t) => {
    const { cb } = await start(t, { status: 204 });
    for (const call of [cb.conversations.delete('x'), cb.conversations.removeFavorite('x')]) {
      const { data, response } = await call.withResponse();
      assert.equal(data, undefined);
      assert.equal(response.status, 204);
    }
  });
});

test('what is not JSON, though it says so, names the request and the fault', async (t) => {
  const broken = { text: '{"name": "Ada"', headers: { 'content-type': 'application/json' } };
  const { cb } = await start(t, broken);
  const response = await fails(cb.auth.me(), 'GET /api/auth/me', 'JSON');
  assert.equal(await response.text(), '{"name": "Ada"');
});

describe('the body of a file', () => {
  const csv = { 'content-type': 'text/csv' };

  test('that stalls fails once nothing has come for the time-out, and ends the connection', async (t) => {
    const { cb, server } = await start(
      t,
      (response) => {
        response.writeHead(200, csv);
        response.write('a,b\r\n');
      },
      { timeout: 40 },
    );
    const host = new URL(server.url).host;
    const files = [
      () => cb.conversations.export('x', { format: 'csv' }),
      () => cb.conversations.exportMany({ format: 'csv' }),
      () => cb.executive.export({ format: 'csv' }),
      () => cb.withOptions({ timeout: 0 }).executive.export({ format: 'csv' }, { timeout: 40 }),
    ];
    const json = await start(
      t,
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('[');
      },
      { timeout: 40 },
    );
    await assert.rejects((await json.cb.conversations.export('x')).text(), TimeoutError);
    for (const file of files) {
      await assert.rejects((await file()).text(), (error) => {
        assert.ok(error instanceof TimeoutError, String(error));
        assert.match(error.message, new RegExp(`/export at ${host}: no data received for 40 ms`));
        return true;
      });
    }
    await until(async () => (await server.connections()) === 0);
  });

  test('that comes slowly but steadily is read to its end, however long it takes', async (t) => {
    let connection: ServerResponse | undefined;
    const { cb } = await start(t, (response) => {
      connection = response;
      response.writeHead(200, csv);
      response.write('a,b\r\n');
    });
    const { body } = await cb.executive.export({ format: 'csv' }, { timeout: patience(1_000) });
    const reader = body?.getReader();
    assert.ok(reader && connection);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    assert.equal((await reader.read()).value?.length, 5);
    for (let part = 0; part < 12; part++) {
      // Its reader takes its time, which doesn't count.
      t.mock.timers.tick(60_000);
      const next: Promise<ReadableStreamReadResult<Uint8Array>> = reader.read();
      t.mock.timers.tick(999);
      connection.write('a,b\r\n');
      assert.equal((await next).value?.length, 5);
    }
    connection.end();
    assert.ok((await reader.read()).done);
  });

  test('has no limit where the time-out is 0', async (t) => {
    let connection: ServerResponse | undefined;
    const { cb } = await start(t, (response) => {
      connection = response;
      response.writeHead(200, csv);
      response.write('a');
    });
    const file = await cb.executive.export({ format: 'csv' }, { timeout: 0 });
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const text = file.text();
    t.mock.timers.tick(2 ** 31);
    connection?.end('b');
    assert.equal(await text, 'ab');
  });

  test('that breaks off names the request and the cause', async (t) => {
    const { cb } = await start(t, (response) => {
      response.writeHead(200, csv);
      response.write('a,b\r\n', () => response.destroy());
    });
    const file = await cb.executive.export({ format: 'csv' });
    await assert.rejects(file.text(), (error) => {
      assert.ok(error instanceof ConnectionError, String(error));
      assert.ok(error.cause);
      assert.match(error.message, /GET \/api\/executive\/export at 127\.0\.0\.1:\d+: ./);
      return true;
    });
  });

  test('ends with the reason of the caller’s own signal', async (t) => {
    const { cb, server } = await start(t, (response) => {
      response.writeHead(200, csv);
      response.write('a,b\r\n');
    });
    const controller = new AbortController();
    const { signal } = controller;
    const file = await cb.executive.export({ format: 'csv' }, { signal });
    const text = file.text();
    controller.abort(new Error('changed my mind'));
    await assert.rejects(text, /changed my mind/);
    await until(async () => (await server.connections()) === 0);
  });

  test('that is cancelled ends the connection; the answer keeps its head', async (t) => {
    const { cb, server } = await start(t, (response) => {
      response.writeHead(200, { ...csv, 'x-extra': 'yes' });
      response.write('a,b\r\n');
    });
    const file = await cb.executive.export({ format: 'csv' });
    assert.equal(file.status, 200);
    assert.equal(file.headers.get('x-extra'), 'yes');
    assert.equal(new URL(file.url).pathname, '/api/executive/export');
    await file.body?.cancel();
    await until(async () => (await server.connections()) === 0);
  });
});

test('JSON that is no page of a list is not taken for one', async (t) => {
  for (const json of [{}, null, { status: 'ok' }, { data: {} }]) {
    const { cb } = await start(t, { json });
    await assert.rejects(cb.executions.list(), InvalidResponseError);
    await assert.rejects(cb.executions.list().toArray({ limit: 1 }), InvalidResponseError);
  }
});
