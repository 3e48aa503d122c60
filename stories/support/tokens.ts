import type { ArgTypes, Decorator } from '@storybook/web-components-vite';
import { html } from 'lit';
import { ref } from 'lit/directives/ref.js';

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

/** Sets the tokens among a story's arguments on a frame around it. */
export const withTokens: Decorator = (story, { args }) => {
  const tokens = Object.entries(args).filter(([name]) => name.startsWith('--cb-'));
  if (tokens.length === 0) return story();
  const set = (frame?: Element): void => {
    const style = (frame as HTMLElement | undefined)?.style;
    for (const [name, value] of tokens)
      style?.setProperty(name, typeof value === 'string' ? value : '');
  };
  return html`<div ${ref(set)}>${story()}</div>`;
};
