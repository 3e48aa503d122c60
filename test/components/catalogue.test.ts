import { assert } from 'chai';
import { define } from '../../src/element/define.ts';
import { defineMessages, registerMessages, textsFor, translate } from '../../src/i18n/catalogue.ts';
import { directionOf, languageOf, textLocaleOf } from '../../src/i18n/languages.ts';
import { VERSION } from '../../src/version.ts';
import manifest from '../../package.json' with { type: 'json' };

describe('texts', () => {
  const messages = defineMessages<'greeting' | 'things'>(
    'test',
    { greeting: 'Hello, {name}', things: { one: '{n} thing', other: '{n} things' } },
    (language) =>
      language === 'de'
        ? Promise.resolve({
            default: { greeting: 'Hallo, {name}', things: { one: '{n} Ding', other: '{n} Dinge' } },
          })
        : Promise.reject(new Error('offline')),
  );

  it('are English until another language has come', async () => {
    assert.equal(translate(messages, 'de', 'things', { n: 1 }), '1 thing');
    await textsFor([messages], 'de');
    assert.equal(translate(messages, 'de-DE', 'things', { n: 2000 }), '2.000 Dinge');
    assert.isUndefined(textsFor([messages], 'de'), 'nothing more to wait for');
  });

  it('stay English, numbers included, where another language can’t be had', async () => {
    await textsFor([messages], 'ar');
    assert.equal(translate(messages, 'ar', 'greeting', { name: 'Ada' }), 'Hello, Ada');
    assert.equal(translate(messages, 'ar-EG', 'things', { n: 2000 }), '2,000 things');
    assert.equal(translate(messages, 'de-DE', 'things', { n: 2000 }), '2.000 Dinge');
    assert.equal(translate(messages, 'fr-FR', 'things', { n: 2000 }), '2,000 things');
  });

  it('can be replaced, and added in another language', () => {
    registerMessages('nl', { test: { greeting: 'Hallo {name}' } });
    registerMessages('en', { test: { greeting: 'Hi, {name}' } });
    assert.equal(translate(messages, 'nl-BE', 'greeting', { name: 'Ada' }), 'Hallo Ada');
    assert.equal(translate(messages, 'nl-BE', 'things', { n: 2000 }), '2,000 things');
    assert.equal(translate(messages, 'en', 'greeting', { name: 'Ada' }), 'Hi, Ada');
    registerMessages('en', { test: { greeting: 'Hello, {name}' } });
  });

  it('are filled in with values as they are', () => {
    const name = '{greeting} $& <b>';
    assert.equal(translate(messages, 'en', 'greeting', { name }), `Hello, ${name}`);
  });

  it('are English for a locale without its own', () => {
    assert.equal(languageOf('fr-FR'), 'en');
    assert.equal(languageOf('ar-EG'), 'ar');
    assert.equal(textLocaleOf('fr-FR'), 'en');
    assert.equal(textLocaleOf('de-CH'), 'de-CH');
  });

  it('run as their locale does', () => {
    assert.equal(directionOf('he'), 'rtl');
    assert.equal(directionOf('ar-EG'), 'rtl');
    assert.equal(directionOf('ja'), 'ltr');
    assert.equal(directionOf('fa'), 'ltr', 'its texts are English');
    registerMessages('fa', {});
    assert.equal(directionOf('fa-AF'), 'rtl');
  });
});

describe('define', () => {
  const warnings: unknown[] = [];
  const { warn } = console;
  before(() => (console.warn = (text: unknown) => warnings.push(text)));
  after(() => (console.warn = warn));

  it('lets the first win, and warns where the versions differ', () => {
    const first = class extends HTMLElement {};
    const second = class extends HTMLElement {};
    define('cb-test-first', first);
    define('cb-test-first', second);
    define('cb-test-first', first);
    assert.equal(customElements.get('cb-test-first'), first);
    assert.deepEqual(warnings, []);
    customElements.define('cb-test-foreign', class extends HTMLElement {});
    define('cb-test-foreign', second);
    assert.lengthOf(warnings, 1);
  });

  it('knows the version that is published', () => {
    assert.equal(VERSION, manifest.version);
  });
});
