/** Tokens that are not, or no longer, good: refused by each operation of the contract. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SignJWT, type JWTPayload } from 'jose';
import { digest } from '../../server/auth/credentials.ts';
import { Secret } from '../../server/auth/secret.ts';
import { Contract, type OperationId, type Schemas } from '../../server/contract/index.ts';
import { Listener, transportOf } from '../support/listener.ts';
import type { SampleCall } from '../support/sample-calls.ts';
import { samples, type Sample } from '../support/samples.ts';
import { PORTAL, type Call } from '../support/server.ts';
import { SHOP } from '../support/cells.ts';
import { as, Tenants, type Party } from '../support/tenants.ts';

const SECRET = 'a secret of more than thirty-two characters';
const ACCESS = { typ: 'at+jwt', aud: 'cloudbrain:api' } as const;
const EMBED = { typ: 'embed+jwt', aud: 'cloudbrain:embed' } as const;

const contract = new Contract();

/** A credential that no operation may take, and the page that shows it. */
interface Bad {
  token: string;
  origin?: string;
}

let tenants: Tenants;
const bad = new Map<string, Bad>();
before(async () => {
  tenants = await Tenants.start({ env: { CLOUDBRAIN_SECRET: SECRET } });
  await collect();
});
after(() => tenants.server.close());

const payloadOf = (token: string): JWTPayload => {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload;
};

interface Forging {
  typ?: string;
  alg?: string;
  key?: Uint8Array;
}

/** Signs as the service does, but for what is changed. */
const sign = (payload: JWTPayload, { typ = ACCESS.typ, alg = 'HS256', key }: Forging = {}) =>
  new SignJWT(payload)
    .setProtectedHeader({ alg, typ })
    .sign(key ?? new Secret(SECRET).key('tokens'));

const inBase64 = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

async function embedToken(minter: Party): Promise<string> {
  const body = { domains: [SHOP], origins: [PORTAL], expiresIn: 3600 };
  const call = as(minter, { body });
  const answer = await tenants.server.call<Schemas['EmbedToken']>('/api/auth/embed-tokens', call);
  return answer.body.token;
}

async function collect(): Promise<void> {
  const { server, owner } = tenants;
  const access = payloadOf(owner.token ?? '');
  const { exp, ...endless } = access;
  const embed = await embedToken(owner);
  const claims = payloadOf(embed);
  const now = Math.floor(Date.now() / 1000);
  const page = { origin: PORTAL };
  // To an HMAC the same key as ours.
  const padded = Buffer.concat([new Secret(SECRET).key('tokens')], 64);

  const forged = async (name: string, token: string | Promise<string>): Promise<void> => {
    bad.set(name, { token: await token });
  };
  await forged('an expired access token', sign({ ...access, exp: now - 1 }));
  await forged('an access token without an end', sign(endless));
  await forged(
    'the signature of another secret',
    sign(access, { key: new Uint8Array(32).fill(7) }),
  );
  await forged('the signature of the secret itself', sign(access, { key: Buffer.from(SECRET) }));
  await forged('another algorithm', sign(access, { alg: 'HS512', key: padded }));
  await forged('alg: none', `${inBase64({ alg: 'none', typ: ACCESS.typ })}.${inBase64(access)}.`);
  await forged('the wrong audience', sign({ ...access, aud: EMBED.aud }));
  await forged('the wrong issuer', sign({ ...access, iss: 'https://elsewhere.example' }));
  await forged('the wrong type', sign(access, { typ: 'JWT' }));
  await forged(
    'another payload',
    (owner.token ?? '').replace(/\.[^.]*\./, `.${inBase64(access)}x.`),
  );
  await forged('a session that never was', sign({ ...access, sid: server.workspaceId }));
  await forged('a session that is no id', sign({ ...access, sid: "' or true --" }));
  await forged('no key of ours', 'cbk_api_nobody-has-it');
  await forged('no token at all', 'eyJ.eyJ.');

  bad.set('an embed token without its page', { token: embed });
  bad.set('an embed token in another page', { token: embed, origin: 'https://evil.example' });
  bad.set("an embed token in the service's own page", { token: embed, origin: server.url });
  bad.set('an embed token as an access token', { token: await sign(claims), ...page });
  bad.set('an expired embed token', {
    token: await sign({ ...claims, exp: now - 1 }, EMBED),
    ...page,
  });
  bad.set('an embed token with the wrong audience', {
    token: await sign({ ...claims, aud: ACCESS.aud }, EMBED),
    ...page,
  });

  await collectEnded();
  const genuine = await sign({ ...claims }, EMBED);
  const { status } = await server.call('/api/auth/me', { token: genuine, ...page });
  assert.equal(status, 200, 'Whoever forges here knows how.');
}

/** What was good once: its session, account or key has ended. */
async function collectEnded(): Promise<void> {
  const { server } = tenants;
  const left = await server.account('admin');
  await server.call('/api/auth/logout', { body: { refreshToken: left.refreshToken } });
  bad.set('a session that has ended', { token: left.accessToken });

  const disabled = await server.account('admin');
  bad.set('an account that is disabled', { token: disabled.accessToken });
  bad.set('an embed token of an account that is disabled', {
    token: await embedToken({ ...tenants.owner, token: disabled.accessToken }),
    origin: PORTAL,
  });
  await server.tenancy.disableAccount(disabled.me.id);

  for (const kind of ['api', 'ingest'] as const) {
    const token = await (kind === 'api' ? server.apiKey('admin') : server.ingestKey());
    const hash = digest(token);
    const { id } = await server.store.asSystem((tx) =>
      tx.selectFrom('api_keys').select('id').where('hash', '=', hash).executeTakeFirstOrThrow(),
    );
    await server.tenancy.endKey(id);
    bad.set(`an ${kind} key that has ended`, { token });
  }
  // What was looked up a moment ago is remembered for a moment.
  server.advance(10_000);
}

/** The status with which an operation answers its sample call, shown these credentials. */
async function statusOf(id: OperationId, call: SampleCall, shown: Call): Promise<number> {
  const operation = contract.operations.get(id);
  assert.ok(operation);
  const transport = transportOf(operation);
  if (transport) return (await Listener[transport](tenants.server.url + call.path, shown)).status;
  const headers = { ...call.headers, ...shown.headers };
  const { method } = operation;
  const asked = { method, ...call, ...shown, headers };
  return (await tenants.server.call(call.path, asked)).status;
}

async function sampleOf(id: OperationId): Promise<SampleCall> {
  const sample: Sample = samples[id];
  const [call] = await sample.calls(tenants, tenants.owner);
  assert.ok(call, `${id} has no sample call`);
  return call;
}

for (const { id, token: use } of contract.operations.values()) {
  if (use === 'none') {
    test(`${id} takes no notice of a token`, async () => {
      const { token = '' } = bad.get('an expired access token') ?? {};
      assert.equal(await statusOf(id, await sampleOf(id), { token }), samples[id].success);
    });
    continue;
  }
  test(`${id} refuses every token that is not good`, async () => {
    const call = await sampleOf(id);
    for (const [name, shown] of bad) {
      const status = await statusOf(id, call, shown);
      // From elsewhere than its page a token is good, but not there.
      const fits = name.includes('page') ? [401, 403] : [401];
      assert.ok(fits.includes(status), `${id} answers ${name} with ${status}`);
    }
  });
  test(`${id} refuses them as keys too`, async () => {
    const call = await sampleOf(id);
    for (const [name, { token }] of bad) {
      const status = await statusOf(id, call, { headers: { 'x-api-key': token } });
      assert.equal(status, 401, `${id}: ${name}`);
    }
  });
}
