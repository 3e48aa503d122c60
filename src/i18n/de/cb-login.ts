import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Anmelden',
  email: 'E-Mail',
  password: 'Passwort',
  domain: 'Domain',
  domainWhy:
    'Diese E-Mail gibt es in mehreren Arbeitsbereichen. Eine Ihrer Domains sagt, welcher gemeint ist.',
  submit: 'Anmelden',
  submitting: 'Anmeldung läuft …',
  missing: 'Bitte ausfüllen: {fields}.',
  wrong: 'E-Mail oder Passwort ist falsch.',
  wrongDomain: 'E-Mail, Passwort oder Domain ist falsch.',
  locked: 'Zu viele Versuche. Wieder möglich in {age}.',
  alone: 'Es ist kein <cb-provider> darum herum, bei dem man sich anmelden könnte.',
  signedIn: 'Angemeldet als {name}',
  menu: 'Konto von {name}',
  role: 'Rolle',
  workspace: 'Arbeitsbereich',
  domains: 'Domains',
  allDomains: 'alle',
  signOut: 'Abmelden',
} satisfies Messages;
