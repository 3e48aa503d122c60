/**
 * What a user of Ajv would write: every example of the contract against its schema, with the file
 * as it is. Prints what doesn't fit; exits with 1 then.
 */
import { readFileSync } from 'node:fs';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const [path] = process.argv.slice(2);
const contract = parse(readFileSync(path, 'utf8'), { version: '1.2' });
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, discriminator: false });
addFormats.default(ajv);
// Words of OpenAPI, which check nothing.
ajv.addVocabulary(['components', 'discriminator', 'example']);
ajv.addSchema({ $id: 'contract', components: contract.components });

let examples = 0;
let misfits = 0;

/** A schema of the contract, whose references lead into the document. */
const schemaOf = (schema) =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"contract#/components'));

function visit(node, at) {
  if (node === null || typeof node !== 'object') return;
  if (node.schema && 'example' in node) {
    examples++;
    const validate = ajv.compile(schemaOf(node.schema));
    if (!validate(node.example)) {
      misfits++;
      console.log(`${at}: ${ajv.errorsText(validate.errors)}`);
    }
  }
  for (const [key, child] of Object.entries(node)) visit(child, `${at}/${key}`);
}

for (const name of Object.keys(contract.components.schemas)) {
  ajv.compile({ $ref: `contract#/components/schemas/${name}` });
}
visit(contract, '#');
console.log(`${examples} examples, ${misfits} of which don't fit.`);
process.exitCode = examples > 0 && misfits === 0 ? 0 : 1;
