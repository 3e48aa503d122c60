import type { Call } from '../core/call.ts';
import type { RequestOptions } from '../core/core.ts';
import { download } from '../core/download.ts';
import type { ExecutiveExportQuery, ExecutiveOverview, ExecutiveOverviewQuery } from '../types.ts';
import { Resource } from './resource.ts';

/** Users, runs, agents and money at a glance. For admins and executives. */
export class ExecutiveResource extends Resource {
  /**
   * The figures of a period (the last 7 days by default), and their change from the previous period.
   * A part that can't be computed is `null`, and `unavailable` has the reason.
   *
   * @example
   * const { businessMetrics, unavailable } = await cb.executive.overview({ timeframe: '30d' });
   * if (businessMetrics) console.log(`MRR $${businessMetrics.mrrUsd}`);
   */
  overview(
    query: ExecutiveOverviewQuery = {},
    options: RequestOptions = {},
  ): Call<ExecutiveOverview> {
    return this.core.call('get', '/api/executive/overview', { params: { query } }, options);
  }

  /**
   * The overview as a CSV or PDF file: a `Response` to read with `.text()`, `.blob()` or `.body`.
   *
   * @example
   * const pdf = await cb.executive.export({ format: 'pdf', timeframe: '30d' });
   * await writeFile('executive.pdf', new Uint8Array(await pdf.arrayBuffer()));
   */
  export(query: ExecutiveExportQuery, options: RequestOptions = {}): Call<Response> {
    const params = { params: { query } };
    const { format } = query;
    return download(this.core, 'get', '/api/executive/export', params, options, format);
  }
}
