import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Anmelden',
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  domain: 'Domain',
  domainWhy:
    'Diese E-Mail-Adresse gehört zu mehreren Arbeitsbereichen. Wählen Sie einen, indem Sie eine Ihrer Domains eingeben.',
  submit: 'Anmelden',
  submitting: 'Anmeldung läuft …',
  missing: 'Bitte ausfüllen: {fields}.',
  wrong: 'E-Mail-Adresse oder Passwort ist falsch.',
  wrongDomain: 'E-Mail-Adresse, Passwort oder Domain ist falsch.',
  locked: 'Zu viele Versuche. Versuchen Sie es in {age} erneut.',
  alone: 'Zum Anmelden in einem <cb-provider> platzieren.',
  signedIn: 'Angemeldet als {name}',
  menu: 'Konto von {name}',
  role: 'Rolle',
  workspace: 'Arbeitsbereich',
  domains: 'Domains',
  allDomains: 'alle',
  signOut: 'Abmelden',
} satisfies Messages;
