import { assert } from 'chai';
import { html } from 'lit';
import '../../components/cb-example/define.ts';
import type { CbExample } from '../../components/cb-example/cb-example.ts';
import { patience } from '../support/patience.ts';
import { describeElement } from './describe-element.ts';
import { startServer, type TestServer } from './server.ts';
import { inside, show, textOf, until } from './support.ts';

const DOMAIN = 'app.example.com';

describe('cb-example', () => {
  let server: TestServer;

  before(async function () {
    this.timeout(patience(60_000));
    server = await startServer();
    await server.send({ domain: DOMAIN }, { domain: DOMAIN, failed: true });
  });

  after(() => server.stop());

  const example = (withoutErrors = false) =>
    show<CbExample>(
      html`<cb-example
        base-url=${server.url}
        token=${server.token}
        domain=${DOMAIN}
        ?without-errors=${withoutErrors}
      ></cb-example>`,
    );

  it('shows requests and those that failed, as they happen', async () => {
    const element = await example();
    await until(() => element.matches(':state(live)') && element.status === 'fresh', 'the figures');
    assert.equal(textOf(element, '.requests'), '2');
    assert.equal(textOf(element, '.errors'), '1');
    await server.send({ domain: DOMAIN });
    await until(() => textOf(element, '.requests') === '3', 'the new request');
  });

  it('leaves the failed requests out', async () => {
    const element = await example(true);
    await until(() => element.status === 'fresh', 'the figures');
    assert.isNull(inside(element, '.errors'));
    assert.isTrue(element.hasAttribute('without-errors'));
  });
});

describeElement('cb-example', {
  fill: (server, domain) => server.send({ domain }),
  headings: {
    en: 'Example title',
    de: 'Example title',
    ar: 'Example title',
    ja: 'Example title',
    he: 'Example title',
  },
  roles: { without: 'sysops', with: 'viewer' },
  canBeEmpty: true,
});
