/** `npm run serve`: the product, without demo data. Its settings and commands: `-- --help`. */
import { buildElements } from './build-elements.ts';

const isCommand = process.argv.slice(2).some((arg) => arg !== 'serve');
if (!isCommand) await buildElements();
await import('../server/main.ts');
