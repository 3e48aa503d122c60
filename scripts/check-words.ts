/**
 * Checks that the texts users read use standard terms: string literals, the contract and the docs.
 * Part `words` of `npm run check`.
 */
import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { inRoot, root } from './support/root.ts';

/** A word, or a regular expression's source; a space matches any white space. */
type Entry = readonly [banned: string, better: string];

/** Banned in string literals, the contract and the docs. */
const WORDS: readonly Entry[] = [
  ['told|tells?|telling', 'reported, sent, recorded, shows'],
  ['hears?|heard', 'received, subscribes to'],
  ['deafen', 'unsubscribe'],
  ['(?:is|are) none of', "isn't one of"],
  ['there is none', 'not found, without one'],
  ['(?<!there )is no (?!longer|more than)', "isn't a, must be a"],
  ['whoever', 'caller, reader, client'],
  ['somebody|anybody', 'someone, the caller, the user'],
  ['nobody', 'no one, or say who'],
  ['may not', "can't, isn't allowed to, might not"],
  ['begins|began|beginning', 'starts, started, the start'],
  ['(?:the|its|must) begin', 'the start, must start'],
  ['(?:the|a|no|same|each|other|refused) question', 'request, query'],
  ['is too much', 'is unexpected'],
  ['lets? go of', 'releases'],
  ['befalls?', 'happens to'],
  ['go(?:es)? on|going on', 'continues'],
  ['(?:come|comes|came) (?:again|back|twice)', 'retry, return, was sent twice'],
  ['was (?:given up|asked for|asked too)', 'was aborted, was requested'],
  ['stands? for', 'represents, matches'],
  ['for good', 'permanently, forever'],
  ['buys|bought', 'creates (a token)'],
  ['is away', 'is unavailable'],
  ['do not ask', 'skip the confirmation'],
];

/** Banned in the contract and the docs alone: code has other meanings for them. */
const PROSE: readonly Entry[] = [
  ['begin', 'start'],
  ['questions?', 'request, query'],
  ['whom', 'a noun: the caller, the user'],
  ['hold(?:s|ing)? against|held against', 'compared with'],
  ['of its own', 'its own …'],
  ['alike|anew', 'the same, again'],
];

interface Finding {
  file: string;
  line: number;
  banned: string;
  better: string;
}

const compiled = (entries: readonly Entry[]) =>
  entries.map(([banned, better]) => ({
    better,
    pattern: new RegExp(String.raw`\b(?:${banned.replaceAll(' ', String.raw`\s+`)})\b`, 'gi'),
  }));

const everywhere = compiled(WORDS);
const inProse = [...everywhere, ...compiled(PROSE)];

const findings: Finding[] = [];

function search(
  file: string,
  text: string,
  patterns: typeof everywhere,
  lineAt: (offset: number) => number,
): void {
  for (const { pattern, better } of patterns) {
    for (const { 0: banned, index } of text.matchAll(pattern)) {
      findings.push({ file, line: lineAt(index), banned, better });
    }
  }
}

const lineIn = (text: string) => (offset: number) => text.slice(0, offset).split('\n').length;

/** Templates of SQL and CSS, which aren't texts for users. */
const isCode = (node: ts.Node, source: ts.SourceFile): boolean =>
  ts.isTaggedTemplateExpression(node) && /^(?:sql|css)\b/.test(node.tag.getText(source));

function searchStrings(file: string, text: string): void {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): void => {
    if (isCode(node, source)) return;
    // Without a space it is a name, such as that of a column.
    if (
      (ts.isStringLiteralLike(node) ||
        ts.isTemplateHead(node) ||
        ts.isTemplateMiddleOrTemplateTail(node)) &&
      node.text.includes(' ')
    ) {
      const start = node.getStart(source);
      search(
        file,
        node.text,
        everywhere,
        () => source.getLineAndCharacterOfPosition(start).line + 1,
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

const filesOf = (pattern: string): string[] =>
  globSync(pattern, {
    cwd: root,
    exclude: ['**/node_modules/**', '**/generated/**', '**/dist/**', '**/migrations/**'],
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
  search(file, text, inProse, lineIn(text));
}

for (const { file, line, banned, better } of findings) {
  console.error(`${file}:${line}: "${banned.replace(/\s+/g, ' ')}": write ${better}`);
}
process.exitCode = findings.length === 0 ? 0 : 1;
