import { html, type TemplateResult } from 'lit';
import type { Severity } from '@cloudbrain/sdk';

/** Severities, the worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'error', 'warning'];

/** Icons, and the tone of the pill. */
const LOOKS: Record<Severity, [icon: string, tone: string]> = {
  critical: ['✕', 'bad'],
  error: ['!', 'bad'],
  warning: ['△', 'attention'],
};

/** How serious an error is, as an icon and a word. */
export function renderSeverity(severity: Severity, word: string): TemplateResult {
  const [icon, tone] = LOOKS[severity];
  return html`<span part="severity" class="pill ${tone}"
    ><span aria-hidden="true">${icon}</span>${word}</span
  >`;
}
