import type { Decorator } from '@storybook/web-components-vite';
import { html, nothing } from 'lit';
import '../../components/cb-provider/define.ts';
import { baseUrl, resetRecordedService, type Scenario } from './service.ts';

/**
 * The page around a story: scheme, direction and locale of the toolbar, and a provider connected
 * to the scenario that the story names in `parameters.scenario`; `none` leaves the provider out.
 * With `parameters.signedOut` nobody is signed in.
 */
export const withPage: Decorator = (story, { globals, parameters }) => {
  const { scheme, direction, locale, density } = globals as Record<string, string>;
  resetRecordedService();
  const { documentElement } = document;
  documentElement.style.colorScheme = scheme ?? 'light';
  documentElement.dir = direction ?? 'ltr';
  documentElement.lang = locale ?? 'en-GB';
  const scenario = (parameters.scenario ?? 'admin') as Scenario | 'none';
  if (scenario === 'none') return story();
  return html`<cb-provider
    base-url=${baseUrl(scenario)}
    token=${parameters.signedOut ? nothing : 'recorded'}
    auth=${parameters.signedOut ? 'password' : nothing}
    storage="memory"
    density=${density === 'compact' ? 'compact' : 'comfortable'}
    >${story()}</cb-provider
  >`;
};
