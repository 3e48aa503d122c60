/**
 * Words that don't belong into what users read: string literals, the contract's descriptions and
 * the docs. Part `words` of `npm run check`.
 */
import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { inRoot, root } from './support/root.ts';

/** What must not be written, and what to write instead. */
const WORDS: readonly [banned: string, better: string][] = [
  ['is none of', "isn't one of"],
  ['are none of', "aren't any of"],
  ['whoever', 'caller, reader, client'],
  ['the begin of', 'the start of'],
  ['has been told', 'has been reported'],
  ['have been told', 'have been reported'],
  ['is not told', 'is not reported'],
  ['request told', 'request reported'],
  ['tells of', 'covers, reports'],
  ['befalls', 'happens to'],
  ['is too much', 'is unexpected'],
  ['lets go of', 'releases'],
  ['deafen', 'unsubscribe'],
];

interface Finding {
  file: string;
  line: number;
  banned: string;
  better: string;
}

const patterns = WORDS.map(([banned, better]) => ({
  ...{ banned, better },
  pattern: new RegExp(String.raw`\b${banned.replaceAll(' ', String.raw`\s+`)}\b`, 'gi'),
}));

const findings: Finding[] = [];

function search(file: string, text: string, lineAt: (offset: number) => number): void {
  for (const { pattern, banned, better } of patterns) {
    for (const { index } of text.matchAll(pattern)) {
      findings.push({ file, line: lineAt(index), banned, better });
    }
  }
}

const lineIn = (text: string) => (offset: number) => text.slice(0, offset).split('\n').length;

function searchStrings(file: string, text: string): void {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): void => {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    ) {
      const start = node.getStart(source);
      search(file, node.text, () => source.getLineAndCharacterOfPosition(start).line + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

const filesOf = (pattern: string): string[] =>
  globSync(pattern, {
    cwd: root,
    exclude: ['**/node_modules/**', '**/generated/**', '**/dist/**'],
  });

for (const file of ['server', 'sdk', 'cli', 'src', 'components'].flatMap((folder) =>
  filesOf(`${folder}/**/*.ts`),
)) {
  searchStrings(file, readFileSync(inRoot(file), 'utf8'));
}
for (const file of [
  'openapi.yaml',
  'README.md',
  'CONTRIBUTING.md',
  'sdk/README.md',
  'cli/README.md',
  ...filesOf('docs/**/*.md'),
]) {
  const text = readFileSync(inRoot(file), 'utf8');
  search(file, text, lineIn(text));
}

for (const { file, line, banned, better } of findings) {
  console.error(`${file}:${line}: "${banned}": write ${better}`);
}
process.exitCode = findings.length === 0 ? 0 : 1;
