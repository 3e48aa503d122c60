import { type Preview, setCustomElementsManifest } from '@storybook/web-components-vite';
import { withPage } from '../stories/support/page.ts';
import { installRecordedService } from '../stories/support/service.ts';
import { withTokens } from '../stories/support/tokens.ts';
import './preview.css';

installRecordedService();
// Written by `npm run storybook` and `scripts/build-storybook.ts` before Storybook starts.
const [manifest] = Object.values(
  import.meta.glob('../dist/custom-elements.json', { eager: true, import: 'default' }),
);
setCustomElementsManifest(manifest);

const items = (...values: [value: string, title: string][]) =>
  values.map(([value, title]) => ({ value, title }));

const preview: Preview = {
  tags: ['autodocs'],
  decorators: [withTokens, withPage],
  parameters: {
    layout: 'padded',
    controls: { expanded: true, matchers: { color: /color/ } },
    options: { storySort: { method: 'alphabetical' } },
    // Storybook's own panel; the tests run axe on every story themselves.
    a11y: { test: 'todo' },
  },
  globalTypes: {
    scheme: {
      description: 'Colour scheme',
      toolbar: {
        icon: 'contrast',
        items: items(['light', 'Light'], ['dark', 'Dark']),
        dynamicTitle: true,
      },
    },
    direction: {
      description: 'Direction of the page',
      toolbar: {
        icon: 'transfer',
        items: items(['ltr', 'Left to right'], ['rtl', 'Right to left']),
        dynamicTitle: true,
      },
    },
    locale: {
      description: 'Locale of figures and texts',
      toolbar: {
        icon: 'globe',
        items: items(
          ['en-GB', 'English'],
          ['de-DE', 'Deutsch'],
          ['ar-EG', 'العربية'],
          ['he-IL', 'עברית'],
          ['ja-JP', '日本語'],
        ),
        dynamicTitle: true,
      },
    },
    density: {
      description: 'Density',
      toolbar: {
        icon: 'component',
        items: items(['comfortable', 'Comfortable'], ['compact', 'Compact']),
        dynamicTitle: true,
      },
    },
  },
  initialGlobals: {
    scheme: 'light',
    direction: 'ltr',
    locale: 'en-GB',
    density: 'comfortable',
  },
};

export default preview;
