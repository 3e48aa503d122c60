/**
 * How much script a page loads: what a browser fetches until an element shows what it should and
 * has followed its first change, each script by `gzip -9`.
 */
import type { Browser } from 'playwright-core';
import { bundle, type Bundle, type Script } from './bundles.ts';
import { launch, openPage, untilLive, untilShown } from './browser.ts';
import { BATCH, batches, PROTOBUF } from './load.ts';
import type { Context, Row } from './measure.ts';
import { createDatabase, startService, type Service } from './service.ts';

/** In KB of 1,024 bytes. */
const LIMITS = { live: 20, plain: 11, further: 4, chart: 220 };

interface Scenario {
  /** The elements on the page, in the order in which they came to it. */
  tags: string[];
  html: string;
  /** Selects what shows something when all is loaded. */
  shows: string;
  /** Selects what is pushed changes, of which the first may load something. */
  live?: string;
}

const CARD = '<cb-stat-card metric="requests"></cb-stat-card>';
const around = (inner: string): string => `<cb-provider token="TOKEN">${inner}</cb-provider>`;
const alone = (tag: string, more = ''): string => `<${tag} token="TOKEN"${more}></${tag}>`;
const live = alone('cb-stat-card', ' metric="requests"');

const plain: Scenario = {
  tags: ['cb-stat-card'],
  html: '<cb-stat-card heading="Requests" value="1284" change="0.12"></cb-stat-card>',
  shows: 'cb-stat-card',
};
const first: Scenario = {
  tags: ['cb-stat-card'],
  html: live,
  shows: 'cb-stat-card',
  live: 'cb-stat-card',
};
const withProvider: Scenario = {
  ...first,
  tags: ['cb-stat-card', 'cb-provider'],
  html: around(CARD),
};
/** Each further element, and the page that it is added to. */
const further: [Scenario, Scenario][] = [
  [withProvider, first],
  [
    {
      tags: ['cb-stat-card', 'cb-provider', 'cb-login'],
      html: around(`${CARD}<cb-login></cb-login>`),
      shows: 'cb-stat-card, cb-login',
      live: 'cb-stat-card',
    },
    withProvider,
  ],
  ...['cb-exec-stream', 'cb-cleanup-monitor'].map((tag): [Scenario, Scenario] => [
    {
      tags: ['cb-stat-card', tag],
      html: live + alone(tag),
      shows: `cb-stat-card, ${tag}`,
      live: `cb-stat-card, ${tag}`,
    },
    first,
  ]),
];
/** A chart, far below what one sees at first. */
const chart: Scenario = {
  ...first,
  tags: ['cb-stat-card', 'cb-usage-timeline'],
  html: `${live}<div style="height: 20000px"></div>${alone('cb-usage-timeline')}`,
};

export async function weights({ say }: Context): Promise<Row[]> {
  const database = await createDatabase('embedded');
  const service = await startService(database);
  const browser = await launch();
  try {
    const [telemetry] = batches(BATCH, 1);
    if (telemetry) await service.post(telemetry.body, PROTOBUF);
    return await new Scales(service, browser, say).weigh();
  } finally {
    await browser.close();
    await service.close();
    await database.drop();
  }
}

class Scales {
  readonly #service: Service;
  readonly #browser: Browser;
  readonly #say: (text: string) => void;
  readonly #bundles = new Map<string, Promise<Bundle>>();
  readonly #loaded = new Map<Scenario, Promise<Script[]>>();

  constructor(service: Service, browser: Browser, say: (text: string) => void) {
    this.#service = service;
    this.#browser = browser;
    this.#say = say;
  }

  async weigh(): Promise<Row[]> {
    const rows = [
      limited('script of the first live stat card', await this.#load(first), LIMITS.live),
      limited('script of one with plain values', await this.#load(plain), LIMITS.plain),
    ];
    for (const [scenario, base] of further) {
      const before = await this.#load(base);
      const after = await this.#load(scenario);
      const what = `script that ${scenario.tags.at(-1) ?? ''} adds`;
      const row = limited(what, after, LIMITS.further);
      rows.push({ ...row, value: row.value - weightOf(before) });
    }
    return [...rows, ...(await this.#charts())];
  }

  /** A chart's script, which comes when a chart nears the viewport and not before. */
  async #charts(): Promise<Row[]> {
    const made = await this.#bundle(chart.tags);
    const beforehand = await this.#load(chart);
    const all = await this.#load({ ...chart, html: live + alone('cb-usage-timeline') }, true);
    const charts = all.filter(({ isChart }) => isChart);
    if (charts.length === 0) throw new Error('The timeline has loaded no chart.');
    const own = all.filter((script) => !script.isChart);
    const early = [...new Set([...made.first, ...beforehand])].filter(({ isChart }) => isChart);
    return [
      {
        what: 'script that cb-usage-timeline adds, its chart apart',
        value: weightOf(own) - weightOf(await this.#load(first)),
        unit: 'KB',
      },
      limited('chart script', charts, LIMITS.chart),
      limited('chart script before a chart is near', early, 0),
    ];
  }

  /** The scripts that a page fetches. */
  #load(scenario: Scenario, untilChart = false): Promise<Script[]> {
    let loaded = this.#loaded.get(scenario);
    if (!loaded) {
      loaded = this.#visit(scenario, untilChart);
      this.#loaded.set(scenario, loaded);
    }
    return loaded;
  }

  async #visit({ tags, html, shows, live }: Scenario, untilChart: boolean): Promise<Script[]> {
    this.#say(html.replaceAll(/ token="TOKEN"/g, ''));
    const built = await this.#bundle(tags);
    const token = await this.#service.login();
    const told = html.replaceAll('TOKEN', token);
    const { page, scripts, close } = await openPage(this.#browser, this.#service, built, told);
    await untilShown(page, shows);
    if (live) {
      await untilLive(page, live);
      await this.#change(() => page.locator('cb-stat-card').locator('[part=value]').innerText());
    }
    if (untilChart) await page.waitForSelector('cb-usage-timeline canvas');
    await page.waitForLoadState('networkidle');
    await close();
    return scripts;
  }

  /** Sends telemetry, and waits until the card has followed. */
  async #change(read: () => Promise<string>): Promise<void> {
    const before = await read();
    this.#seed += 1;
    const [telemetry] = batches(BATCH, this.#seed);
    if (telemetry) await this.#service.post(telemetry.body, PROTOBUF);
    const until = performance.now() + 30_000;
    while ((await read()) === before) {
      if (performance.now() > until) throw new Error('The card does not follow.');
    }
  }
  #seed = 1;

  #bundle(tags: string[]): Promise<Bundle> {
    let made = this.#bundles.get(tags.join());
    if (!made) {
      made = bundle(...tags);
      this.#bundles.set(tags.join(), made);
    }
    return made;
  }
}

const KB = 1024;
const weightOf = (scripts: readonly Script[]): number =>
  scripts.reduce((sum, { gzip }) => sum + gzip, 0) / KB;

function limited(what: string, scripts: readonly Script[], limit: number): Row {
  return {
    what,
    value: weightOf(scripts),
    unit: 'KB',
    against: { what: 'limit', value: limit },
    gate: true,
    details: Object.fromEntries(scripts.map(({ name, gzip }) => [name, gzip])),
  };
}
