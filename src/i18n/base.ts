import { defineMessages } from './catalogue.ts';

const en = {
  retry: 'Try now',
  retryIn: 'Trying again in {age}',
  retrying: 'Trying again…',
  code: 'Code {code}',
  unreachable: 'Can’t reach the service',
  busy: 'The service is busy',
  failed: 'The service failed',
  refused: 'The service rejected the request',
  notFound: 'Not found',
  unexpected: 'Something went wrong',
  unconnected: 'Not connected: set base-url, or place this in a <cb-provider>.',
  signIn: 'Sign in to see this.',
  forbidden: 'You don’t have access to this.',
  needsRole: {
    one: 'Requires the role {roles}.',
    other: 'Requires one of these roles: {roles}.',
  },
  askAdmin: 'Ask an admin of this workspace.',
};

/** A key of the shared texts. */
export type BaseMessage = keyof typeof en;

/** The texts that every element has. */
export const baseMessages = defineMessages<BaseMessage>(
  'base',
  en,
  (language) => import(`./${language}/base.ts`),
);
