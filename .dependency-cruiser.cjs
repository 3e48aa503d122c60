/**
 * Who may import whom. Every folder names all that it may import of ours; whatever it doesn't name
 * is forbidden. Imports of types count as well.
 */
const store = {
  // Data flows one way: database, time, rollups, the mappings to the contract, then what reads and
  // what writes, which never import each other.
  // Words, queries and snippets of the search; pure.
  'server/store/search': [],
  'server/store/database': ['server/model', 'server/store/search'],
  'server/store/time': ['server/store/database'],
  'server/store/rollups': [
    'server/contract',
    'server/model',
    'server/store/database',
    'server/store/time',
  ],
  'server/store/to-contract': [
    'server/contract',
    'server/model',
    'server/store/database',
    'server/store/time',
    'server/store/rollups',
  ],
  'server/store/audit': ['server/store/database', 'server/store/time'],
  'server/store/tenancy': [
    'server/contract',
    'server/model',
    'server/store/database',
    'server/store/to-contract',
    'server/store/audit',
  ],
  'server/store/business': [
    'server/store/database',
    'server/store/time',
    'server/store/rollups',
    'server/store/outbox.ts',
  ],
  'server/store/cleanup': ['server/contract', 'server/store/database', 'server/store/outbox.ts'],
  'server/store/read': [
    'server/contract',
    'server/model',
    'server/store/database',
    'server/store/time',
    'server/store/rollups',
    'server/store/to-contract',
    'server/store/audit',
    'server/store/search',
    'server/store/outbox.ts',
    'server/store/event-redaction.ts',
  ],
  'server/store/write': [
    'server/model',
    'server/derive',
    'server/store/database',
    'server/store/time',
    'server/store/rollups',
    'server/store/to-contract',
    'server/store/audit',
    'server/store/search',
    'server/store/tenancy',
    'server/store/outbox.ts',
    'server/store/event-redaction.ts',
  ],
  // What stands beside the rooms: the outbox, heartbeats, kept answers.
  'server/store': ['server/store/database'],
};

/** Of what writes, the API takes what it is asked to do; only the start takes the writer. */
const actions = [
  'server/store/write/conversation-actions.ts',
  'server/store/write/erasure/erasures.ts',
];
const housekeeping = [
  'server/store/write/retention.ts',
  'server/store/write/erasure/erasures.ts',
  'server/store/write/deletion/purge.ts',
  // Its type alone.
  'server/store/write/writer.ts',
];

const mayImport = {
  sdk: [],
  src: ['sdk'],
  components: ['src', 'sdk'],
  cli: ['sdk'],
  stories: ['components', 'src', 'sdk'],
  'server/model': [],
  // The types that are generated from the contract, nothing that runs.
  'server/contract': ['sdk'],
  'server/ingest': ['server/model'],
  'server/derive': ['server/model'],
  ...store,
  'server/storage': [],
  'server/outbound': [],
  'server/config': ['server/outbound'],
  'server/auth': [
    'server/config',
    'server/contract',
    'server/model',
    'server/store/audit',
    'server/store/database',
    'server/store/tenancy',
  ],
  'server/live': ['server/contract', 'server/store/read', 'server/store/to-contract'],
  'server/jobs': [
    'server/storage',
    'server/store/cleanup',
    'server/store/database',
    'server/store/tenancy',
    ...housekeeping,
  ],
  'server/reports': ['server/contract'],
  'server/monitoring': [
    'server/outbound',
    'server/config',
    'server/contract',
    'server/jobs',
    'server/live',
    'server/store/database',
  ],
  'server/api': [
    'server/auth',
    'server/contract',
    'server/ingest',
    'server/jobs',
    'server/live',
    'server/model',
    'server/monitoring',
    'server/reports',
    'server/store',
    ...actions,
  ],
  'server/reference': ['server/contract', 'server/auth'],
  'server/http': [
    'server/api',
    'server/auth',
    'server/config',
    'server/contract',
    'server/live',
    'server/monitoring',
    'server/reference',
    'server/store/database',
  ],
  'server/commands': [
    'server/auth',
    'server/config',
    'server/open-store.ts',
    'server/store/database',
    'server/store/tenancy',
  ],
  // The demo fleet is a client like any other: it knows the server by its addresses only.
  'server/demo': [],
  server: ['server'],
};

/** Parts of an allowed folder that are not meant. */
const butNot = { 'server/api': ['server/store/write'] };

const folders = Object.keys(mayImport);
const ours = '^(?:sdk|src|components|cli|stories|server|scripts|test)/';

/** A file belongs to the longest folder that starts its path. */
function within(folder) {
  const inner = folders.filter((other) => other.startsWith(`${folder}/`));
  const except = inner.map((other) => `${other.slice(folder.length + 1)}/`).join('|');
  return except ? `^${folder}/(?!${except})` : `^${folder}/`;
}

/** A folder, or a single file, as a pattern. */
const pattern = (path) => (path.endsWith('.ts') ? `^${path.replaceAll('.', '\\.')}$` : `^${path}/`);

function rule(folder, allowed, forbidden) {
  return {
    name: `${folder.replaceAll('/', '-')}-imports`,
    comment: `${folder} may import ${allowed.join(', ') || 'nothing of ours'}.`,
    severity: 'error',
    from: { path: within(folder) },
    to: forbidden,
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment:
        'Files that need each other to run are one file, or miss a third that both import. One that ' +
        'only names the shape of the other does not need it.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment:
        'An import has to lead somewhere; those of host pages lead to what is built, those of the tools to packages of their own.',
      severity: 'error',
      from: { pathNot: '^test/(?:pages/fixtures|tools)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependencies',
      comment: 'What is published may only import packages that its package.json declares.',
      severity: 'error',
      from: { path: '^(?:sdk|src|components|cli|server)/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
    ...folders.map((folder) =>
      rule(folder, mayImport[folder], {
        path: ours,
        pathNot: ['/node_modules/', ...[folder, ...mayImport[folder]].map(pattern)],
      }),
    ),
    ...Object.entries(butNot).map(([folder, but]) => ({
      ...rule(folder, mayImport[folder], {
        path: but.map(pattern),
        pathNot: mayImport[folder].filter((path) => path.endsWith('.ts')).map(pattern),
        dependencyTypesNot: ['type-only'],
      }),
      name: `${folder.replaceAll('/', '-')}-writes`,
    })),
    {
      name: 'one-writer',
      comment: 'The start alone makes the writer; others name its type.',
      severity: 'error',
      from: { path: '^server/', pathNot: ['^server/start\\.ts$', '^server/store/write/'] },
      to: { path: pattern('server/store/write/writer.ts'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'server-takes-types-of-sdk',
      comment: 'The server and the SDK share the types of the contract, and no code.',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^sdk/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'store-takes-types-of-contract',
      comment:
        'The store writes the shapes of the contract, so it may name them; nothing that runs.',
      severity: 'error',
      from: { path: '^server/store/' },
      to: { path: '^server/contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-tests',
      comment: 'Tests and scripts stand on everything; nothing stands on them.',
      severity: 'error',
      from: { path: '^(?:sdk|src|components|cli|stories|server)/' },
      to: { path: '^(?:test|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(?:^|/)(?:dist|storybook-static|templates)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@cloudbrain/source', 'import', 'node', 'default', 'types'],
    },
    cache: { folder: '.cache/dependency-cruiser', strategy: 'content' },
  },
};
