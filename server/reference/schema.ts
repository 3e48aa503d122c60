import type { JsonSchema } from '../contract/source.ts';
import { html, inline, joined, type Html } from './html.ts';

/** A JSON Schema, as far as the contract uses it. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  format?: string;
  contentEncoding?: string;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

export const schemaAnchor = (name: string): string => `schema-${name}`;

const nameIn = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

const formats: Record<string, string> = { 'date-time': 'time', uuid: 'UUID' };

/** What a value may be, in a few words: `array of Execution`, `integer or null`. */
export function typeOf(schema: JsonSchema): Html {
  return html`${label(schema)}`;
}

function label(schema: Schema): Html[] {
  if (schema.$ref !== undefined) {
    const name = nameIn(schema.$ref);
    return [html`<a href="#${schemaAnchor(name)}">${name}</a>`];
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices)
    return joined(
      choices.map((choice) => html`${label(choice)}`),
      ' or ',
    );
  if (schema.const !== undefined) return [constant(schema.const)];
  if (schema.enum) return joined(schema.enum.map(constant), ' or ');
  const types = [schema.type ?? 'any value'].flat();
  return joined(
    types.map((type) => html`${single(type, schema)}`),
    ' or ',
  );
}

const constant = (value: unknown): Html =>
  html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;

function single(type: string, { items, format, contentEncoding, additionalProperties }: Schema) {
  if (type === 'array') return [html`array of `, label(items ?? {})];
  if (type === 'object' && typeof additionalProperties === 'object') {
    return [html`object of `, label(additionalProperties)];
  }
  if (type !== 'string') return type;
  if (contentEncoding !== undefined) return 'bytes';
  return formats[format ?? ''] ?? type;
}

/** What narrows a value beyond its type: `1 to 200, default 50`. */
function limitsOf(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, pattern } = schema as Schema;
  const { minLength, maxLength, minItems, maxItems } = schema as Schema;
  const { default: preset } = schema as Schema;
  return [
    range(minimum, maximum),
    exclusiveMinimum !== undefined && `over ${exclusiveMinimum}`,
    exclusiveMaximum !== undefined && `under ${exclusiveMaximum}`,
    range(minLength, maxLength, 'characters'),
    range(minItems, maxItems, 'entries'),
    pattern !== undefined && `matches ${pattern}`,
    preset !== undefined &&
      `default ${typeof preset === 'string' ? preset : JSON.stringify(preset)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function range(least?: number, most?: number, unit?: string): string {
  const of = unit === undefined ? '' : ` ${unit}`;
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `at least ${least}${of}`;
  // That a text or a list has no least length goes without saying.
  return least === undefined ? `at most ${most}${of}` : `${least} to ${most}${of}`;
}

interface EntryOptions {
  note?: string;
  /** Instead of the schema's own. */
  description?: string | undefined;
  /** How the fields of an object are marked: see {@link fieldsOf}. */
  says?: Says;
}

/** A name with what its value may be, and what there is to say of it. */
export function entry(
  name: string,
  schema: JsonSchema,
  { note = '', description, says }: EntryOptions = {},
): Html {
  const limits = limitsOf(schema);
  const text = description ?? (schema as Schema).description;
  return html`<dt>
      <code class="name">${name}</code> <span class="type">${typeOf(schema)}</span>
      ${note && html`<span class="note">${note}</span>`}
    </dt>
    <dd>
      ${text && html`<p>${inline(text)}</p>`} ${limits && html`<p class="limits">${limits}</p>`}
      ${fieldsOf(schema, says)}
    </dd>`;
}

/** Which fields are marked: `required` where a caller fills them in, `optional` where one reads them. */
type Says = 'required' | 'optional';

/**
 * The fields of an object, of the objects in an array, or of each object that a value may be. Nothing
 * for anything else; a schema with a name has its fields in a section of its own.
 */
export function fieldsOf(schema: JsonSchema, says: Says = 'optional'): Html | '' {
  const { items, properties, required = [], oneOf, anyOf } = schema as Schema;
  if (items) return fieldsOf(items as JsonSchema, says);
  const choices = oneOf ?? anyOf;
  if (choices) {
    const each = choices.map((choice) => fieldsOf(choice as JsonSchema, says)).filter(Boolean);
    return each.length > 0 ? html`${joinedFields(each)}` : '';
  }
  if (!properties) return '';
  const rows = Object.entries(properties).map(([name, field]) => {
    const isNoted = required.includes(name) === (says === 'required');
    return entry(name, field as JsonSchema, { note: isNoted ? says : '', says });
  });
  return html`<dl class="fields">${rows}</dl>`;
}

const joinedFields = (each: (Html | '')[]): Html[] =>
  each.map((fields, index) => html`${index > 0 && html`<p class="or">or</p>`} ${fields}`);

/** A whole schema under its own heading. */
export function schemaSection(name: string, schema: JsonSchema): Html {
  const { description } = schema as Schema;
  const limits = limitsOf(schema);
  const fields = fieldsOf(schema);
  const isPlain = fields === '';
  return html`<section class="schema" id="${schemaAnchor(name)}">
    <h3><a class="anchor" href="#${schemaAnchor(name)}">${name}</a></h3>
    ${description && html`<p>${inline(description)}</p>`}
    ${isPlain && html`<p class="type">${typeOf(schema)}</p>`}
    ${limits && html`<p class="limits">${limits}</p>`} ${fields}
  </section>`;
}
