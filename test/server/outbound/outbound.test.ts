/** Requests to other servers: real ones on the loopback interface, named by a real DNS server. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { AddressRanges } from '../../../server/outbound/addresses.ts';
import { OutboundError } from '../../../server/outbound/errors.ts';
import { Outbound, type OutboundRequest } from '../../../server/outbound/outbound.ts';
import { DnsServer } from '../../support/dns-server.ts';
import { Elsewhere } from '../admin/upstream.ts';
import { cert, key } from './certificate.ts';

const LOOPBACK = ['127.0.0.0/8', '::1'];

function rangesOf(...texts: string[]): AddressRanges {
  const ranges = new AddressRanges();
  for (const text of texts) assert.ok(ranges.add(text), text);
  return ranges;
}

/** What a request is refused for, or fails with. */
async function failure(asked: Promise<unknown>): Promise<OutboundError> {
  const error: unknown = await asked.then(
    () => assert.fail('There was an answer.'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof OutboundError, String(error));
  return error;
}

describe('a request to another server', () => {
  const outbound = new Outbound({ allow: rangesOf(...LOOPBACK) });
  let elsewhere: Elsewhere;
  before(async () => {
    elsewhere = await Elsewhere.start();
  });
  afterEach(() => {
    elsewhere.asked.length = 0;
    elsewhere.answer = (_request, response) => response.end();
  });
  after(() => elsewhere.close());

  const ask = (more: Partial<OutboundRequest> = {}, path = '/') =>
    outbound.fetch(`${elsewhere.url}${path}`, { purpose: 'test', ...more });

  it('is sent as it is, plainly', async () => {
    let body = '';
    elsewhere.answer = (request, response) => {
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => response.writeHead(201, { 'x-a': ['1', '2'] }).end('done'));
    };
    const headers = { 'Content-Type': 'text/plain', Host: 'evil.example', Connection: 'upgrade' };
    const sending = { method: 'POST', body: 'é', headers: { ...headers, 'Accept-Encoding': 'br' } };
    const response = await ask(sending, '/a?b=c');
    assert.deepEqual([response.status, await response.text()], [201, 'done']);
    assert.equal(response.headers.get('x-a'), '1, 2');
    const [seen] = elsewhere.asked;
    assert.deepEqual([seen?.method, seen?.url, body], ['POST', '/a?b=c', 'é']);
    assert.deepEqual(seen?.headers, {
      accept: '*/*',
      'accept-encoding': 'identity',
      connection: 'close',
      'content-length': '2',
      'content-type': 'text/plain',
      host: new URL(elsewhere.url).host,
      'user-agent': 'CloudBrain',
    });
  });

  it('goes nowhere else: a redirect is its answer', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      elsewhere.answer = (_request, response) => {
        response.writeHead(status, { location: `${elsewhere.url}/secret` }).end();
      };
      const response = await ask();
      assert.equal(response.status, status);
      assert.equal(response.headers.get('location'), `${elsewhere.url}/secret`);
    }
    assert.ok(elsewhere.asked.every(({ url }) => url === '/'));
  });

  it('needs a URL of http or https, without credentials, of a port for HTTP', async () => {
    for (const url of [
      ...['', 'x', '//a.example', 'ftp://a.example', 'file:///etc/passwd', 'gopher://a.example'],
      ...['javascript:alert(1)', 'data:,x', 'ws://a.example', 'http://', 'http://a b.example'],
      ...['https://user:pass@a.example', 'https://user@a.example', 'https://:pass@a.example'],
      ...[0, 22, 25, 53, 81, 110, 143, 993, 2375, 3306, 5432, 6000, 6379, 9200, 11211].map(
        (port) => `http://a.example:${port}/`,
      ),
      `https://a.example/${'x'.repeat(2_048)}`,
    ]) {
      const error = await failure(outbound.fetch(url, { purpose: 'test' }));
      assert.deepEqual([error.reason, error.isRefusal], ['url', true], url);
      assert.match(error.message, /^[A-Z].*\.$/);
      assert.ok(!error.message.includes('pass'), 'no credentials are shown');
    }
  });

  it('is refused for headers that would be two', async () => {
    for (const value of ['a\r\nx-b: c', 'a\nb', 'a\0b']) {
      assert.equal((await failure(ask({ headers: { 'x-a': value } }))).reason, 'url');
    }
    assert.equal(elsewhere.asked.length, 0);
  });

  it('reads no more of an answer than it may', async () => {
    const endless = (head: (bytes: number) => Record<string, string>) => {
      elsewhere.answer = (_request, response) => {
        response.writeHead(200, head(10_000_000));
        const more = (): void =>
          void (response.destroyed || response.write('x'.repeat(65_536), more));
        more();
      };
    };
    endless(() => ({}));
    assert.equal((await failure(ask({ maxBytes: 100_000 }))).reason, 'too-large');
    endless((bytes) => ({ 'content-length': String(bytes) }));
    assert.equal((await failure(ask({ maxBytes: 100_000 }))).reason, 'too-large');
    assert.equal((await ask({ maxBytes: null })).status, 200);
    elsewhere.answer = (_request, response) => response.end('x'.repeat(1_000));
    assert.equal((await (await ask({ maxBytes: 1_000 })).text()).length, 1_000);
    assert.equal((await failure(ask({ maxBytes: 999 }))).reason, 'too-large');
    // A small answer that would be a large one once it is unpacked stays packed.
    const packed = gzipSync(Buffer.alloc(5_000_000));
    elsewhere.answer = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    };
    const response = await ask({ maxBytes: 100_000 });
    assert.equal((await response.arrayBuffer()).byteLength, packed.length);
    elsewhere.answer = (_request, response) => {
      response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end();
    };
    assert.equal((await failure(ask())).reason, 'protocol');
  });

  it('waits no longer than it may', async () => {
    elsewhere.answer = () => {};
    assert.equal((await failure(ask({ timeoutMs: 30 }))).reason, 'timeout');
    // Headers at once, and a body that never ends.
    elsewhere.answer = (_request, response) => void response.writeHead(200).write('x');
    assert.equal((await failure(ask({ timeoutMs: 30 }))).reason, 'timeout');
    // One byte after the other: no silence is ever long.
    elsewhere.answer = (_request, response) => {
      const dripping = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(dripping));
    };
    assert.equal((await failure(ask({ timeoutMs: 60 }))).reason, 'timeout');
    const never = new Outbound({ resolve: () => new Promise(() => {}) });
    const unnamed = never.fetch('https://a.example', { purpose: 'test', timeoutMs: 30 });
    assert.equal((await failure(unnamed)).reason, 'timeout');
  });

  it('ends when its caller gives up', async () => {
    const stop = new AbortController();
    elsewhere.answer = () => stop.abort();
    const asked = ask({ signal: stop.signal });
    assert.equal((await failure(asked)).reason, 'aborted');
    const [request] = elsewhere.asked;
    if (request && !request.socket.destroyed) await once(request.socket, 'close');
    elsewhere.answer = (_request, response) => response.end();
    assert.equal((await failure(ask({ signal: stop.signal }))).reason, 'aborted');
    assert.equal(elsewhere.asked.length, 1);
  });

  it('says why there is no answer', async () => {
    const gone = await Elsewhere.start();
    await gone.close();
    const error = await failure(outbound.fetch(gone.url, { purpose: 'test' }));
    assert.deepEqual([error.reason, error.code], ['unreachable', 'ECONNREFUSED']);
    assert.equal(error.message, "The server can't be reached (ECONNREFUSED).");
    const replies: [string, string][] = [
      ['SSH-2.0-OpenSSH_9.2\r\n', 'protocol'],
      ['HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n', 'protocol'],
      ['HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', 'protocol'],
      ['HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc', 'unreachable'],
      ['', 'unreachable'],
    ];
    for (const [reply, reason] of replies) {
      const server = createTcpServer((socket: Socket) => {
        socket.on('error', () => {});
        socket.once('data', () => socket.end(reply));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const asked = outbound.fetch(`http://127.0.0.1:${port}`, { purpose: 'test' });
      assert.equal((await failure(asked)).reason, reason, JSON.stringify(reply));
      server.close();
    }
  });

  it('goes through no proxy that the environment names', async () => {
    const proxy = await Elsewhere.start((_request, response) => response.end('proxy'));
    const script = `
      import { AddressRanges } from './server/outbound/addresses.ts';
      import { Outbound } from './server/outbound/outbound.ts';
      const allow = new AddressRanges();
      allow.add('127.0.0.1');
      const response = await new Outbound({ allow }).fetch(process.argv[1], { purpose: 'test' });
      console.log(await response.text());`;
    elsewhere.answer = (_request, response) => response.end('itself');
    const env = Object.fromEntries(
      ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].map((name) => [
        name,
        proxy.url,
      ]),
    );
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...process.execArgv, '--input-type=module', '--eval', script, elsewhere.url],
      { env: { ...process.env, ...env, NODE_USE_ENV_PROXY: '1', NO_PROXY: '', no_proxy: '' } },
    );
    await proxy.close();
    assert.deepEqual([stdout.trim(), proxy.asked.length], ['itself', 0]);
  });
});

describe('a URL that the operator has configured', () => {
  it('may be in the operator’s own networks, and at no other address', async () => {
    const elsewhere = await Elsewhere.start();
    const outbound = new Outbound();
    const own = { purpose: 'upstream', reach: 'own-networks' } as const;
    try {
      assert.equal((await outbound.fetch(elsewhere.url, own)).status, 200);
      assert.equal(
        (await failure(outbound.fetch(elsewhere.url, { purpose: 'webhook' }))).reason,
        'address',
      );
    } finally {
      await elsewhere.close();
    }
    for (const url of [
      ...['http://169.254.169.254/latest/meta-data/', 'http://[fe80::1]/', 'http://224.0.0.1/'],
      ...['http://0.0.0.0/', 'http://[::]/', 'http://255.255.255.255/', 'http://2852039166/'],
    ]) {
      assert.equal((await failure(outbound.fetch(url, own))).reason, 'address', url);
    }
    for (const port of [0, 22, 25]) {
      const url = `http://127.0.0.1:${port}/`;
      assert.equal((await failure(outbound.fetch(url, own))).reason, 'url', url);
    }
    await outbound.check('http://10.0.0.1:9200/', own);
  });
});

describe('a host that DNS names', () => {
  let dns: DnsServer;
  /** Two servers at the same port, of which only the first may be reached. */
  let open: Server;
  let closed: Server;
  const reached: string[] = [];
  let port = 0;
  before(async () => {
    dns = await DnsServer.start();
    const at = async (address: string, given: number): Promise<Server> => {
      const server = createHttpServer((request, response) => {
        reached.push(address);
        response.end(`${address} ${request.headers.host ?? ''}`);
      }).listen(given, address);
      await once(server, 'listening');
      return server;
    };
    closed = await at('127.0.0.1', 0);
    ({ port } = closed.address() as AddressInfo);
    open = await at('127.0.0.2', port);
  });
  afterEach(() => {
    dns.asked.length = 0;
    reached.length = 0;
  });
  after(async () => {
    for (const server of [open, closed]) server.close().closeAllConnections();
    await dns.close();
  });

  const client = () => new Outbound({ allow: rangesOf('127.0.0.2'), resolve: dns.resolver() });
  const ask = () => client().fetch(`http://hooks.example.com:${port}/`, { purpose: 'webhook' });

  it('is asked for once, so that no second answer counts', async () => {
    // As an attacker's server would: an address that may be reached for the check, another one after.
    const times = new Map<string, number>();
    dns.answer = (name) => {
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      // The check asks for A and AAAA.
      return time <= 2 ? ['127.0.0.2'] : ['127.0.0.1'];
    };
    const response = await ask();
    assert.equal(await response.text(), `127.0.0.2 hooks.example.com:${port}`);
    assert.deepEqual(dns.asked.map(({ type }) => type).sort(), ['A', 'AAAA']);
    const error = await failure(ask());
    assert.deepEqual(
      [error.reason, error.address, error.purpose],
      ['address', '127.0.0.1', 'webhook'],
    );
    assert.match(error.message, /^hooks\.example\.com is at a loopback address.*OUTBOUND_ALLOW\.$/);
    assert.ok(!error.message.includes('127.0.0.1'));
    assert.deepEqual(reached, ['127.0.0.2']);
  });

  it('is refused where one of its addresses is', async () => {
    for (const answer of [
      ['127.0.0.2', '127.0.0.1'],
      ['127.0.0.1', '127.0.0.2'],
      ['127.0.0.2', '10.0.0.1'],
      ['127.0.0.2', '169.254.169.254'],
      ['127.0.0.2', '::1'],
      ['127.0.0.2', 'fd00::1'],
      ['127.0.0.2', '::ffff:127.0.0.1'],
      ['93.184.216.34', '64:ff9b::7f00:1'],
    ]) {
      dns.answer = () => answer;
      assert.equal((await failure(ask())).reason, 'address', answer.join());
    }
    assert.deepEqual(reached, []);
  });

  it('may have no address at all', async () => {
    for (const answer of [null, []]) {
      dns.answer = () => answer;
      assert.equal((await failure(ask())).reason, 'unresolved');
    }
  });

  it('is checked without a request as well', async () => {
    dns.answer = () => ['127.0.0.2'];
    await client().check(`http://hooks.example.com:${port}/`);
    dns.answer = () => ['127.0.0.1'];
    const checked = client().check(`http://hooks.example.com:${port}/`);
    assert.equal((await failure(checked)).reason, 'address');
    assert.deepEqual(reached, []);
  });

  it('has to show its certificate', async () => {
    const server = createHttpsServer({ key, cert }, (_request, response) => response.end('safe'));
    server.listen(0, '127.0.0.2');
    await once(server, 'listening');
    const { port: secure } = server.address() as AddressInfo;
    dns.answer = () => ['127.0.0.2'];
    const asked = (host: string) =>
      client().fetch(`https://${host}:${secure}/`, { purpose: 'webhook' });
    const trusted = getCACertificates('default');
    try {
      assert.equal((await failure(asked('hooks.example.com'))).reason, 'certificate');
      setDefaultCACertificates([...trusted, cert]);
      assert.equal(await (await asked('hooks.example.com')).text(), 'safe');
      assert.equal((await failure(asked('other.example.com'))).reason, 'certificate');
      assert.equal((await failure(asked('127.0.0.2'))).reason, 'certificate');
      assert.equal(
        (await failure(client().fetch(`http://a.example:${secure}/`, { purpose: 'x' }))).reason,
        'unreachable',
      );
    } finally {
      setDefaultCACertificates(trusted);
      server.close().closeAllConnections();
    }
  });
});
