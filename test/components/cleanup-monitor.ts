import { html } from 'lit';
import '../../components/cb-cleanup-monitor/define.ts';
import type { CbCleanupMonitor } from '../../components/cb-cleanup-monitor/cb-cleanup-monitor.ts';
import type { TestServer } from './server.ts';
import { inside, show, textOf, until } from './support.ts';

/** How a monitor is put into the page. */
export interface MonitorOptions {
  on: TestServer;
  token?: string;
  limit?: number;
  locale?: string;
  width?: number;
}

export const monitor = ({
  on,
  token = on.token,
  limit = 10,
  locale = '',
  width = 800,
}: MonitorOptions) =>
  show<CbCleanupMonitor>(
    html`<cb-cleanup-monitor
      base-url=${on.url}
      token=${token}
      limit=${limit}
      locale=${locale}
      .style=${`inline-size: ${width}px`}
    ></cb-cleanup-monitor>`,
  );

export const isLive = (element: Element) => element.matches(':state(live)');
export const runButton = (element: Element) => inside(element, '[part=run]') as HTMLButtonElement;
export const dialog = (element: Element) => inside(element, 'dialog') as HTMLDialogElement | null;
export const option = (element: Element, mode: 'dry' | 'real') =>
  inside(element, `input[value=${mode}]`) as HTMLInputElement;
export const submit = (element: Element) => inside(element, '[type=submit]');
/** What has the focus in the monitor. */
export const focused = (element: Element) => element.shadowRoot?.activeElement;
export const rowsOf = (element: Element) => [...element.shadowRoot!.querySelectorAll('[part=row]')];
export const cell = (row: Element | undefined, name: string) =>
  row?.querySelector(`.c-${name}`)?.textContent.replace(/\s+/g, ' ').trim();
/** Whether an action is listed whose path has a name in it. */
export const lists = (element: Element, name: string) =>
  rowsOf(element).some((row) => cell(row, 'path')?.includes(name));
/** The value beside a term of the summary. */
export const term = (element: Element, name: string) =>
  [...element.shadowRoot!.querySelectorAll('dt')]
    .find((it) => it.textContent === name)
    ?.nextElementSibling?.textContent.trim();
/** The sentence about the last run. */
export const lastRun = (element: Element) => textOf(element, '[part=last-run]');
/** The result of the run that was started here. */
export const told = (element: Element) => textOf(element, '.note[role=status]');

/** Puts a monitor into the page, and waits until it hears what happens. */
export async function liveMonitor(options: MonitorOptions): Promise<CbCleanupMonitor> {
  const element = await monitor(options);
  await until(() => isLive(element) && element.status !== 'loading', 'the answer, live');
  return element;
}

/** Asks for a run as somebody would, and waits for the question. */
export async function openDialog(options: MonitorOptions): Promise<CbCleanupMonitor> {
  const element = await liveMonitor(options);
  await until(() => runButton(element).ariaDisabled !== 'true', 'the end of another run');
  runButton(element).focus();
  runButton(element).click();
  await until(() => dialog(element)?.open, 'the dialog');
  return element;
}
