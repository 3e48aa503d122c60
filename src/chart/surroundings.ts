/** What a chart does when its surroundings change. */
export interface Surroundings {
  /** Colours or fonts may be others. */
  themeChanged(this: void): void;
  /** A `lang` around it has changed. */
  languageChanged(this: void): void;
  /** The screen has another number of pixels per px. */
  resolutionChanged(this: void): void;
  /** The page is about to be printed, or has been. */
  printChanged(this: void, isPrinting: boolean): void;
}

/**
 * Watches what a canvas doesn't follow by itself, around an element.
 *
 * @returns a function that ends it
 */
export function watchSurroundings(host: HTMLElement, on: Surroundings): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  const view = host.ownerDocument.defaultView ?? window;

  view.addEventListener('beforeprint', () => on.printChanged(true), { signal });
  view.addEventListener('afterprint', () => on.printChanged(false), { signal });
  view.document.fonts.addEventListener('loadingdone', on.themeChanged, { signal });

  const languages = new MutationObserver(on.languageChanged);
  for (const root of rootsAround(host)) {
    languages.observe(root, { attributes: true, attributeFilter: ['lang'], subtree: true });
  }

  const watchResolution = () => {
    const media = view.matchMedia(`(resolution: ${view.devicePixelRatio}dppx)`);
    const changed = () => {
      on.resolutionChanged();
      watchResolution();
    };
    media.addEventListener('change', changed, { signal, once: true });
  };
  watchResolution();

  return () => {
    controller.abort();
    languages.disconnect();
  };
}

/** The shadow roots around an element, and the document. */
function rootsAround(host: HTMLElement): Node[] {
  const roots: Node[] = [];
  let at: Node | undefined = host;
  while (at) {
    const root = at.getRootNode();
    roots.push(root);
    at = root instanceof ShadowRoot ? root.host : undefined;
  }
  return roots;
}
