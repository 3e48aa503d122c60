/**
 * The page of each element in docs/elements: what its author wrote in `components/cb-x/cb-x.md`, and
 * what the custom elements manifest says of its attributes, slots, parts, properties, states and
 * events.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { run } from './processes.ts';
import { inRoot, root } from './root.ts';

/** Something of an element that has a name. */
interface Named {
  name?: string;
  description?: string;
  default?: string;
}

/** A property, of the element's own or inherited. */
interface Field extends Named {
  kind: string;
  name: string;
  attribute?: string;
  readonly?: boolean;
  inheritedFrom?: object;
}

/** What the manifest says of an element. */
interface Element {
  tagName?: string;
  summary?: string;
  members?: Field[];
  slots?: Named[];
  cssParts?: Named[];
  cssProperties?: Named[];
  cssStates?: Named[];
  events?: Named[];
}

async function readManifest(): Promise<Element[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cloudbrain-manifest-'));
  try {
    const outdir = relative(root, folder);
    const { code, output } = await run('cem', ['analyze', '--quiet', '--outdir', outdir]);
    if (code !== 0) throw new Error(output);
    const text = await readFile(join(folder, 'custom-elements.json'), 'utf8');
    const { modules } = JSON.parse(text) as { modules: { declarations?: Element[] }[] };
    return modules
      .flatMap(({ declarations = [] }) => declarations)
      .filter(({ tagName }) => tagName !== undefined);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');

function attributeTable(fields: readonly Field[]): string {
  if (fields.length === 0) return '';
  const rows = fields.map((field) => {
    const name = field.attribute ? `\`${field.attribute}\`` : `\`${field.name}\` (property)`;
    const initial = field.default && field.default !== 'false' ? `\`${field.default}\`` : '';
    return `| ${name} | ${cell(field.description ?? '')} | ${cell(initial)} |`;
  });
  return ['| attribute | what | default |', '| --- | --- | --- |', ...rows].join('\n');
}

/** What is documented of every field: those without a word are nobody's concern. */
function fieldsOf({ members = [] }: Element): Field[] {
  return members.filter(
    ({ kind, readonly, description }) => kind === 'field' && !readonly && description !== undefined,
  );
}

const lower = (text = ''): string =>
  text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');

function listed(heading: string, entries: readonly Named[] = []): string {
  if (entries.length === 0) return '';
  const lines = entries.map(({ name, description, default: initial }) => {
    const shown = name ? `\`${name}\`` : '(default)';
    const extent = initial ? ` (default ${initial})` : '';
    return `- ${shown}: ${lower(description)}${extent}`;
  });
  return `## ${heading}\n\n${lines.join('\n')}`;
}

async function pageOf(element: Element, shared: ReadonlySet<string>): Promise<string> {
  const { tagName: tag = '', summary = '' } = element;
  const written = inRoot('components', tag, `${tag}.md`);
  const fields = fieldsOf(element);
  const isOfAll = ({ name, inheritedFrom }: Field) =>
    inheritedFrom !== undefined && shared.has(name);
  const own = fields.filter((field) => !isOfAll(field));
  return [
    `# \`<${tag}>\``,
    summary,
    existsSync(written) ? await readFile(written, 'utf8') : '',
    own.length > 0 ? '## Attributes' : '',
    attributeTable(own),
    fields.some(isOfAll) ? 'It also has the [attributes of every element](README.md).' : '',
    listed('Slots', element.slots),
    listed('Parts', element.cssParts),
    listed('Tokens', element.cssProperties),
    listed('States', element.cssStates),
    listed('Events', element.events),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Writes docs/elements: a page for each element, and one for what they share. */
export async function elementDocs(out: string): Promise<void> {
  const elements = await readManifest();
  const options = { ...(await resolveConfig(inRoot('docs/errors.md'))), parser: 'markdown' };
  await mkdir(out, { recursive: true });
  const write = async (name: string, text: string): Promise<void> =>
    writeFile(join(out, name), await format(text, options));
  const [first] = elements.filter(({ tagName }) => tagName === 'cb-exec-stream');
  const inherited = first ? fieldsOf(first).filter((it) => it.inheritedFrom !== undefined) : [];
  const shared = new Set(inherited.map(({ name }) => name));
  const pages = elements
    .map(
      ({ tagName = '', summary = '' }) => `- [\`<${tagName}>\`](${tagName}.md): ${lower(summary)}`,
    )
    .sort();
  await write(
    'README.md',
    `# The elements\n\n${pages.join('\n')}\n\n## Attributes of every element\n\n${attributeTable(inherited)}\n`,
  );
  for (const element of elements)
    await write(`${element.tagName}.md`, await pageOf(element, shared));
}
