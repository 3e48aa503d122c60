import { html, type TemplateResult } from 'lit';

/**
 * English words within texts of any language, such as the server's reason for an unavailable value.
 * They are marked, so that they are pronounced as English and don't mix with what is written from
 * right to left.
 */
export const english = (words: string): TemplateResult =>
  html`<span lang="en" dir="ltr">${words}</span>`;
