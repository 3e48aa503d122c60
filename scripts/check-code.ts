/**
 * Types and ESLint of what runs in Node, or of what runs in a page: parts `code` and `code-page` of
 * `npm run check`. ESLint is given the program whose types were checked: they are computed once.
 */
import { ESLint } from 'eslint';
import { globalIgnores } from 'eslint/config';
import ts from 'typescript';
import { inPage } from '../eslint.config.mjs';
import { inRoot, root } from './support/root.ts';

const where = process.argv[2];
if (where !== 'node' && where !== 'page') {
  console.error('Usage: node scripts/check-code.ts node|page');
  process.exit(2);
}

function fail(diagnostics: readonly ts.Diagnostic[]): void {
  const host: ts.FormatDiagnosticsHost = {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  };
  console.log(ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(diagnostics), host).trimEnd());
  process.exitCode = 1;
}

function programOf(project: string): ts.Program {
  const parsed = ts.getParsedCommandLineOfConfigFile(project, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      fail([diagnostic]);
      process.exit();
    },
  });
  if (!parsed) throw new Error(`No configuration: ${project}`);
  return ts.createProgram({
    rootNames: parsed.fileNames,
    options: parsed.options,
    configFileParsingDiagnostics: parsed.errors,
    // ESLint's rules walk from a node to its parents.
    host: ts.createCompilerHost(parsed.options, true),
  });
}

const program = programOf(inRoot(where === 'page' ? 'tsconfig.json' : 'tsconfig.node.json'));
const diagnostics = ts.getPreEmitDiagnostics(program);
if (diagnostics.length > 0) fail(diagnostics);

const eslint = new ESLint({
  cwd: root,
  overrideConfig: [
    // It wins over the `project` of eslint.config.mjs, which editors use.
    { languageOptions: { parserOptions: { programs: [program] } } },
    ...(where === 'page' ? [] : [globalIgnores(inPage)]),
  ],
});
// Together every file that `eslint .` takes; one that the program lacks is an error.
const results = await eslint.lintFiles(where === 'page' ? inPage : ['.']);
if (results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0)) {
  const formatter = await eslint.loadFormatter('stylish');
  console.log(await formatter.format(results));
  process.exitCode = 1;
}
