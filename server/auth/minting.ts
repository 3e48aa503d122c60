import type { Role } from './caller.ts';

/** Somebody who may mint embed tokens, as far as that matters. */
export interface Minter {
  role: Role;
  domains: readonly string[] | null;
}

/** A token never sees what its minter doesn't: support and developer see all that viewers see. */
const covered: Record<Role, readonly Role[]> = {
  admin: ['admin', 'viewer', 'support', 'developer', 'sysops', 'executive'],
  support: ['support', 'viewer'],
  developer: ['developer', 'viewer'],
  viewer: ['viewer'],
  sysops: ['sysops'],
  executive: ['executive'],
};

export const mayGiveRole = (minter: Minter, role: Role): boolean =>
  covered[minter.role].includes(role);

/** The roles that may give this role away, for a refusal that names them. */
export const giversOf = (role: Role): Role[] =>
  (Object.keys(covered) as Role[]).filter((giver) => covered[giver].includes(role));

/** Whether a token of this role and domains is the minter's to give. */
export const mayMint = (minter: Minter, role: Role, domains: readonly string[] | null): boolean =>
  mayGiveRole(minter, role) && foreignDomains(minter, domains ?? []).length === 0;

/** Those of the domains that the minter can't see itself. */
export const foreignDomains = (minter: Minter, domains: readonly string[]): string[] =>
  domains.filter((domain) => minter.domains !== null && !minter.domains.includes(domain));
