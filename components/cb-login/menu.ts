import { html, nothing, type TemplateResult } from 'lit';
import type { Me } from '@cloudbrain/sdk';
import { textLocaleOf } from '../../src/i18n/languages.ts';
import { renderDropDown } from '../../src/menu/drop-down.ts';
import type { Translate } from './form.ts';

/** At most two letters for a name or an address: `Ada Lovelace` AL, `ada@example.com` A. */
export function initials(name: string): string {
  const words = name
    .replace(/@.*/, '')
    .split(/[\s._-]+/)
    .filter(Boolean);
  return [words.at(0), words.length > 1 ? words.at(-1) : undefined]
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}

/** The account, behind a button with its name. */
export function renderMenu(
  me: Me,
  locale: string,
  t: Translate,
  signOut: () => void,
): TemplateResult {
  const { name, email, role, workspace, domains } = me;
  const facts: [string, string][] = [
    [t('role'), role],
    [t('workspace'), workspace.name],
    [
      t('domains'),
      domains ? new Intl.ListFormat(textLocaleOf(locale)).format(domains) : t('allDomains'),
    ],
  ];
  const label = html`<span class="initials" aria-hidden="true">${initials(name)}</span
    ><bdi class="name">${name}</bdi>`;
  const content = html`<div>
      <div class="name">${name}</div>
      ${email && email !== name ? html`<div class="note">${email}</div>` : nothing}
    </div>
    <dl>
      ${facts.map(
        ([term, value]) =>
          html`<dt>${term}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    <button
      part="sign-out"
      class="button"
      type="button"
      popovertarget="panel"
      popovertargetaction="hide"
      @click=${signOut}
    >
      ${t('signOut')}
    </button>`;
  return renderDropDown(label, content, { part: 'who', button: 'who' });
}
