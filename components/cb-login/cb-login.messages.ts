import { defineMessages } from '../../src/i18n/catalogue.ts';

const en = {
  heading: 'Sign in',
  email: 'Email',
  password: 'Password',
  domain: 'Domain',
  domainWhy: 'This email is in several workspaces. Enter one of your domains to choose one.',
  submit: 'Sign in',
  submitting: 'Signing in…',
  missing: 'Please fill in: {fields}.',
  wrong: 'Email or password is wrong.',
  wrongDomain: 'Email, password or domain is wrong.',
  locked: 'Too many attempts. Try again in {age}.',
  alone: 'Place this in a <cb-provider> to sign in.',
  signedIn: 'Signed in as {name}',
  menu: 'Account of {name}',
  role: 'Role',
  workspace: 'Workspace',
  domains: 'Domains',
  allDomains: 'all',
  signOut: 'Sign out',
};

/** A key of the login's texts. */
export type LoginMessage = keyof typeof en;

export const messages = defineMessages<LoginMessage>(
  'cb-login',
  en,
  (language) => import(`../../src/i18n/${language}/cb-login.ts`),
);
