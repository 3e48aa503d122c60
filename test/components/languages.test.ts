import { assert } from 'chai';
import { html, render, type TemplateResult } from 'lit';
import '../../components/cb-stat-card/define.ts';
import { renderSummary, resultText } from '../../components/cb-cleanup-monitor/summary.ts';
import { messages as cleanup } from '../../components/cb-cleanup-monitor/cb-cleanup-monitor.messages.ts';
import { messages as login } from '../../components/cb-login/cb-login.messages.ts';
import { renderForm } from '../../components/cb-login/form.ts';
import { renderMenu } from '../../components/cb-login/menu.ts';
import { periodText } from '../../components/cb-stat-card/context.ts';
import { figureMessages } from '../../components/cb-stat-card/figure.messages.ts';
import type { CbStatCard } from '../../components/cb-stat-card/cb-stat-card.ts';
import { messages as usage } from '../../components/cb-usage-timeline/cb-usage-timeline.messages.ts';
import { renderProblem } from '../../src/element/problem-view.ts';
import { IDLE } from '../../src/data/status.ts';
import { formatAge } from '../../src/format/time.ts';
import { baseMessages } from '../../src/i18n/base.ts';
import {
  registerMessages,
  textsFor,
  translate,
  type Catalogue,
  type MessageValues,
} from '../../src/i18n/catalogue.ts';
import { directionOf, textLocaleOf } from '../../src/i18n/languages.ts';
import { show, textOf, until } from './support.ts';

const catalogues: readonly Catalogue[] = [baseMessages, cleanup, figureMessages, login, usage];

const DAY = 86_400_000;

/** The texts of a catalogue in a locale. */
const textsOf =
  <K extends string>(catalogue: Catalogue<K>, locale: string) =>
  (key: K, values?: MessageValues): string =>
    translate(catalogue, locale, key, values);

/** What a template shows, its white space as one. */
function shown(template: TemplateResult | string): { text: string; box: HTMLElement } {
  const box = document.createElement('div');
  render(template, box);
  return { text: box.textContent.replace(/\s+/g, ' ').trim(), box };
}

const failed = (error: object, retryAt?: number) => ({
  ...IDLE,
  error,
  ...(retryAt !== undefined && { retryAt }),
});

const refusal = {
  status: 403,
  problem: { requiredRoles: ['admin', 'developer'] },
};

/** What elements say in a locale, as one text for each. */
function sentences(locale: string): string[] {
  const retry = (): void => {};
  const cleanupText = textsOf(cleanup, locale);
  const figureText = textsOf(figureMessages, locale);
  const loginText = textsOf(login, locale);
  const now = Date.now();
  const run = {
    id: '1',
    state: 'completed',
    dryRun: true,
    trigger: 'manual',
    requestedAt: new Date(now - 3 * DAY - 5_000).toISOString(),
    startedAt: null,
    endedAt: null,
    durationMs: 3 * DAY,
    counts: { previewBundles: 1_000, tempDirs: 234, objects: 0, logs: 0, failed: 1_234 },
    bytes: 4_200_000,
    error: null,
  } as unknown as Parameters<typeof resultText>[0];
  const settings = {
    enabled: true,
    dryRun: false,
    tmpDirTtlMinutes: 60,
    previewBundleTtlHours: 24,
    logRetentionDays: 7,
  };
  const status = { settings, lastRun: run } as unknown as Parameters<typeof renderSummary>[0];
  const form = {
    locale,
    t: loginText,
    fields: {},
    busy: false,
    alone: false,
    autofocus: false,
    submit: () => Promise.resolve(),
    edit: () => {},
  };
  const me = {
    name: 'ada',
    email: null,
    role: 'admin',
    workspace: { name: 'acme' },
    domains: ['a.example', 'b.example'],
  } as unknown as Parameters<typeof renderMenu>[0];
  return [
    renderProblem({ state: failed({ status: 503 }, now + 3 * DAY), locale, retry }),
    renderProblem({ state: failed(refusal), locale, retry }),
    renderSummary(status, now, locale, cleanupText),
    resultText(run, locale, cleanupText),
    renderForm({ ...form, problem: { kind: 'missing', fields: ['email', 'password'] } }),
    renderForm({ ...form, problem: { kind: 'locked', until: now + 3 * DAY, waitMs: 3 * DAY } }),
    renderMenu(me, locale, loginText, retry),
    periodText('7d', true, figureText),
    periodText('24h', false, figureText),
  ].map((template) => shown(template).text);
}

describe('a sentence', () => {
  before(async () => {
    for (const locale of ['ja', 'he']) await textsFor(catalogues, locale);
  });

  for (const locale of ['fr', 'fr-CA', 'fa', 'ru', 'th']) {
    it(`is English whole for a reader of ${locale}, whose language has no texts`, () => {
      assert.deepEqual(sentences(locale), sentences('en'));
    });
  }

  it('has its units, lists and numbers in its own language', () => {
    const japanese = sentences('ja').join('\n');
    assert.include(japanese, '3 日後に再試行します');
    assert.include(japanese, '必要なロール: adminまたはdeveloper');
    assert.include(japanese, '60 分');
    assert.include(japanese, '1,234 件が削除対象');
    assert.include(japanese, 'メールアドレス、パスワード');
    assert.notMatch(japanese, /\b(?:days?|hours?|and|or|ago)\b/);
    const hebrew = sentences('he').join('\n');
    assert.include(hebrew, 'ניסיון חוזר בעוד 3 ימים');
    assert.include(hebrew, 'admin או developer');
    assert.include(hebrew, '24 שע׳');
    assert.include(hebrew, '7 ימים');
    assert.notMatch(hebrew, /\b(?:days?|hours?|and|or|ago)\b/);
  });

  it('is English whole where a language has only some texts, or could not be loaded', () => {
    registerMessages('nl', { base: { retry: 'Opnieuw' } });
    const age = (locale: string): string => formatAge(3 * DAY, locale);
    const retryIn = translate(baseMessages, 'nl', 'retryIn', { age });
    assert.equal(retryIn.replace(/\s/g, ' '), 'Trying again in 3 days');
    const unloaded = translate(baseMessages, 'ar-EG', 'retryIn', { age });
    assert.equal(unloaded.replace(/\s/g, ' '), 'Trying again in 3 days');
  });

  it('has the language that its locale begins with, not one with a similar name', () => {
    assert.equal(textLocaleOf('enm'), 'en');
    assert.equal(textLocaleOf('fr'), 'en');
    assert.equal(textLocaleOf('ja-JP'), 'ja-JP');
    assert.equal(directionOf('he-IL'), 'rtl');
  });
});

describe('a figure alone', () => {
  it('follows the reader’s locale, and a sentence beside it is English', async () => {
    const card = await show<CbStatCard>(
      html`<cb-stat-card locale="fa" heading="Rate" .value=${0.5} format="percent" target="0.8">
      </cb-stat-card>`,
    );
    assert.include(textOf(card, '.value'), '۵۰');
    assert.equal(textOf(card, '.pill'), '✕below 80%');
    assert.equal(card.shadowRoot?.querySelector('.base')?.getAttribute('dir'), 'ltr');
  });
});

describe('a page’s own texts', () => {
  it('are shown at once by the elements that are there', async () => {
    const card = await show<CbStatCard>(
      html`<cb-stat-card locale="pt-BR" heading="Custo" .value=${null}></cb-stat-card>`,
    );
    const language = () => card.shadowRoot?.querySelector('.base')?.getAttribute('lang');
    assert.include(textOf(card), 'Unknown');
    assert.equal(language(), 'en');
    registerMessages('pt', { 'cb-stat-card': { unknown: 'Desconhecido' } });
    await until(() => textOf(card).includes('Desconhecido'), 'the new text');
    assert.equal(language(), 'pt');
    registerMessages('pt', { 'cb-stat-card': { unknown: 'Sem dados' } });
    await until(() => textOf(card).includes('Sem dados'), 'the text that replaces it');
  });
});

describe('the server’s own words', () => {
  const isEnglish = (box: HTMLElement, words: string): void => {
    const marked = [...box.querySelectorAll('[lang=en][dir=ltr]')];
    assert.include(
      marked.map((element) => element.textContent),
      words,
    );
  };

  it('are marked as English in every language', async () => {
    await textsFor(catalogues, 'he');
    const detail = 'The database is unavailable.';
    const error = { status: 503, problem: { detail } };
    const retry = (): void => {};
    isEnglish(shown(renderProblem({ state: failed(error), locale: 'he', retry })).box, detail);
    const run = { state: 'failed', error: detail } as unknown as Parameters<typeof resultText>[0];
    isEnglish(shown(resultText(run, 'he', textsOf(cleanup, 'he'))).box, detail);
    const form = renderForm({
      locale: 'he',
      t: textsOf(login, 'he'),
      fields: {},
      problem: { kind: 'other', message: 'failed', detail },
      busy: false,
      alone: false,
      autofocus: false,
      submit: () => Promise.resolve(),
      edit: () => {},
    });
    const { text, box } = shown(form);
    isEnglish(box, detail);
    assert.include(text, `אירעה שגיאה בשירות: ${detail}`);
  });
});
