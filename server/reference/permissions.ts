import { access, type Access } from '../auth/access.ts';
import { type SourceOperation, tokenUse } from '../contract/source.ts';

const everyRole = [...new Set(Object.values(access).flatMap((rule: Access) => rule.roles ?? []))];

const named: Record<NonNullable<Access['kinds']>[number], string> = {
  account: 'accounts',
  key: 'API keys',
  embed: 'embed tokens',
  ingest: 'ingest keys',
};

const listed = (words: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'conjunction' }).format(words);

/** Who may call an operation, in sentences. */
export function whoMay({ operationId, security }: SourceOperation): string {
  if (tokenUse(security) === 'none') return 'Anyone; no token is required.';
  const said = apart[operationId] ?? sentences(access[operationId]);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** Where it takes more than kinds and roles to tell. */
const apart: Partial<Record<SourceOperation['operationId'], string>> = {
  'auth.createEmbedToken':
    'accounts with the role admin, and API keys with any role. An embed token never has more access than its creator.',
  'health.get': `anyone; each part is shown only to ${callers(access['health.metrics'])}.`,
  'health.metrics': `${callers(access['health.metrics'])}; from the machine itself no token is required.`,
};

function sentences(rule: Access): string {
  const { kinds, writes, wholeWorkspace } = rule;
  return [
    `${callers(rule)}.`,
    writes && !kinds && 'Not available to embed tokens, which are read-only.',
    wholeWorkspace &&
      "Covers the whole workspace, so it requires a token that isn't restricted to domains.",
  ]
    .filter(Boolean)
    .join(' ');
}

/** `accounts and API keys of the roles admin and viewer`, or `every role` where any kind will do. */
function callers({ roles = everyRole, kinds, operatorOnly }: Access): string {
  const whole = roles.length === everyRole.length;
  const ofRoles = whole ? 'every role' : `the role${roles.length > 1 ? 's' : ''} ${listed(roles)}`;
  const where = operatorOnly ? ' in the workspace that runs the installation' : '';
  if (!kinds) return ofRoles + where;
  // An ingest key has no role.
  const others = kinds.filter((kind) => kind !== 'ingest').map((kind) => named[kind]);
  const readers = others.length > 0 ? [`${listed(others)} of ${ofRoles}${where}`] : [];
  const ingest = kinds.includes('ingest') ? [named.ingest] : [];
  return [...ingest, ...readers].join(', and ');
}
