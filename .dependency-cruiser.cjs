/**
 * Who may import whom. Every folder names all that it may import of ours; whatever it doesn't name
 * is forbidden. Imports of types count as well.
 */
const mayImport = {
  sdk: [],
  src: ['sdk'],
  components: ['src', 'sdk'],
  cli: ['sdk'],
  stories: ['components', 'src', 'sdk'],
  'server/contract': [],
  'server/store': [],
  'server/storage': [],
  'server/outbound': [],
  'server/report': ['server/contract'],
  'server/live': ['server/store', 'server/contract'],
  'server/ingest': ['server/store'],
  'server/jobs': ['server/store', 'server/storage'],
  'server/api': [
    'server/contract',
    'server/store',
    'server/live',
    'server/jobs',
    'server/ingest',
    'server/report',
  ],
  'server/reference': ['server/contract', 'server/api'],
  // The demo fleet is a client like any other: it knows the server by its addresses only.
  'server/demo': [],
  server: ['server'],
};

const folders = Object.keys(mayImport);
const ours = '^(?:sdk|src|components|cli|stories|server|scripts|test)/';

/** A file belongs to the longest folder that starts its path. */
function within(folder) {
  const inner = folders.filter((other) => other.startsWith(`${folder}/`));
  const except = inner.map((other) => `${other.slice(folder.length + 1)}/`).join('|');
  return except ? `^${folder}/(?!${except})` : `^${folder}/`;
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
      comment: 'An import has to lead somewhere; those of host pages lead to what is built.',
      severity: 'error',
      from: { pathNot: '^test/pages/fixtures/' },
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
    ...folders.map((folder) => ({
      name: `${folder.replace('/', '-')}-imports`,
      comment: `${folder} may import ${mayImport[folder].join(', ') || 'nothing of ours'}.`,
      severity: 'error',
      from: { path: within(folder) },
      to: {
        path: ours,
        pathNot: [
          '/node_modules/',
          ...[folder, ...mayImport[folder]].map((allowed) => `^${allowed}/`),
        ],
      },
    })),
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
