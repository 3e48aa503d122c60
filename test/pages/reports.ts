import type { Page } from 'playwright-core';

/** Notes each report of a page's Content-Security-Policy; before the page is opened. */
export async function noteReports(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const reports: string[] = [];
    Object.assign(globalThis, { reports });
    document.addEventListener('securitypolicyviolation', (event) =>
      reports.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
}

export const reportsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { reports: string[] }).reports);
