import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** Styles a text where its stream shows colours. */
export type Paint = (style: Style, text: string) => string;

/** Colours for terminals, unless NO_COLOR is set. */
export const paintFor =
  (stream: NodeJS.WriteStream): Paint =>
  (style, text) =>
    styleText(style, text, { stream });
