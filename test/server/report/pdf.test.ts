import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { extractText, getDocumentProxy } from 'unpdf';
import type { Schemas } from '../../../server/contract/index.ts';
import { readDocument } from '../../support/contract.ts';
import type { ExecutiveReport } from '../../../server/reports/executive.ts';
import { BusyError, DocumentError, PdfRenderer } from '../../../server/reports/renderer.ts';
import { nasty, valid } from '../../support/arbitrary.ts';
import { runs } from '../../support/effort.ts';
import { patience } from '../../support/patience.ts';

type Overview = Schemas['ExecutiveOverview'];

/** An overview of which hardly anything can be told. */
function example(): Overview {
  return {
    timeframe: '7d',
    period: { from: '2026-11-14T10:00:00Z', to: '2026-11-21T10:00:00Z', timezone: 'UTC' },
    userMetrics: null,
    executionMetrics: null,
    businessMetrics: null,
    agentMetrics: { total: 1, active: 1, topAgents: [], change: { total: null, active: null } },
    trends: { granularity: 'day', executions: null, users: null, revenue: null, errors: null },
    topUsers: [],
    activeAlerts: null,
    unavailable: [],
  };
}

const textOf = async (bytes: Uint8Array): Promise<string> =>
  (await extractText(await getDocumentProxy(bytes), { mergePages: true })).text;

describe('an executive report on paper', () => {
  const renderer = new PdfRenderer();
  after(() => renderer.close());

  const render = (overview: Overview, workspace = 'Acme'): Promise<Uint8Array> =>
    renderer.render({ overview, workspace, domains: null } satisfies ExecutiveReport);

  it('embeds its fonts', async () => {
    const bytes = Buffer.from(await render(example())).toString('latin1');
    assert.match(bytes, /\/FontFile2/);
    assert.doesNotMatch(bytes, /\/BaseFont \/Helvetica/);
  });

  it('says what can not be told, and tells the rest', async () => {
    const overview = example();
    overview.unavailable = [
      { path: 'trends.users', reason: 'It could not be computed.' },
      { path: 'userMetrics', reason: 'It could not be computed.' },
    ];
    const text = await textOf(await render(overview));
    assert.match(text, /Daily users\s+n\/a/);
    assert.match(text, /Active users\s+It could not be computed\./);
    assert.match(
      text,
      /Users; Chart “Active users”: It could not|“Active users”; Users: It could not/,
    );
  });

  it('says each reason once, with labels and the clock of the report', async () => {
    const overview = example();
    overview.period.timezone = 'Asia/Kolkata';
    const late = 'The data starts at 2026-11-20T10:00:00.000Z, which is late.';
    overview.unavailable = [
      { path: 'userMetrics.churned', reason: late },
      { path: 'userMetrics.change.dau', reason: late },
      { path: 'userMetrics.change.new', reason: late },
      { path: 'userMetrics.change.churned', reason: 'It needs `churned`, which is unavailable.' },
      { path: 'businessMetrics.change', reason: 'It was 0.' },
    ];
    const text = (await textOf(await render(overview))).replaceAll(/\s+/g, ' ');
    const line =
      'Churned users; change of Daily users, New users: The data starts at Nov 20, 2026, 3:30 PM,';
    assert.ok(text.includes(line), text);
    assert.ok(text.includes('Change of Business: It was 0.'));
    assert.doesNotMatch(text, /It needs/);
    assert.match(text, /Last 7 days, compared with the 7 days before: Nov 14, 2026/);
  });

  it('takes as many pages as it needs', async () => {
    const overview = example();
    overview.unavailable = Array.from({ length: 200 }, (_, index) => ({
      path: `figure.${index}`,
      reason: `There is none of ${index}. `.repeat(8),
    }));
    const bytes = await render(overview);
    const { totalPages } = await extractText(await getDocumentProxy(bytes.slice()));
    assert.ok(totalPages > 4);
    const text = await textOf(bytes);
    for (let index = 0; index < 200; index++) assert.ok(text.includes(`figure.${index}: `));
    assert.ok(text.includes(`Page ${totalPages} of ${totalPages}`));
  });

  it('writes Hebrew and Arabic as they are read', async () => {
    const overview = example();
    overview.topUsers = ['שלום עולם', 'مرحبا بالعالم'].map((user) => ({ user, requests: 1 }));
    const text = await textOf(await render(overview));
    assert.match(text, /שלום\s+עולם/);
    assert.match(text, /مرحبا\s+بالعالم/);
  });

  it('keeps the space between words of different directions', async () => {
    const overview = example();
    const names = ['שלום Acme', 'Acme שלום', 'Acme مرحبا Ltd'];
    overview.topUsers = names.map((user) => ({ user, requests: 1 }));
    const text = await textOf(await render(overview));
    for (const name of names) {
      // Whoever reads it back may take a line for one that goes to the left.
      const backwards = name.split(' ').reverse().join(' ');
      assert.ok(text.includes(name) || text.includes(backwards), name);
    }
  });

  it('cuts no figure, however large or small', async () => {
    const overview = example();
    const none = { total: null, completed: null, failed: null, successRate: null };
    overview.executionMetrics = {
      ...{ total: 1e14, completed: 0, failed: 0, successRate: 0.99996 },
      ...{ avgRuntimeMs: 1e13, p95RuntimeMs: 1e13, creditsUsed: 1e300 },
      change: {
        ...none,
        successRate: 0.2,
        avgRuntimeMs: null,
        p95RuntimeMs: 3e11,
        creditsUsed: 0.0004,
      },
    };
    const change = { arrUsd: null, ltvUsd: null, cacUsd: null, ltvCacRatio: null };
    const counts = { activeCustomers: 1, paidCustomers: 1, trialCustomers: 0, newCustomers: 0 };
    const noCounts = { activeCustomers: null, trialCustomers: null, newCustomers: null };
    overview.businessMetrics = {
      ...{ mrrUsd: '123456789012.34', arrUsd: '51999999999999.99', ltvUsd: '1.01' },
      ...{ cacUsd: '0.00', ltvCacRatio: null, ...counts, churnRate: 0.00034 },
      creditSalesUsd: null,
      change: {
        ...{ ...change, ...noCounts, mrrUsd: -0.00034, paidCustomers: -1e-18 },
        ...{ churnRate: null, creditSalesUsd: null },
      },
    };
    const at = overview.period.from;
    overview.trends.errors = [
      { at, partial: true, noData: false, requests: 10_000, errors: 2, errorRate: 0.0002 },
      {
        ...{ at: '2026-11-15T00:00:00Z', partial: false, noData: false },
        ...{ requests: 1, errors: 0, errorRate: 0 },
      },
    ];
    const text = await textOf(await render(overview));
    for (const figure of [
      ...['100,000,000,000,000', '99.996%', '166,666,666.7 min', '1E300'],
      ...['$123,456,789,012', '$52,000,000,000,000', '0.034%'],
      ...['▲ ×300,000,000,000', '▲ 16.7 pp', '▲ 0.04%', '▼ 0.034%', '= 0%'],
      ...['0.02%', '0.015%'],
    ]) {
      assert.ok(text.includes(figure), figure);
    }
    assert.match(text, /Pale or dashed: .* only part of the interval/);
    assert.doesNotMatch(text, /…/);
  });

  it('has room for any names and figures', { timeout: patience(120_000) }, async () => {
    const { schemas } = readDocument();
    const overviews = valid(schemas.ExecutiveOverview!) as fc.Arbitrary<Overview>;
    const texts = fc.oneof(nasty(), fc.string({ unit: 'binary', maxLength: 400 }));
    const usd = fc.constantFrom(null, '0.00', '12.5', '999999999999.99');
    const period = { from: '2026-11-14T10:00:00Z', to: '2026-11-21T10:00:00Z', timezone: 'UTC' };
    await fc.assert(
      fc.asyncProperty(
        overviews,
        fc.array(texts, { maxLength: 10 }),
        usd,
        async (told, some, money) => {
          const at = period.from;
          const overview: Overview = {
            ...told,
            period,
            trends: {
              ...told.trends,
              executions: told.trends.executions?.map((point) => ({ ...point, at })) ?? null,
              users: told.trends.users?.map((point) => ({ ...point, at })) ?? null,
              revenue:
                told.trends.revenue?.map((point) => ({
                  ...point,
                  ...{ at, mrrUsd: money, creditSalesUsd: money },
                })) ?? null,
              errors: told.trends.errors?.map((point) => ({ ...point, at })) ?? null,
            },
            businessMetrics: told.businessMetrics && {
              ...told.businessMetrics,
              ...{
                mrrUsd: money,
                arrUsd: money,
                ltvUsd: money,
                cacUsd: money,
                creditSalesUsd: money,
              },
            },
            topUsers: some.map((user) => ({ user, requests: 1 })),
            activeAlerts:
              told.activeAlerts?.map((alert) => ({ ...alert, triggeredAt: at })) ?? null,
            unavailable: some.map((reason) => ({ path: reason, reason })),
          };
          const bytes = await render(overview, some[0] ?? 'Acme');
          assert.equal(Buffer.from(bytes.subarray(0, 5)).toString(), '%PDF-');
          await textOf(bytes);
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it('refuses what would wait too long', async () => {
    const many = Array.from({ length: 14 }, () => render(example()));
    const outcomes = await Promise.allSettled(many);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    // One is being made, ten wait.
    assert.equal(refused.length, 3);
    for (const { reason } of refused as PromiseRejectedResult[]) {
      assert.ok(reason instanceof BusyError);
    }
  });

  it('fails alone where it can not be made', async () => {
    const broken = { ...example(), period: { from: 'never', to: 'never', timezone: 'UTC' } };
    await assert.rejects(render(broken), (error) => {
      assert.ok(error instanceof DocumentError);
      assert.match(String(error.cause), /Invalid time value/);
      return true;
    });
    assert.ok((await render(example())).length > 0);
  });

  it('leaves the queue where nobody waits for it any more', async () => {
    const own = new PdfRenderer();
    const report = { overview: example(), workspace: 'Acme', domains: null };
    const first = own.render(report);
    const abort = new AbortController();
    const given = Array.from({ length: 10 }, () => own.render(report, abort.signal));
    abort.abort(new Error('gone'));
    for (const outcome of await Promise.allSettled(given)) {
      assert.equal(outcome.status, 'rejected');
    }
    assert.equal(own.pending, 1);
    await first;
    assert.equal(own.starts, 1);
    await own.close();
  });

  it('replaces a thread that a document keeps without end, and makes the others', async () => {
    // Any document takes more than no time at all.
    const own = new PdfRenderer({ mostCpuMs: -1, lookMs: 1 });
    const report = { overview: example(), workspace: 'Acme', domains: null };
    await assert.rejects(own.render(report), DocumentError);
    await own.close();
    const patient = new PdfRenderer();
    await patient.render(report);
    await patient.render(report);
    assert.equal(patient.starts, 1, 'It is kept warm.');
    await patient.close();
  });

  it('has the figures of every part, title, language and structure', async () => {
    const bytes = await render(example());
    const text = await textOf(bytes.slice());
    for (const label of [
      ...[
        'Active users',
        'Churned users',
        'Active rate',
        'Mean runtime',
        'Agents',
        'Active agents',
        'LTV:CAC',
      ],
      ...['New customers', 'Completed', 'Failed', 'Credit sales'],
    ]) {
      assert.ok(text.includes(label), label);
    }
    const source = Buffer.from(bytes).toString('latin1');
    for (const sign of [
      /\/Marked true/,
      /\/StructTreeRoot/,
      /\/Lang \(en\)/,
      /\/DisplayDocTitle true/,
    ]) {
      assert.match(source, sign);
    }
  });

  it('fails where its thread is ended, and the next has another', async () => {
    const own = new PdfRenderer();
    const lost = own.render({ overview: example(), workspace: 'Acme', domains: null });
    await Promise.all([assert.rejects(lost, /going down/), own.close()]);
    await own.render({ overview: example(), workspace: 'Acme', domains: null });
    await own.close();
  });
});
