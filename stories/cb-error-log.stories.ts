import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { CbErrorLog } from '../components/cb-error-log/define.ts';
import '../components/cb-error-detail/define.ts';
import '../components/cb-error-log/define.ts';

type Args = Partial<CbErrorLog>;
type Story = StoryObj<Args>;

const meta: Meta<Args> = {
  title: 'cb-error-log',
  component: 'cb-error-log',
  argTypes: { limit: { control: { type: 'number', min: 1, max: 200 } } },
};
export default meta;

/** The errors of the last day; a row opens its stack below. */
export const Playground: Story = {
  render: ({ limit = 8 }) =>
    html`<cb-error-log limit=${limit}></cb-error-log><cb-error-detail></cb-error-detail>`,
};

/** The skeleton has the shape of what will come. */
export const Loading: Story = { parameters: { scenario: 'loading' }, args: { limit: 5 } };

/** No error was reported. */
export const Empty: Story = { parameters: { scenario: 'empty' } };

/** The server fails: what, when it is tried again, and a button to try now. */
export const Failing: Story = { parameters: { scenario: 'failing' } };

/** The token has no access to it. */
export const Forbidden: Story = { parameters: { scenario: 'forbidden' } };
