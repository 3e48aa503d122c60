import type { ArgTypes, Decorator } from '@storybook/web-components-vite';

/** Arguments of a story that are tokens. */
export type TokenArgs = Partial<Record<`--cb-${string}`, string>>;

/** Controls for tokens: each argument that is named like a token is set on the story's frame. */
export function tokenControls(tokens: Record<`--cb-${string}`, 'color' | 'text'>): ArgTypes {
  return Object.fromEntries(
    Object.entries(tokens).map(([name, type]) => [
      name,
      { control: { type }, table: { category: 'tokens' } },
    ]),
  );
}

/** Sets the tokens among a story's arguments on the page, and takes back what was set before. */
export const withTokens: Decorator = (story, { args }) => {
  const { style } = document.documentElement;
  for (const name of [...style].filter((it) => it.startsWith('--cb-'))) style.removeProperty(name);
  for (const [name, value] of Object.entries(args)) {
    if (name.startsWith('--cb-') && typeof value === 'string') style.setProperty(name, value);
  }
  return story();
};
