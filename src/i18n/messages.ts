/** The texts of the elements, for pages that add a language or replace a text. */
export { registerMessages, type Message, type Messages } from './catalogue.ts';
