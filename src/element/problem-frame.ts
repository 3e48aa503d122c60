import { nothing, type TemplateResult } from 'lit';
import type { CbBaseElement } from './base-element.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import { english } from '../i18n/english.ts';
import type * as ProblemView from './problem-view.ts';
import type { FrameOptions } from './query-frame.ts';

/**
 * The frame's part for errors of a query: what failed, when the next attempt is, or which
 * permission is missing. Most elements never have an error, so the view is loaded with the first.
 *
 * @param catalogues gets the texts that it turns out to need
 */
export function createProblemFrame(
  host: CbBaseElement,
  query: FrameOptions['query'],
  catalogues: Catalogue[],
): () => TemplateResult | typeof nothing {
  let view: Pick<typeof ProblemView, 'renderProblem'> | undefined;
  let loading: Promise<void> | undefined;

  async function load(): Promise<void> {
    try {
      const loaded = await import('./problem-view.ts');
      loaded.adoptStyles(host);
      catalogues.push(loaded.baseMessages);
      view = loaded;
    } catch {
      // If the service is down, its scripts may be too: use the error's own message.
      view = { renderProblem: ({ state }) => english((state.error as Error).message) };
    }
    host.requestUpdate();
  }

  return () => {
    loading ??= load();
    const { state, retry } = query();
    return view?.renderProblem({ state, retry, locale: host.usedLocale }) ?? nothing;
  };
}
