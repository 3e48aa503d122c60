/** Business data of the cells, which tell whose they are, and records to begin from. */
import type { components } from '@cloudbrain/sdk';
import type { Cell } from './cells.ts';

type Records = components['schemas'];
type Batch = Required<Records['BusinessBatch']>;

const DAY = 86_400_000;
const at = (ms: number): string => new Date(ms).toISOString();

/** What a cell's customer pays a month: a sum tells whose are in it. */
export const MONTHLY_USD = 10;

/**
 * A customer of the cell's domain, with a subscription, spend and credits. Two workspaces that
 * have a domain of the same name have records of the same ids there.
 * @param version ms after the first version
 */
export function businessOf(
  { domain, marker, requests }: Cell,
  beganAt: number,
  version: number,
): Batch {
  const customerId = `customer of ${domain}`;
  const updatedAt = at(beganAt + version);
  const usd = `${requests * MONTHLY_USD}.00`;
  return {
    customers: [
      {
        id: customerId,
        name: `The customer of ${marker}`,
        domains: [domain],
        createdAt: at(beganAt - 2 * DAY),
        updatedAt,
      },
    ],
    subscriptions: [
      {
        id: `subscription of ${domain}`,
        customerId,
        status: 'active',
        amountUsd: usd,
        interval: 'month',
        changedAt: at(beganAt - DAY),
        updatedAt,
      },
    ],
    spend: [
      {
        id: `spend of ${domain}`,
        from: at(beganAt - 10 * DAY),
        to: at(beganAt + 10 * DAY),
        amountUsd: usd,
        updatedAt,
      },
    ],
    credits: [creditOf(domain, 'first', requests, beganAt, updatedAt)],
  };
}

/** Credits that a domain's customer has used. */
export function creditOf(
  domain: string,
  name: string,
  credits: number,
  usedAt: number,
  updatedAt = at(usedAt),
): Records['CreditRecord'] {
  return {
    id: `${name} credits of ${domain}`,
    customerId: `customer of ${domain}`,
    kind: 'usage',
    credits,
    at: at(usedAt),
    updatedAt,
  };
}
