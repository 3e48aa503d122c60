import js from '@eslint/js';
import lit from 'eslint-plugin-lit';
import wc from 'eslint-plugin-wc';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const litRules = lit.configs['flat/recommended'].rules;
const wcRules = wc.configs['flat/best-practice'].rules;

const published = ['src/**/*.ts', 'components/**/*.ts'];

/** What runs in a page; everything else runs in Node. */
export const inPage = [
  ...published,
  'stories/**/*.ts',
  '.storybook/*.ts',
  'test/components/**/*.ts',
];

const typesOf = (project) => ({
  languageOptions: { parserOptions: { project, tsconfigRootDir: import.meta.dirname } },
});

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/generated/',
    '**/storybook-static/',
    '.cache/',
    '.cloudbrain/',
    'docs/reference/',
    'test/bench/results/',
    'scripts/templates/',
  ]),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    rules: {
      // tsc finds undefined names and knows the globals of each folder.
      'no-undef': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 320, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Numbers in a template string say what they are.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // A handler may be async where its caller takes any return value.
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      // `() => this.close()` is how handlers read; what it returns is nobody's concern.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // It takes the `void` of `Promise.withResolvers<void>()` for a wrong one.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // An `async` function that awaits nothing often fulfils an interface.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': [
        'error',
        { allow: ['arrowFunctions', 'methods', 'asyncMethods'] },
      ],
      // An empty string, such as an empty attribute, is left out: `||` is meant.
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true } },
      ],
      // `Record<never, never>`: no parameters at all.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      // The helpers that Kysely hands to a query are made to be taken apart.
      '@typescript-eslint/unbound-method': 'off',
      // By characters is what is meant.
      '@typescript-eslint/no-misused-spread': [
        'error',
        { allow: [{ from: 'lib', name: 'string' }] },
      ],
      // `read<T>(): T` names what a caller expects of JSON that was checked elsewhere.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  { files: ['**/*.ts'], ignores: inPage, ...typesOf('tsconfig.node.json') },
  { files: inPage, ...typesOf('tsconfig.json') },
  {
    files: inPage,
    plugins: { lit, wc },
    settings: { wc: { elementBaseClasses: ['LitElement', 'CbElement'] } },
    rules: {
      ...litRules,
      ...wcRules,
      // Lit implements every callback; that they are called is `lit/lifecycle-super`.
      'wc/guard-super-call': 'off',
      // A strict Content-Security-Policy forbids style attributes.
      'lit/ban-attributes': ['error', 'style'],
      'lit/lifecycle-super': 'error',
      'lit/no-classfield-shadowing': 'error',
      'lit/no-legacy-imports': 'error',
      'lit/no-native-attributes': 'error',
      'lit/no-private-properties': 'error',
      'lit/no-this-assign-in-render': 'error',
      'lit/no-useless-template-literals': 'error',
      'lit/no-value-attribute': 'error',
      'lit/prefer-nothing': 'error',
      'lit/prefer-static-styles': 'error',
      'lit/value-after-constraints': 'error',
    },
  },
  {
    files: published,
    rules: {
      // What a page's author should know, and its readers needn't.
      'no-console': ['error', { allow: ['warn'] }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:', message: 'This runs in a page.' },
          ],
        },
      ],
    },
  },
  {
    files: ['scripts/**/*.ts', 'cli/**/*.ts', 'test/**/*.ts', 'server/demo/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // `test()` and `describe()` of node:test return promises that the runner awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: { console: 'readonly', process: 'readonly', URL: 'readonly', module: 'writable' },
    },
  },
  {
    files: ['server/demo/guest.js'],
    languageOptions: { globals: { document: 'readonly', fetch: 'readonly' } },
  },
  {
    files: ['server/pages/*.js'],
    languageOptions: { globals: { document: 'readonly', HTMLElement: 'readonly' } },
  },
);
