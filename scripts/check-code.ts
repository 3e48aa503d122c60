/**
 * Types and ESLint of what one tsconfig covers: `check-code.ts tsconfig.node.json`. TypeScript's
 * program is made once: it reports its own errors, and is what ESLint's rules ask for types.
 */
import { ESLint } from 'eslint';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { inRoot, root } from './support/root.ts';

const [project = 'tsconfig.node.json'] = process.argv.slice(2);
/** Scripts without types are checked with what runs in Node. */
const WITHOUT_TYPES = ['**/*.{js,mjs,cjs}'];

const host: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
};

const config = ts.getParsedCommandLineOfConfigFile(inRoot(project), undefined, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.formatDiagnostic(diagnostic, host));
  },
});
if (!config) throw new Error(`There is no ${project}.`);

const builder = ts.createIncrementalProgram({
  rootNames: config.fileNames,
  options: {
    ...config.options,
    incremental: true,
    tsBuildInfoFile: inRoot('.cache', `${project}.tsbuildinfo`),
  },
  configFileParsingDiagnostics: config.errors,
});
const program = builder.getProgram();
const problems = [
  ...builder.getConfigFileParsingDiagnostics(),
  ...builder.getOptionsDiagnostics(),
  ...builder.getSyntacticDiagnostics(),
  ...builder.getGlobalDiagnostics(),
  ...builder.getSemanticDiagnostics(),
];
// Only what it found, for the next run: nothing else is written where `noEmit` is set.
builder.emit();
if (problems.length > 0) console.log(ts.formatDiagnosticsWithColorAndContext(problems, host));

const eslint = new ESLint({
  cwd: root,
  cache: true,
  cacheLocation: inRoot('.cache', `${project}.eslint`),
  overrideConfig: {
    files: ['**/*.ts'],
    // The cache asks what the rules were; the program is not one of their options.
    languageOptions: {
      parserOptions: { project: null, programs: [Object.assign(program, { toJSON: () => project })] },
    },
  },
});
const files = config.fileNames.filter((file) => !file.includes('/node_modules/'));
const linted: string[] = [];
for (const file of files) if (!(await eslint.isPathIgnored(file))) linted.push(file);
const results = await eslint.lintFiles([
  ...linted.map((file) => relative(root, join(file))),
  ...(project === 'tsconfig.node.json' ? WITHOUT_TYPES : []),
]);
const formatter = await eslint.loadFormatter('stylish');
const text = await formatter.format(results);
if (text) console.log(text);
const faults = results.reduce((sum, it) => sum + it.errorCount + it.warningCount, 0);
process.exitCode = problems.length + faults > 0 ? 1 : 0;
